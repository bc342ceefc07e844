"""Clips rendered from the example picture, in which it is known who is where."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from facepoints.arrays import Image
from tests.datasets.layouts import astronaut

RATE = 25
HEAD = 130
WIDTH, HEIGHT = 480, 300

_FACE = (slice(20, 220), slice(130, 330))


def person() -> Image:
    """``(200, 200, 3)``: the astronaut's head."""
    return astronaut()[_FACE]


def other_person() -> Image:
    """The same size: the head mirrored, red and blue exchanged, which gives another hair and another light."""
    return np.ascontiguousarray(person()[:, ::-1, ::-1])


def background(number: int = 0) -> Image:
    """A blurred part of the picture without a face, another one for each number from 0 to 1."""
    part = astronaut()[300:500, :400] if number == 0 else astronaut()[250:, 112:]
    small = cv2.resize(part, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(small, (0, 0), 6), dtype=np.uint8)


def with_head(picture: Image, head: Image, left: float, top: float, side: int = HEAD) -> Image:
    """A copy with a head in an oval; what lies outside the picture is cut off."""
    result = picture.copy()
    small = cv2.resize(head, (side, side), interpolation=cv2.INTER_AREA)
    rows, columns = np.mgrid[:side, :side]
    oval = np.hypot(columns - 0.47 * side, 0.9 * (rows - 0.47 * side)) < 0.42 * side
    rows, columns = rows + round(top), columns + round(left)
    shown = oval & (rows >= 0) & (rows < HEIGHT) & (columns >= 0) & (columns < WIDTH)
    result[rows[shown], columns[shown]] = small[shown]
    return result


def timed(images: Iterator[Image], start: float = 0.0) -> Iterator[tuple[Image, float]]:
    """With the time of each."""
    return ((image, start + number / RATE) for number, image in enumerate(images))
