"""Boxes that a Haar cascade takes for faces and that are none: what a face score must learn to reject."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from facepoints.arrays import Array, Floats
from facepoints.datasets.crops import FaceCrops, cut_background
from facepoints.datasets.wider import LabelledPicture
from facepoints.detection.haar import HaarDetector
from facepoints.images import read

__all__ = ["mine", "without_faces"]


def mine(pictures: Iterable[LabelledPicture], size: int, *, min_face: int = 24) -> list[FaceCrops]:
    """Search the pictures with an eager Haar cascade and cut out what is no labelled face.

    Args:
        pictures: with all their faces labelled.
        size: of the crops in pixels, at most.
        min_face: smallest box in pixels.

    Raises:
        ImageError: a picture cannot be read.
    """
    detector = HaarDetector(scale_factor=1.1, min_neighbors=1)
    found = []
    for picture in pictures:
        image = read(picture.image)
        boxes = without_faces(detector.detect(image, min_face).boxes, picture.boxes)
        if len(boxes):
            found.append(cut_background(image, boxes, size, picture.image.stem))
    return found


def without_faces(boxes: Floats, faces: Array) -> Floats:
    """Those of the ``boxes`` ``(n, 4)`` that overlap none of the ``faces`` ``(m, 4)`` at all.

    A box beside a face or around a part of it is left out: the estimator is to find the face from there.
    """
    apart = (
        (boxes[:, None, 2] <= faces[None, :, 0])
        | (faces[None, :, 2] <= boxes[:, None, 0])
        | (boxes[:, None, 3] <= faces[None, :, 1])
        | (faces[None, :, 3] <= boxes[:, None, 1])
    )
    return boxes[np.all(apart, axis=1)]
