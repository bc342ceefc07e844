"""What the detector's network says about a picture, before it is cleaned up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from facepoints.arrays import Array, Floats
from facepoints.geometry import box_iou, nms

__all__ = ["Candidates"]

_ALIKE = 0.7
"""IoU above which boxes of one face are averaged. On validation pictures of WIDER FACE the AP at IoU 0.7 rises from
0.68 to 0.71 (faces from 32 pixels) and stays the same at 0.4; averages of looser matches lie worse."""

_THINNEST = 0.05
"""Shorter over longer side of a box that may be a face's."""

_SMALLEST_SQUARE, _LARGEST_SQUARE = 0.5, 1.5
"""Side of the upright square over the longer side of the box, between which it is believed: 0.8 to 1 for upright faces,
0.6 and more for rolled ones."""


@dataclass(frozen=True, eq=False)
class Candidates:
    """Candidate faces, one row each.

    Attributes:
        scores: ``(n,)`` 0 to 1.
        marks: ``(n, 9, 2)`` in pixels: two corners of the box (upper left, lower right), which reaches from chin to
            forehead; the two eyes (left one in an upright picture first), the tip of the nose, the corners of the
            mouth; and the middles of the top and the bottom edge of the face's upright square, see
            :func:`facepoints.geometry.upright_square`.
    """

    scores: Floats
    marks: Floats

    @classmethod
    def empty(cls) -> Candidates:
        """No candidate."""
        return cls(np.zeros(0, dtype=np.float32), np.zeros((0, 9, 2), dtype=np.float32))

    @classmethod
    def concatenate(cls, parts: Sequence[Candidates]) -> Candidates:
        """All rows of all parts."""
        if len(parts) < 2:
            return parts[0] if parts else cls.empty()
        return cls(np.concatenate([part.scores for part in parts]), np.concatenate([part.marks for part in parts]))

    def __len__(self) -> int:
        return len(self.scores)

    @property
    def boxes(self) -> Floats:
        """``(n, 4)`` x1, y1, x2, y2."""
        return self.marks[:, :2].reshape(-1, 4)

    @property
    def points(self) -> Floats:
        """``(n, 5, 2)`` the eyes, the tip of the nose and the corners of the mouth."""
        return self.marks[:, 2:7]

    @property
    def frames(self) -> Floats:
        """``(n, 2, 2)`` the middles of the top and the bottom edge of the upright square."""
        return self.marks[:, 7:]

    @property
    def sides(self) -> Floats:
        """``(n, 2)`` width and height of the boxes."""
        return np.asarray(self.marks[:, 1] - self.marks[:, 0])

    @property
    def centres(self) -> Floats:
        """``(n, 2)`` of the boxes."""
        return np.asarray((self.marks[:, 0] + self.marks[:, 1]) / 2)

    def select(self, rows: Array) -> Candidates:
        """The rows that a mask or indices name."""
        return Candidates(self.scores[rows], self.marks[rows])

    def mapped(self, scale: Array, shift: Array) -> Candidates:
        """All coordinates ``(x, y)`` times ``scale``, plus ``shift``; both ``(2,)``."""
        return Candidates(self.scores, (self.marks * scale + shift).astype(np.float32))

    def turned_back(self, quarters: int, width: int, height: int) -> Candidates:
        """The candidates of a picture that was turned clockwise before they were found, in the picture as it was.

        Args:
            quarters: of a turn, 0 to 3.
            width: in pixels of the picture as it was.
            height: likewise.
        """
        x, y = self.marks[..., 0], self.marks[..., 1]
        places = [(x, y), (y, height - 1 - x), (width - 1 - x, height - 1 - y), (width - 1 - y, x)]
        marks = np.stack(places[quarters], axis=-1)
        marks[:, :2] = np.sort(marks[:, :2], axis=1)
        return Candidates(self.scores, marks)

    def best(self, threshold: float, at_most: int) -> Candidates:
        """The best of those whose boxes overlap by an IoU above ``threshold``, highest score first.

        Args:
            threshold: 0 to 1.
            at_most: only so many of the highest scores take part.
        """
        first = np.argsort(-self.scores, kind="stable")[:at_most]
        return self.select(first[nms(self.boxes[first], self.scores[first], threshold)])

    def merged(self, threshold: float, at_most: int) -> Candidates:
        """The same with better coordinates: the mean, weighted by the scores, of the best and of those that lie nearly
        on it, as in BlazeFace (Bazarevsky et al., 2019).

        For candidates of one look at the picture: other looks may not agree on which end of a face is up.
        """
        first = self.select(np.argsort(-self.scores, kind="stable")[:at_most])
        kept = first.best(threshold, at_most)
        weights = (box_iou(kept.boxes, first.boxes) > _ALIKE) * first.scores
        means = np.tensordot(weights / weights.sum(axis=1, keepdims=True), first.marks, axes=1)
        return Candidates(kept.scores, means.astype(np.float32))

    def mended(self) -> Candidates:
        """Without boxes that are no box, and with a square in the box's place where the face's own is far from it."""
        sides = self.sides
        rows = np.flatnonzero(sides.min(axis=1) > _THINNEST * sides.max(axis=1))
        sound, sizes = self.select(rows), sides[rows].max(axis=1)
        top, bottom = sound.frames[:, 0], sound.frames[:, 1]
        lengths = np.linalg.norm(bottom - top, axis=1)
        away = np.abs((top + bottom) / 2 - sound.centres).max(axis=1)
        # So the square holds the centre of the box, and lies in the picture if that does.
        good = (lengths > _SMALLEST_SQUARE * sizes) & (lengths < _LARGEST_SQUARE * sizes) & (away < lengths / 2.5)
        if not good.all():
            sound.marks[~good, 7:] = _upright_frames(sound.boxes[~good])
        return sound


def _upright_frames(boxes: Floats) -> Floats:
    """``(n, 2, 2)`` the frames of upright faces in these boxes: the 68 points lie in the lower four fifths."""
    widths, heights = (boxes[:, 2:] - boxes[:, :2]).T
    x, y, half = (boxes[:, 0] + boxes[:, 2]) / 2, boxes[:, 1] + 0.6 * heights, np.maximum(widths, 0.8 * heights) / 2
    return np.stack([np.stack([x, y - half], axis=1), np.stack([x, y + half], axis=1)], axis=1)
