"""Which ids newcomers get: their old ones, if they were lost a moment ago."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from facepoints.arrays import Array, Image
from facepoints.video.appearance import face_looks, similarities
from facepoints.video.association import cheapest_pairs
from facepoints.video.tracks import SAME_LOOK, Tracks, likeness_in_place, predicted_squares

__all__ = ["name"]

_LARGEST_CHANGE = math.log(1.6)
"""Logarithm of the ratio of sizes up to which somebody may be back."""

_NEAR, _SPEED = 0.7, 1.5
"""Distance in sides of the face, and sides a second, within which somebody may be back."""

_LOOKS = 2.0
"""Weight of looks against place and size."""

_AS_CLEAR = 0.8
"""Share of the mean keypoint score that somebody had before from which on it can be told who it is."""

_PROVEN, _UNLIKE = 3, 5
"""Frames after which a newcomer is shown who may be a false alarm, and one who looks unlike somebody lost there."""


def name(tracks: Tracks, picture: Image, sure: Array, next_id: int) -> tuple[Tracks, int]:
    """Give ids to those who have none, as far as it is clear already who they are.

    Args:
        tracks: ``n``, after this frame.
        picture: RGB uint8 ``(H, W, 3)``.
        sure: ``(n,)`` bool, who is a face beyond doubt.
        next_id: for the first person who was never seen before.

    Returns:
        The tracks, without those of lost people who go on under newer ones; and the next id.
    """
    new, lost = np.flatnonzero(tracks.ids == 0), np.flatnonzero(tracks.gone > 0)
    ids, all_looks = tracks.ids.copy(), tracks.looks.copy()
    looks = face_looks(picture, tracks.squares[new])
    missing = tracks.select(lost)
    costs = _place_costs(missing, tracks.squares[new])
    similar = similarities(missing.looks[:, None], looks)
    alike = similar >= _needed_likeness(missing, costs)
    alike &= tracks.keypoint_scores[new].mean(axis=1) >= _AS_CLEAR * missing.support[:, None]
    back = cheapest_pairs(np.where(alike, costs + _LOOKS * (1 - similar), np.inf))
    for row, column in back:
        ids[new[column]], all_looks[new[column]] = missing.ids[row], missing.looks[row]
    # Somebody may look unlike at first sight, half hidden or turned away: that decides nothing yet.
    same_scene = (missing.likeness <= SAME_LOOK)[:, None]
    perhaps_back = (np.isfinite(costs) & same_scene).any(axis=0)
    waiting = np.where(perhaps_back, _UNLIKE, np.where(sure[new], 1, _PROVEN))
    clear = tracks.sightings[new] >= waiting
    named = new[clear & (ids[new] == 0)]
    all_looks[named] = looks[np.isin(new, named)]
    ids[named] = np.arange(next_id, next_id + len(named))
    kept = np.setdiff1d(np.arange(len(tracks)), lost[[row for row, _ in back]])
    return replace(tracks, ids=ids, looks=all_looks).select(kept), next_id + len(named)


def _needed_likeness(lost: Tracks, costs: Array) -> Array:
    """``(n, m)``: the less, the nearer."""
    easing = (lost.likeness - likeness_in_place(lost))[:, None] * np.maximum(1 - costs, 0)
    return np.asarray(lost.likeness[:, None] - easing)


def _place_costs(lost: Tracks, squares: Array) -> Array:
    """How far new faces ``(m, 4)`` are from where the ``n`` lost ones are expected, and how much larger or smaller:
    ``(n, m)``, infinite where it is out of the question."""
    expected = predicted_squares(lost, 0.0)
    distances = np.linalg.norm(expected[:, None, :2] - squares[None, :, :2], axis=2) / np.exp(squares[:, 2])
    changes = np.abs(expected[:, None, 2] - squares[None, :, 2]) / _LARGEST_CHANGE
    reach = (_NEAR + _SPEED * lost.gone)[:, None]
    return np.asarray(np.where((distances < reach) & (changes < 1), distances / reach + changes, np.inf))
