"""Pictures that are there twice: the same bytes, or nearly the same look."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from facepoints.arrays import Array, Image

__all__ = ["HASH_BITS", "near_duplicates", "picture_hash"]

_SIDE = 16
HASH_BITS = _SIDE * _SIDE

_ROWS = 1024
"""Rows that are compared with all others at once, to spare memory."""


def picture_hash(image: Image) -> Array:
    """What a picture looks like in 256 bits: whether each cell of a grid of 16 x 16 is brighter than the one to its
    left. Another size, compression or exposure hardly changes them.

    Source: Krawetz, "Kind of Like That" (2013), there with 8 x 8 cells ("dHash").

    Returns:
        ``(256,)`` bool.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    small = np.asarray(cv2.resize(grey, (_SIDE + 1, _SIDE), interpolation=cv2.INTER_AREA), dtype=np.int16)
    return (small[:, 1:] > small[:, :-1]).ravel()


def near_duplicates(hashes: Sequence[Array], most: int) -> list[tuple[int, int]]:
    """Pairs of pictures whose hashes differ in at most so many bits.

    Args:
        hashes: of :func:`picture_hash`, one a picture. All pairs are compared: ten thousand pictures take seconds.
        most: bits that may differ.

    Returns:
        Pairs of indices, the smaller first, in rising order.
    """
    if not hashes:
        return []
    signs = np.where(np.stack(hashes), np.float32(1), np.float32(-1))
    pairs = []
    for start in range(0, len(signs), _ROWS):
        # Each bit that differs takes 2 from the product.
        differing = (HASH_BITS - signs[start : start + _ROWS] @ signs[start:].T) / 2
        first, second = np.nonzero(differing <= most)
        pairs += [(int(a) + start, int(b) + start) for a, b in zip(first, second, strict=True) if a < b]
    return pairs
