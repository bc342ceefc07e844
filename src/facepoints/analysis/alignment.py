"""Upright crops of faces in the layout that networks for face recognition expect."""

from __future__ import annotations

import numpy as np

from facepoints.arrays import Array, Floats, Image, as_image, is_number
from facepoints.errors import InputError
from facepoints.faces import Faces, as_faces
from facepoints.geometry import similarity, warp
from facepoints.scheme import GROUPS

__all__ = ["FIVE_POINT_TEMPLATE", "MAX_SIZE", "align", "five_points"]

FIVE_POINT_TEMPLATE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]]
)
FIVE_POINT_TEMPLATE.flags.writeable = False
"""``(5, 2)``: where both eyes, the tip of the nose and both corners of the mouth lie in a crop of 112 x 112 pixels.

Source: Deng et al., "ArcFace" (CVPR 2019), the alignment of its published code."""

MAX_SIZE = 4096

_TEMPLATE_SIZE = 112
_NOSE_TIP, _LEFT_MOUTH_CORNER, _RIGHT_MOUTH_CORNER = 30, 48, 54


def align(image: Image, faces: Faces, size: int = _TEMPLATE_SIZE) -> Image:
    """Crops in which every face stands upright, with eyes, nose and mouth in the same places.

    The crop of a face is the similarity (turned, scaled, shifted) that brings its five points closest to
    ``FIVE_POINT_TEMPLATE`` by least squares. What lies outside the picture is black.

    Args:
        image: RGB ``uint8``, ``(H, W, 3)``.
        faces: of that image.
        size: side of the crops in pixels, 1 to ``MAX_SIZE``.

    Returns:
        RGB ``uint8``, ``(n, size, size, 3)``, in the order of ``faces``.

    Raises:
        InputError: not such an image or size, no ``Faces``, or a face whose points all lie in one place.
    """
    image, faces = as_image(image), as_faces(faces)
    if not is_number(size, whole=True) or not 1 <= size <= MAX_SIZE:
        raise InputError(f"size must be a whole number of pixels from 1 to {MAX_SIZE}; got {size!r}")
    # Pixel centres are whole numbers, so the picture's edge, not its first centre, is what scaling keeps in place.
    template = (FIVE_POINT_TEMPLATE + 0.5) * (size / _TEMPLATE_SIZE) - 0.5
    crops = np.zeros((len(faces), size, size, 3), dtype=np.uint8)
    for row, points in enumerate(five_points(faces.keypoints)):
        transform = similarity(points, template)
        if transform is None:
            raise InputError(f"face {row} cannot be aligned: its keypoints lie in one place")
        crops[row] = warp(image, transform, size)
    return crops


def five_points(keypoints: Array) -> Floats:
    """The centres of both eyes, the tip of the nose and both corners of the mouth, the picture's left first.

    Args:
        keypoints: ``(n, 68, 2)``.

    Returns:
        ``(n, 5, 2)`` float32.
    """
    eyes = [keypoints[:, list(GROUPS[name])].mean(axis=1) for name in ("left_eye", "right_eye")]
    others = [keypoints[:, point] for point in (_NOSE_TIP, _LEFT_MOUTH_CORNER, _RIGHT_MOUTH_CORNER)]
    return np.stack([*eyes, *others], axis=1).astype(np.float32)
