"""Samples of a collection as small pictures with their faces drawn in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

import cv2
import numpy as np

from facepoints.arrays import Array, Image
from facepoints.batch.samples import GROUPS, Sample
from facepoints.batch.summary import picture_name
from facepoints.drawing import draw
from facepoints.faces import Faces
from facepoints.geometry import apply_transform, crop_transform, warp
from facepoints.report.contact_sheet import Tile

__all__ = ["ReadPicture", "sample_tiles"]

ReadPicture = Callable[[str, "int | None"], "Image | None"]
"""Gives the picture of this name, or the frame of the video of this name; None if it can be had no more."""

_LONGER_SIDE, _LONGER_SIDE_LARGE = 512, 1040
_FACE_TILE = 256
_MARGIN = 2.0
"""Side of the tile of a face over that of its box: whether a small blur is a face shows in what is around it."""


def sample_tiles(samples: Sequence[Sample], read: ReadPicture) -> dict[str, list[Tile]]:
    """Draw samples.

    Args:
        samples: of :func:`facepoints.batch.samples.choose_samples`.
        read: is asked for each picture once, in the order in which the collection was read, and after the one before
            has been drawn: only one is in memory.

    Returns:
        The tiles of each key of ``GROUPS``. What cannot be read any more, or has another size by now, is left out.
    """
    by_picture = defaultdict(list)
    for number, sample in enumerate(samples):
        by_picture[sample.place, sample.image, sample.frame].append(number)
    drawn: dict[int, Tile] = {}
    for (_, name, frame), indices in sorted(by_picture.items(), key=lambda item: item[0][0]):
        image = read(name, frame)
        for index in indices:
            if image is not None and image.shape[1::-1] == samples[index].size:
                drawn[index] = _tile(samples[index], image)
    tiles: dict[str, list[Tile]] = {group: [] for group in GROUPS}
    for index in sorted(drawn):
        tiles[samples[index].group].append(drawn[index])
    return tiles


def _tile(sample: Sample, image: Image) -> Tile:
    if sample.face is None:
        picture = _whole(image, sample.faces, _LONGER_SIDE_LARGE if GROUPS[sample.group].large else _LONGER_SIDE)
    else:
        picture = _around(image, sample.faces, sample.faces.boxes[sample.face])
    time = "" if sample.time is None else f" at {sample.time:.2f} s"
    return picture, _headline(sample), picture_name(sample.image, sample.frame) + time


def _headline(sample: Sample) -> str:
    if sample.face is None:
        return f"{len(sample.faces)} face{'' if len(sample.faces) == 1 else 's'}"
    if sample.group == "lowest":
        return f"Score {sample.faces.scores[sample.face]:.2f}"
    x1, y1, x2, y2 = sample.faces.boxes[sample.face]
    return f"{max(x2 - x1, y2 - y1):.0f} px"


def _whole(image: Image, faces: Faces, longer_side: int) -> Image:
    """The picture, made smaller before the drawing, whose lines would not outlast it."""
    height, width = image.shape[:2]
    scale = min(1.0, longer_side / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    smaller = image if scale == 1 else np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    across, down = size[0] / width, size[1] / height
    transform = np.array([[across, 0, (across - 1) / 2], [0, down, (down - 1) / 2]])
    return draw(smaller, _moved(faces, transform))


def _around(image: Image, faces: Faces, box: Array) -> Image:
    """A square of the picture around a box."""
    side = _MARGIN * max(float((box[2:] - box[:2]).max()), 8.0)
    transform = crop_transform((box[:2] + box[2:]) / 2, side, 0.0, _FACE_TILE)
    return draw(warp(image, transform, _FACE_TILE), _moved(faces, transform))


def _moved(faces: Faces, transform: Array) -> Faces:
    """The faces in the picture that ``transform`` makes, which must not turn it."""
    boxes = apply_transform(transform, faces.boxes.reshape(-1, 2, 2)).reshape(-1, 4)
    return Faces(boxes, faces.scores, apply_transform(transform, faces.keypoints), faces.keypoint_scores)
