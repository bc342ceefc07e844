"""The pictures of all measurements: labelled faces, WIDER FACE, and montages with a known number of faces."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from facepoints.arrays import Image
from facepoints.datasets import LabelledFace, read_keypoints, wider, ytf
from facepoints.geometry import crop_transform, tight_boxes, warp
from facepoints.images import read

SHAPES = {240: (320, 240), 480: (640, 480), 1080: (1920, 1080)}
"""Width and height of the montages by their lines."""

COLUMNS_AND_ROWS = {1: (1, 1), 5: (3, 2), 20: (5, 4)}
"""Of the montages by their number of faces: each face is half as high as its tile."""

GREY = 110
TRAINING_FACES = 300


@dataclass(frozen=True)
class TestSets:
    """Attributes are the labelled faces of each test set by name, those for offsets, and WIDER FACE's pictures."""

    faces: dict[str, list[LabelledFace]]
    training: list[LabelledFace]
    wider: list[wider.LabelledPicture]


def test_sets(data: Path, quick: bool) -> TestSets:
    """What ``data`` holds in the official layouts; with ``quick`` a few pictures of each, evenly spread.

    Raises:
        LabelError: a set is missing; the message names its folder.
    """
    people = ytf.read_people(data / "ytf" / ytf.HELD_OUT_FILE)
    held_out = [face for split in ("training", "test") for face in read_keypoints(data / "ytf", split, people=people)]
    faces = {"300-W, LFPW test": read_keypoints(data / "300w" / "lfpw" / "testset"), "YTF, held-out people": held_out}
    training = read_keypoints(data / "300w" / "helen" / "trainset") + read_keypoints(
        data / "300w" / "lfpw" / "trainset"
    )
    limit = 12 if quick else None
    return TestSets(
        {name: spread(each, limit) for name, each in faces.items()},
        spread(training, 30 if quick else TRAINING_FACES),
        spread(wider.read(data / "wider", "val"), limit),
    )


def spread(items: Sequence, limit: int | None) -> list:
    """At most ``limit`` of the items, evenly spread."""
    if limit is None or len(items) <= limit:
        return list(items)
    return [items[int(row)] for row in np.linspace(0, len(items) - 1, limit)]


def montage(faces: Sequence[LabelledFace], count: int, lines: int) -> Image:
    """``count`` of the faces in one picture of so many lines, each half as high as its tile."""
    width, height = SHAPES[lines]
    columns, rows = COLUMNS_AND_ROWS[count]
    side = min(width // columns, height // rows)
    picture = np.full((height, width, 3), GREY, dtype=np.uint8)
    for number, face in enumerate(faces[:count]):
        column, row = number % columns, number // columns
        left = math.floor((column + 0.5) * width / columns - side / 2)
        top = math.floor((row + 0.5) * height / rows - side / 2)
        picture[top : top + side, left : left + side] = tile(face, side)
    return picture


def tile(face: LabelledFace, side: int) -> Image:
    """A square cut around the face, twice as wide as the longer side of its points' box."""
    image = read(face.image)
    x1, y1, x2, y2 = tight_boxes(face.keypoints[None])[0]
    cut = crop_transform(np.array([(x1 + x2) / 2, (y1 + y2) / 2]), 2 * max(x2 - x1, y2 - y1), 0.0, side)
    return warp(image, cut, side)


def montages(faces: Sequence[LabelledFace], count: int, lines: int, how_many: int) -> list[Image]:
    """Several, of other faces each, the same in every run."""
    order = np.random.default_rng(count).permutation(len(faces))
    chosen = [[faces[row] for row in np.resize(np.roll(order, -number * count), count)] for number in range(how_many)]
    return [montage(each, count, lines) for each in chosen]
