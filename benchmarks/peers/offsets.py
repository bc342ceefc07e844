"""Per-point offsets that bring a peer's points nearer to the labels, in the frame of the face."""

from __future__ import annotations

import numpy as np

from facepoints.arrays import Array
from facepoints.evaluation.metrics import box_sizes
from facepoints.geometry import roll_of


def fit_offsets(found: Array, labels: Array) -> Array:
    """Mean way from found to labelled points over faces ``(n, 68, 2)``, in sizes of the face and turned upright.

    Returns:
        ``(68, 2)``; for :func:`apply_offsets`.
    """
    turns, sizes = _frames(found)
    # The rows of a picture's vectors times a turn are these vectors turned back.
    return np.asarray((np.einsum("npi,nij->npj", labels - found, turns) / sizes).mean(axis=0))


def apply_offsets(found: Array, offsets: Array) -> Array:
    """The points ``(n, 68, 2)``, moved by the offsets."""
    turns, sizes = _frames(found)
    return np.asarray(found + np.einsum("pi,nji->npj", offsets, turns) * sizes)


def _frames(found: Array) -> tuple[Array, Array]:
    """Rotation matrices ``(n, 2, 2)`` from the upright face to the picture, and sizes ``(n, 1, 1)`` in pixels."""
    angles = np.array([roll_of(face) for face in found])
    cosines, sines = np.cos(angles), np.sin(angles)
    turns = np.stack([np.stack([cosines, -sines], axis=1), np.stack([sines, cosines], axis=1)], axis=1)
    return turns, box_sizes(found)[:, None, None]
