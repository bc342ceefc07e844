"""When the detector looks, and where: a look at the whole picture takes as long as the keypoints of many faces."""

from __future__ import annotations

from enum import Enum

import numpy as np

from facepoints.arrays import Array, Image
from facepoints.detection import Detections
from facepoints.finder import FaceFinder

__all__ = ["Look", "Schedule", "search", "search_around"]

_THOROUGH = 2
"""One in so many looks at the whole picture is for small faces, too; it takes several times as long as the others."""

_COARSER = 2.0
"""Sides of the smallest faces that the other looks are for, over those of the thorough ones."""

_HURRY = 5
"""So many times as often as for newcomers is looked for the lost, and for anybody where nobody is seen."""

_REGION = 3.0
"""Side of the region that is searched, in sides of the face."""

_SMALLEST = 0.5
"""Size of the smallest face to look for there, in sides of the face."""

_LEAST = 16
"""Pixels of the sides of a region under which it is not worth a look."""


class Look(Enum):
    """Of the detector at one frame."""

    DOUBTFUL = "near those just lost from sight"
    LOST = "near all who are lost"
    COARSE = "at the whole picture, for faces that are not small"
    THOROUGH = "at the whole picture"


class Schedule:
    """Decides how the detector looks at each frame.

    Args:
        detect_every: frames between two looks at the whole picture while somebody is seen.
    """

    def __init__(self, detect_every: int) -> None:
        self._every, self._hurry = detect_every, max(2, detect_every // _HURRY)
        self._frames = 0
        self._looks = -1

    def next(self, *, anybody: bool, urgent: bool) -> Look:
        """The look at the next frame.

        Args:
            anybody: whether somebody is seen in it.
            urgent: whether it may be another scene than in the frame before.
        """
        self._frames += 1
        if (
            self._looks >= 0
            and not urgent
            and self._frames < (self._every if anybody else min(self._every, self._hurry))
        ):
            return Look.LOST if self._frames % self._hurry == 0 else Look.DOUBTFUL
        self._frames = 0
        self._looks = 0 if urgent else (self._looks + 1) % _THOROUGH
        return Look.COARSE if self._looks else Look.THOROUGH


def search(finder: FaceFinder, picture: Image, look: Look, lost: Array, doubtful: Array) -> Detections | None:
    """What the detector finds; None if there is nothing to look for.

    Args:
        finder: whose detector searches.
        picture: RGB uint8 ``(H, W, 3)``.
        look: how to look.
        lost: ``(n, 4)`` squares where those are expected who are not seen.
        doubtful: ``(m, 4)`` squares of those of them who were seen in the last frame.

    Raises:
        InputError: the detector gave something other than boxes.
    """
    if look is Look.THOROUGH:
        return finder.detect(picture)
    if look is Look.COARSE:
        return finder.detect(picture, _COARSER * finder.min_face)
    squares = lost if look is Look.LOST else doubtful
    return search_around(finder, picture, squares) if len(squares) else None


def search_around(finder: FaceFinder, picture: Image, squares: Array) -> Detections:
    """The detector's candidates near where faces are expected; some may be found twice.

    Args:
        finder: whose detector searches.
        picture: RGB uint8 ``(H, W, 3)``.
        squares: ``(n, 4)`` of the expected faces.

    Raises:
        InputError: the detector gave something other than boxes.
    """
    parts = []
    size = np.array([picture.shape[1], picture.shape[0]])
    for square in squares:
        side = float(np.exp(square[2]))
        left, top = np.clip(square[:2] - _REGION / 2 * side, 0, size).astype(int).tolist()
        right, bottom = np.clip(square[:2] + _REGION / 2 * side + 1, 0, size).astype(int).tolist()
        if min(right - left, bottom - top) < _LEAST:
            continue
        part = finder.detect(picture[top:bottom, left:right], max(finder.min_face, _SMALLEST * side))
        if len(part):
            parts.append(_shifted(part, left, top))
    return _joined(parts) if parts else Detections.empty()


def _shifted(found: Detections, left: int, top: int) -> Detections:
    shift = np.array([left, top, left, top], dtype=np.float32)
    rolls = np.zeros(len(found), dtype=np.float32) if found.rolls is None else found.rolls
    return Detections(found.boxes + shift, found.scores, found.starts + shift, rolls)


def _joined(parts: list[Detections]) -> Detections:
    return Detections(
        np.concatenate([part.boxes for part in parts]),
        np.concatenate([part.scores for part in parts]),
        np.concatenate([part.starts for part in parts]),
        np.concatenate([part.rolls for part in parts if part.rolls is not None]),
    )
