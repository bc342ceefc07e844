"""Who is who: which of two lists of faces belong together."""

from __future__ import annotations

import math

import numpy as np

from facepoints.arrays import Array, Floats

__all__ = ["greedy_pairs", "return_costs"]

_LARGEST_CHANGE = math.log(1.6)
"""Logarithm of the ratio of sizes up to which somebody may be back."""

_NEAR, _SPEED = 0.7, 1.5
"""Distance in sides of the face, and sides a second, within which somebody may be back."""

_SAME_LOOK = 0.5
"""Similarity from which on somebody may be back."""


def greedy_pairs(costs: Array) -> list[tuple[int, int]]:
    """Pairs ``(row, column)`` of the lowest costs ``(n, m)``, each row and column once; never one of infinite cost."""
    pairs: list[tuple[int, int]] = []
    costs = costs.copy()
    while costs.size:
        row, column = np.unravel_index(int(np.argmin(costs)), costs.shape)
        if not np.isfinite(costs[row, column]):
            break
        pairs.append((int(row), int(column)))
        costs[row], costs[:, column] = np.inf, np.inf
    return pairs


def return_costs(expected: Array, gone: Array, looks: Floats, squares: Array, new_looks: Floats) -> Array:
    """How unlikely it is that a newcomer is somebody who was lost.

    Args:
        expected: ``(n, 4)`` squares where the lost ones are expected.
        gone: ``(n,)`` seconds since they were seen.
        looks: ``(n, d)`` of the lost ones.
        squares: ``(m, 4)`` of the newcomers.
        new_looks: ``(m, d)`` of the newcomers.

    Returns:
        ``(n, m)``, infinite where it is out of the question.
    """
    distances = np.linalg.norm(expected[:, None, :2] - squares[None, :, :2], axis=2) / np.exp(squares[:, 2])
    changes = np.abs(expected[:, None, 2] - squares[None, :, 2])
    similar = looks @ new_looks.T
    reach = (_NEAR + _SPEED * gone)[:, None]
    possible = (distances < reach) & (changes < _LARGEST_CHANGE) & (similar > _SAME_LOOK)
    return np.asarray(np.where(possible, distances / reach + changes / _LARGEST_CHANGE + 2 * (1 - similar), np.inf))
