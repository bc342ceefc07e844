"""Names for the array types of this package, and the checks that all public entrances share."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facepoints.errors import InputError

__all__ = ["Array", "Floats", "Image", "as_boxes", "as_floats", "as_image", "is_number"]

Image = NDArray[np.uint8]
"""RGB, ``(H, W, 3)``."""

Floats = NDArray[np.float32]

Array = NDArray[Any]


def as_image(value: object) -> Image:
    """Return ``value`` if it is an RGB ``uint8`` array ``(H, W, 3)`` with at least one pixel.

    Raises:
        InputError: it is something else; the message says what was expected and what came.
    """
    if not isinstance(value, np.ndarray):
        raise InputError(f"an image must be a numpy array (H, W, 3) of RGB uint8, not {type(value).__name__}")
    if value.ndim != 3 or value.shape[2] != 3 or 0 in value.shape:
        raise InputError(
            f"an image must have shape (height, width, 3), RGB; this array has shape {value.shape}. "
            "facepoints.read(path) turns any picture file into such an array"
        )
    if value.dtype != np.uint8:
        raise InputError(f"an image must be uint8 with values from 0 to 255; this array is {value.dtype}")
    return value


def as_floats(value: ArrayLike, shape: tuple[int | None, ...], name: str) -> Floats:
    """Return ``value`` as a contiguous float32 array of ``shape`` (None: any length).

    Raises:
        InputError: not numeric, another shape, or not finite.
    """
    if isinstance(value, np.ndarray) and value.dtype == np.float32:  # several times a frame of a video
        array = np.ascontiguousarray(value)
    else:
        array = _converted(value, name)
    if array.size == 0 and shape[0] is None:
        array = array.reshape([0 if axis == 0 else (length or 0) for axis, length in enumerate(shape)])
    matches = array.ndim == len(shape) and all(
        want is None or want == have for want, have in zip(shape, array.shape, strict=True)
    )
    if not matches:
        wanted = ", ".join("n" if length is None else str(length) for length in shape)
        raise InputError(f"{name} must have shape ({wanted}); got {array.shape}")
    if not np.isfinite(array).all():
        raise InputError(f"{name} must be finite numbers; got NaN or infinity")
    return array


def _converted(value: ArrayLike, name: str) -> Floats:
    try:
        with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinity, which is refused later
            return np.ascontiguousarray(value, dtype=np.float32)
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(f"{name} must be an array of numbers: {error}") from error


def as_boxes(value: ArrayLike) -> Floats:
    """Return ``value`` as boxes ``(n, 4)``: x1, y1, x2, y2 in pixels.

    Raises:
        InputError: wrong shape, not finite, or a box whose right or lower edge is not beyond its left or upper one.
    """
    boxes = as_floats(value, (None, 4), "boxes")
    empty = np.flatnonzero((boxes[:, 2] <= boxes[:, 0]) | (boxes[:, 3] <= boxes[:, 1]))
    if len(empty):
        row = int(empty[0])
        raise InputError(f"boxes are x1, y1, x2, y2 with x2 > x1 and y2 > y1; box {row} is {boxes[row].tolist()}")
    return boxes


def is_number(value: object, *, whole: bool = False) -> bool:
    """Whether ``value`` is a single real number, of Python or numpy; a bool is none."""
    kinds = (int, np.integer) if whole else (int, float, np.integer, np.floating)
    return isinstance(value, kinds) and not isinstance(value, bool)
