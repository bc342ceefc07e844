"""Pictures turned by an angle, with their labels: how well does a detector find faces that are rolled?"""

from __future__ import annotations

import cv2
import numpy as np

from facepoints.arrays import Array, Floats, Image
from facepoints.datasets.wider import LabelledPicture
from facepoints.geometry import apply_transform, oval_reach
from facepoints.images import read

__all__ = ["read_turned", "turned"]


def read_turned(picture: LabelledPicture, degrees: float) -> tuple[Image, LabelledPicture]:
    """A picture and its labels, turned clockwise; as they are for 0 degrees.

    Raises:
        ImageError: the file cannot be read.
    """
    image, boxes = read(picture.image), picture.boxes
    if degrees:
        image, boxes = turned(image, boxes, degrees)
    return image, LabelledPicture(picture.image, boxes, picture.ignore)


def turned(image: Image, boxes: Array, degrees: float) -> tuple[Image, Floats]:
    """The whole picture turned clockwise, on black ground as large as it needs, and upright boxes in it.

    A box becomes the one around the turned ellipse that fills it, since a face fills its box about so.

    Args:
        image: RGB uint8 ``(H, W, 3)``.
        boxes: ``(n, 4)``.
        degrees: clockwise as seen on the screen.
    """
    height, width = image.shape[:2]
    angle = np.radians(degrees)
    cosine, sine = float(np.cos(angle)), float(np.sin(angle))
    size = np.array([abs(cosine) * width + abs(sine) * height, abs(sine) * width + abs(cosine) * height])
    columns, rows = np.ceil(size - 1e-6).astype(int).tolist()
    linear = np.array([[cosine, -sine], [sine, cosine]])
    shift = (np.array([columns, rows]) - 1) / 2 - linear @ ((np.array([width, height]) - 1) / 2)
    transform = np.concatenate([linear, shift[:, None]], axis=1)
    picture = cv2.warpAffine(image, transform, (columns, rows), flags=cv2.INTER_LINEAR)
    centres = apply_transform(transform, (boxes[:, :2] + boxes[:, 2:]) / 2)
    reach = oval_reach((boxes[:, 2:] - boxes[:, :2]) / 2, angle)
    return np.asarray(picture, dtype=np.uint8), np.concatenate([centres - reach, centres + reach], axis=1).astype(
        np.float32
    )
