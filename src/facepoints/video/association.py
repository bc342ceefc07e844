"""Who is who: which of two lists of faces belong together."""

from __future__ import annotations

import math

import numpy as np

from facepoints.arrays import Array, Floats
from facepoints.geometry import box_iou

__all__ = ["box_pairs", "return_pairs"]

_SAME_BOX = 0.3
"""IoU of two squares from which on they may be of one face."""

_LARGEST_CHANGE = math.log(1.6)
"""Logarithm of the ratio of sizes up to which somebody may be back."""

_NEAR, _SPEED = 0.7, 1.5
"""Distance in sides of the face, and sides a second, within which somebody may be back."""

_LOOKS = 2.0
"""Weight of looks against place and size."""


def box_pairs(boxes: Floats, others: Floats) -> list[tuple[int, int]]:
    """Pairs of overlapping boxes ``(n, 4)`` and ``(m, 4)``, each in one pair at most; the largest IoU goes first."""
    overlaps = box_iou(boxes, others)
    return _cheapest_pairs(np.where(overlaps > _SAME_BOX, -overlaps, np.inf))


def return_pairs(
    expected: Array, gone: Array, similar: Array, likeness: Array, squares: Array
) -> list[tuple[int, int]]:
    """Which newcomer is whom of those who were lost: by place, size and looks.

    Args:
        expected: ``(n, 4)`` squares where the lost ones are expected.
        gone: ``(n,)`` seconds since they were seen.
        similar: ``(n, m)`` similarity of the looks of lost ones and newcomers.
        likeness: ``(n,)`` the least similarity that will do.
        squares: ``(m, 4)`` of the newcomers.
    """
    distances = np.linalg.norm(expected[:, None, :2] - squares[None, :, :2], axis=2) / np.exp(squares[:, 2])
    changes = np.abs(expected[:, None, 2] - squares[None, :, 2]) / _LARGEST_CHANGE
    reach = (_NEAR + _SPEED * gone)[:, None]
    possible = (distances < reach) & (changes < 1) & (similar >= likeness[:, None])
    return _cheapest_pairs(np.where(possible, distances / reach + changes + _LOOKS * (1 - similar), np.inf))


def _cheapest_pairs(costs: Array) -> list[tuple[int, int]]:
    """Greedily, pairs ``(row, column)`` of the lowest of ``(n, m)`` costs; never one of infinite cost."""
    pairs: list[tuple[int, int]] = []
    while costs.size:
        row, column = (int(index) for index in np.unravel_index(int(np.argmin(costs)), costs.shape))
        if not np.isfinite(costs[row, column]):
            break
        pairs.append((row, column))
        costs[row], costs[:, column] = np.inf, np.inf
    return pairs
