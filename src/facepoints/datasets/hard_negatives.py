"""Boxes that a Haar cascade takes for faces and that are none: what a face score must learn to reject."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from facepoints.arrays import Array, Floats
from facepoints.datasets.crops import FaceCrops, OnError, cut_background, merge
from facepoints.datasets.wider import LabelledPicture
from facepoints.detection.haar import HaarDetector
from facepoints.errors import ImageError
from facepoints.images import read

__all__ = ["mine", "without_faces"]


def mine(pictures: Iterable[LabelledPicture], size: int, on_error: OnError, *, min_face: int = 24) -> FaceCrops:
    """Search the pictures with an eager Haar cascade and cut out what is no labelled face.

    Args:
        pictures: with all their faces labelled.
        size: of the crops in pixels, at most.
        on_error: told of each picture that cannot be read; it is left out.
        min_face: smallest box in pixels.
    """
    detector = HaarDetector(scale_factor=1.1, min_neighbors=1)
    found = [cut_background(np.zeros((1, 1, 3), dtype=np.uint8), np.zeros((0, 4), dtype=np.float32), size, "")]
    for picture in pictures:
        try:
            image = read(picture.image)
        except ImageError as error:
            on_error(picture.image, error)
            continue
        boxes = without_faces(detector.detect(image, min_face).boxes, picture.boxes)
        if len(boxes):
            found.append(cut_background(image, boxes, size, picture.image.stem))
    return merge(found)


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
