"""At which sizes, and in which pieces, the network looks at a picture.

The network knows faces from about 10 to 256 pixels. So the working picture, in which the smallest wanted face has a
size that it knows well, is looked at first; then smaller copies, down to one in which a face as large as the picture is
of such a size, too. Each of these levels answers for a range of sizes. What is larger than a tile is cut into tiles
that overlap by more than the largest face that their level answers for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from facepoints.arrays import Array, Image
from facepoints.detection.candidates import Candidates
from facepoints.detection.session import STEP

__all__ = ["Level", "Tile", "owned", "plan_levels", "plan_tiles", "resized"]

_SMALLEST = 16
"""Pixels of the working picture that the smallest wanted face gets."""

_ENLARGED = 2.0
"""The working picture is at most so many times larger than the picture."""

_WHOLE = 256
"""Pixels of the largest face that the network knows: a level in which no face can be larger needs none below it."""

_LONGEST_FACE = 1.6
"""Longer side of the largest face in a picture over the picture's shorter side: more of a face would not be seen."""

_LAST = 160
"""Longer side in pixels of the last level, if there are several."""

_STEEPEST = 6.0
"""Largest ratio of two levels: at it, the largest face of one level has 27 pixels in the next."""

_REACH = 160
"""Longer side in pixels of the largest face that a level answers for if there is a smaller level."""

_SHARED = 0.5
"""Faces between so much of ``_REACH`` and ``_REACH`` are looked for in the next level, too."""

_TOLERANCE = 0.8
"""Boxes down to so much of the smallest wanted face are kept, since sizes are found to a few per cent only."""

_TILE = 1536
"""Longest side in pixels that goes through the network at one time: what a full HD picture becomes with the default
smallest face, so that it needs no second tile. Such a tile takes 60 MB at most; larger ones would save little time."""

_SLACK = 8
"""Pixels by which the cores of two tiles overlap on either side of the seam: the tiles may place a face there a little
differently, and each would leave it to the other."""

_OVERLAP = _REACH + 64
"""Pixels that neighbouring tiles share, so that a face lies at least 24 pixels inside the tile that answers for it."""


@dataclass(frozen=True)
class Level:
    """One size at which the network looks at the picture.

    Attributes:
        width: in pixels.
        height: in pixels.
        smallest: longer side of the smallest face that it answers for, in its own pixels.
        largest: likewise of the largest.
    """

    width: int
    height: int
    smallest: float
    largest: float


@dataclass(frozen=True)
class Tile:
    """A piece of a level, in pixels of it.

    Attributes:
        left: first column.
        top: first row.
        right: column after the last one.
        bottom: row after the last one.
        core: x1, y1, x2, y2, between which the centres of the faces lie that it answers for.
    """

    left: int
    top: int
    right: int
    bottom: int
    core: tuple[float, float, float, float]


def plan_levels(width: int, height: int, min_face: float) -> list[Level]:
    """The levels for a picture, the largest first.

    Args:
        width: of the picture in pixels.
        height: of the picture in pixels.
        min_face: longer side of the smallest face to look for, in pixels of the picture.
    """
    first = _first_scale(width, height, min_face)
    side = first * max(width, height)
    largest = first * min(max(width, height), _LONGEST_FACE * min(width, height))
    steps = 0 if largest <= _WHOLE else math.ceil(math.log(side / _LAST, _STEEPEST))
    ratio = (side / _LAST) ** (1 / max(steps, 1))
    levels = []
    for step in range(steps + 1):
        scale = first / ratio**step
        shared = _SHARED * _REACH / ratio if step > 0 else 0.0
        levels.append(
            Level(
                max(1, round(width * scale)),
                max(1, round(height * scale)),
                max(shared, _TOLERANCE * min_face * scale),
                math.inf if step == steps else _REACH,
            )
        )
    return levels


def _first_scale(width: int, height: int, min_face: float) -> float:
    """Of the working picture over the picture."""
    wanted = _SMALLEST / min_face
    if wanted >= 1:
        return min(wanted, _ENLARGED)
    # What would be filled up with black shows more of the picture's detail at the same cost.
    return min(1.0, *(math.ceil(max(1, round(side * wanted)) / STEP) * STEP / side for side in (width, height)))


def plan_tiles(width: int, height: int) -> list[Tile]:
    """Tiles that cover a level, row by row; their cores cover it as well."""
    return [
        Tile(left, top, right, bottom, (x1, y1, x2, y2))
        for top, bottom, y1, y2 in _pieces(height)
        for left, right, x1, x2 in _pieces(width)
    ]


def _pieces(length: int) -> list[tuple[int, int, float, float]]:
    """Start, end, and start and end of the core of each piece of one axis."""
    if length <= _TILE:
        return [(0, length, -0.5, length - 0.5)]
    count = math.ceil((length - _OVERLAP) / (_TILE - _OVERLAP))
    size = math.ceil((length + (count - 1) * _OVERLAP) / count / STEP) * STEP
    starts = [index * (length - size) // (count - 1) for index in range(count)]
    # Cores meet in the middle of the overlap.
    seams = [(before + size + after - 1) / 2 for before, after in pairwise(starts)]
    lows = [-0.5, *(seam - _SLACK for seam in seams)]
    highs = [*(seam + _SLACK for seam in seams), length - 0.5]
    return [(start, start + size, low, high) for start, low, high in zip(starts, lows, highs, strict=True)]


def owned(found: Candidates, level: Level, tile: Tile) -> Candidates:
    """Of the candidates of a tile, in pixels of the tile, those that level and tile answer for."""
    if len(found) == 0:
        return found
    sizes, (x, y) = found.sides.max(axis=1), found.centres.T
    x1, y1, x2, y2 = tile.core
    inside = (x >= x1 - tile.left) & (y >= y1 - tile.top) & (x <= x2 - tile.left) & (y <= y2 - tile.top)
    return found.select(inside & (sizes >= level.smallest) & (sizes <= level.largest))


def resized(image: Image, width: int, height: int) -> tuple[Image, Array]:
    """The picture at about another size, and its exact scale ``(2,)`` along x and y.

    It is halved as often as possible, then scaled bilinearly: several times faster than averaging over areas in one
    step, and free of aliasing as well. A last row or column is left out where halving leaves one over.
    """
    halvings = 0
    while image.shape[1] >= 2 * width and image.shape[0] >= 2 * height:
        half_width, half_height = image.shape[1] // 2, image.shape[0] // 2
        even = image[: 2 * half_height, : 2 * half_width]
        image = np.asarray(cv2.resize(even, (half_width, half_height), interpolation=cv2.INTER_AREA), dtype=np.uint8)
        halvings += 1
    scale = np.array([width / (image.shape[1] << halvings), height / (image.shape[0] << halvings)])
    if image.shape[:2] != (height, width):
        image = np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
    return image, scale
