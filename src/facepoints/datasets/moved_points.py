"""Pictures whose keypoints are moved: the face smiles, or its eyes close, where the points are told to go.

The displacement that carries each point to its new place fades out around it, so that what is further away stays:
radial basis functions with compact support, here Wendland's (1 - r)^2. Between two points it changes evenly, where
smoother ones would swing back and forth as lids meet. Sources: Wendland, "Piecewise polynomial, positive definite and
compactly supported radial functions of minimal degree" (Advances in Computational Mathematics 1995); Fornefett, Rohr
and Stiehl, "Radial basis functions with compact support for elastic registration of medical images" (Image and Vision
Computing 2001).
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from facepoints.arrays import Array, Floats, Image, as_floats, as_image
from facepoints.errors import InputError
from facepoints.geometry import invert_transform

__all__ = ["move_points"]

_REACH = 0.45
"""How far a displacement reaches, over the longer side of the box around the points: the hair moves, the wall does not.
"""

_SMOOTHING = 1e-5
"""Added to the diagonal, for points that coincide."""

_CELLS = 150
"""Places along the longer side of what moves for which the displacement is worked out; pixels in between are
interpolated."""


def move_points(
    image: Image,
    points: Array,
    moved: Array,
    transform: Array | None = None,
    size: tuple[int, int] | None = None,
) -> Image:
    """A picture in which what was at ``points`` is at ``moved``, mapped by ``transform``.

    Args:
        image: RGB ``uint8``, ``(H, W, 3)``; stays as it is. Beyond its edges it is mirrored.
        points: ``(n, 2)`` in pixels.
        moved: ``(n, 2)`` in pixels of the same picture.
        transform: ``(2, 3)`` from there to the new picture; None: it stays as it is.
        size: width and height of the new picture in pixels; None: those of ``image``.

    Returns:
        RGB ``uint8``. The place ``moved[i]`` is in it at ``apply_transform(transform, moved[i])``.

    Raises:
        InputError: not such an image, not such points, or not as many places as points.
    """
    height, width = as_image(image).shape[:2]
    old = as_floats(points, (None, 2), "points").astype(np.float64)
    new = as_floats(moved, (None, 2), "moved").astype(np.float64)
    if len(old) != len(new) or not len(old):
        raise InputError(f"each point needs one new place; got {len(old)} points and {len(new)} places")
    back = np.eye(2, 3) if transform is None else invert_transform(transform)
    columns, rows = size or (width, height)
    sources = _places(back, columns, rows, 1) + _displacements(back, columns, rows, new, old - new)
    x, y = sources[..., 0], sources[..., 1]
    picture = cv2.remap(image, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(picture, dtype=np.uint8)


def _places(back: Array, columns: int, rows: int, step: int) -> Floats:
    """``(h, w, 2)``: where the middles of cells of ``step`` pixels of the new picture lie in the old one."""
    x = np.arange(-(-columns // step), dtype=np.float32) * step + np.float32((step - 1) / 2)
    y = np.arange(-(-rows // step), dtype=np.float32) * step + np.float32((step - 1) / 2)
    grid = np.stack(np.meshgrid(x, y), axis=2)
    return np.asarray(grid @ back[:, :2].T + back[:, 2], dtype=np.float32)


def _displacements(back: Array, columns: int, rows: int, centres: Array, displacements: Array) -> Floats:
    """``(rows, columns, 2)``: what the displacements ``(m, 2)`` of the centres ``(m, 2)`` make of each pixel."""
    low, high = centres.min(axis=0), centres.max(axis=0)
    side = max(float((high - low).max()), 1.0)
    reach = _REACH * side
    matrix = _wendland(centres, centres, reach) + _SMOOTHING * np.eye(len(centres))
    weights = np.linalg.solve(matrix, displacements).astype(np.float32)
    pixel = math.sqrt(abs(float(np.linalg.det(back[:, :2]))))
    step = max(1, int((side + 2 * reach) / pixel / _CELLS))
    places = _places(back, columns, rows, step)
    near = ((places > low - reach) & (places < high + reach)).all(axis=2)
    result = np.zeros_like(places)
    result[near] = _wendland(places[near], centres, reach) @ weights
    size = (places.shape[1] * step, places.shape[0] * step)
    return np.asarray(cv2.resize(result, size, interpolation=cv2.INTER_LINEAR), dtype=np.float32)[:rows, :columns]


def _wendland(places: Array, centres: Array, reach: float) -> Array:
    """``(n, m)``: 1 where a place is a centre, 0 from a distance of ``reach`` on."""
    across, down = (places[:, None, axis] - centres[None, :, axis].astype(places.dtype) for axis in (0, 1))
    distances = np.sqrt(across * across + down * down)  # several times faster than np.hypot
    return np.asarray(np.square(np.maximum(1 - distances / reach, 0)))
