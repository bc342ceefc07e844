"""Where faces were seen over time, and where they must be taken to be while nothing finds them."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass, field

import numpy as np

from facepoints.arrays import Array, Floats
from facepoints.geometry import box_iou
from facepoints.video.association import cheapest_pairs

__all__ = ["HOLD", "Trails", "unmatched"]

HOLD = 1.0
"""Seconds for which somebody who is lost is taken to be where the motion led."""

_BRIEF = 0.15
"""The same for what was seen once or twice and is no sure face."""

_PROVEN = 3
"""Times that something must be seen to count as a face although nothing is sure of it."""

_REACH, _SPEED, _LARGEST_CHANGE = 0.6, 2.0, math.log(1.6)
"""Sides, sides a second, and logarithm of the ratio of sizes within which two boxes may be of one face."""

_PERSISTENCE, _VELOCITY_SPAN = 0.3, 0.2
"""Seconds in which motion dies away where nobody sees it, and over which it is measured."""

_GROWN = 1.3
"""Sides of a box where nobody was seen, over those of the last one: a guess must be generous."""

_SAME_FACE = 0.4
"""IoU of two boxes from which on they are of one face."""


@dataclass
class _Trail:
    """One face: when it was seen and where.

    Attributes:
        times: in seconds, rising.
        boxes: ``(4,)`` each.
        count: how often it was seen.
        sure: whether it is a face beyond doubt.
    """

    times: list[float]
    boxes: list[Array]
    sure: bool
    count: int = field(default=1)

    @property
    def proven(self) -> bool:
        return self.sure or self.count >= _PROVEN

    def at(self, time: float) -> Array | None:
        """The box at a time; None where the face is not to be expected."""
        after = bisect_right(self.times, time)
        if 0 < after < len(self.times):
            share = (time - self.times[after - 1]) / (self.times[after] - self.times[after - 1])
            return np.asarray(self.boxes[after - 1] + share * (self.boxes[after] - self.boxes[after - 1]))
        if after and time == self.times[-1]:
            return self.boxes[-1]
        end = 0 if after == 0 else -1
        away = time - self.times[end]
        if abs(away) > (HOLD if self.proven else _BRIEF):
            return None
        return _grown(self.boxes[end] + np.tile(self._velocity(end) * _ahead(away), 2))

    def expected(self, time: float) -> Array:
        """The box after the last time it was seen, however long ago."""
        return self.boxes[-1] + np.tile(self._velocity(-1) * _ahead(time - self.times[-1]), 2)

    def _velocity(self, end: int) -> Array:
        """Pixels a second ``(2,)`` at the first or last time (0 or -1)."""
        times = self.times
        if end == 0:
            first, last = 0, min(bisect_right(times, times[0] + _VELOCITY_SPAN), len(times) - 1)
        else:
            first, last = max(0, bisect_right(times, times[-1] - _VELOCITY_SPAN) - 1), len(times) - 1
        if times[last] <= times[first]:
            return np.zeros(2)
        moved = _centres(self.boxes[last][None])[0] - _centres(self.boxes[first][None])[0]
        return np.asarray(moved / (times[last] - times[first]))


class Trails:
    """Links the boxes that are found frame by frame to trails of faces."""

    def __init__(self) -> None:
        self._trails: list[_Trail] = []

    def add(self, time: float, boxes: Array, sure: Array) -> None:
        """Note what was found in a frame.

        Args:
            time: of the frame in seconds, later than that of the last one.
            boxes: ``(n, 4)`` x1, y1, x2, y2 in pixels, none of them twice.
            sure: ``(n,)`` bool, which are faces beyond doubt.
        """
        alive = [trail for trail in self._trails if time - trail.times[-1] <= HOLD]
        rows = np.asarray(boxes, dtype=np.float64)
        new = set(range(len(rows)))
        if alive and len(rows):
            expected = np.stack([trail.expected(time) for trail in alive])
            gaps = np.array([time - trail.times[-1] for trail in alive])
            for row, column in cheapest_pairs(_distances(expected, rows, gaps)):
                trail = alive[row]
                trail.times.append(time)
                trail.boxes.append(rows[column])
                trail.count += 1
                trail.sure |= bool(sure[column])
                new.discard(column)
        self._trails += [_Trail([time], [rows[row]], bool(sure[row])) for row in sorted(new)]

    def at(self, time: float) -> Floats:
        """``(m, 4)``: where faces are to be expected, found then or not, at a time that was not forgotten."""
        found = [box for trail in self._trails if (box := trail.at(time)) is not None]
        return np.array(found, dtype=np.float32).reshape(-1, 4)

    def forget(self, before: float) -> None:
        """Drop what says nothing about times from ``before`` on."""
        self._trails = [trail for trail in self._trails if trail.times[-1] >= before - HOLD]
        for trail in self._trails:
            # One time before is needed to look between, and some to know the motion.
            kept = max(0, bisect_right(trail.times, min(before, trail.times[-1]) - _VELOCITY_SPAN) - 1)
            del trail.times[:kept], trail.boxes[:kept]


def unmatched(boxes: Array, others: Array) -> Array:
    """Rows of the boxes ``(n, 4)`` that are of no face of the others ``(m, 4)``."""
    if not len(boxes) or not len(others):
        return np.arange(len(boxes))
    return np.flatnonzero(box_iou(boxes, others).max(axis=1) <= _SAME_FACE)


def _distances(expected: Array, boxes: Array, gaps: Array) -> Array:
    """``(n, m)`` in sides of the boxes, infinite where it is out of the question."""
    sides, others = _sides(expected)[:, None], _sides(boxes)[None]
    apart = np.linalg.norm(_centres(expected)[:, None] - _centres(boxes)[None], axis=2) / np.sqrt(sides * others)
    near = (apart < _REACH + _SPEED * gaps[:, None]) & (np.abs(np.log(sides / others)) < _LARGEST_CHANGE)
    return np.where(near, apart, np.inf)


def _ahead(seconds: float) -> float:
    """How long the motion would take to lead as far as it does while it dies away."""
    return math.copysign(_PERSISTENCE * -math.expm1(-abs(seconds) / _PERSISTENCE), seconds)


def _grown(box: Array) -> Array:
    middle, half = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) / 2 * _GROWN
    return np.concatenate([middle - half, middle + half])


def _centres(boxes: Array) -> Array:
    return (boxes[:, :2] + boxes[:, 2:]) / 2


def _sides(boxes: Array) -> Array:
    return np.asarray(np.maximum((boxes[:, 2:] - boxes[:, :2]).max(axis=1), 1e-3))
