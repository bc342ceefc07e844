"""What the estimator sees where people are expected, and what may be believed of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from facepoints.arrays import Array, Floats, Image
from facepoints.geometry import best_of_duplicates, same_faces
from facepoints.keypoints import Estimate, KeypointEstimator
from facepoints.video.appearance import face_looks, similarities
from facepoints.video.tracks import Tracks, predicted_squares, square_boxes, upright_squares

__all__ = ["Sighting", "sight"]

_LEAST_SUPPORT, _FALLEN = 0.2, 0.6
"""Mean keypoint score, and share of that of the last frames, below which a face is in doubt."""

_COAST = 0.6
"""Seconds for which somebody who is lost is looked for where the motion would have led."""


@dataclass
class Sighting:
    """What is seen of each of ``n`` tracks in one frame.

    Attributes:
        expected: ``(n, 4)`` squares where the motion so far leads.
        squares: ``(n, 4)`` around the faces that are seen; the expected ones of the others.
        keypoints: ``(n, 68, 2)`` in pixels; of no meaning for those who are not seen, like ``scores``.
        scores: ``(n, 68)``.
        seen: ``(n,)`` bool: this is their face.
        doubtful: ``(n,)`` bool: they were seen in the last frame and are not now.
        box_rows: ``(n,)`` which of the detector's boxes is theirs; -1 for none.
    """

    expected: Array
    squares: Array
    keypoints: Floats
    scores: Floats
    seen: Array
    doubtful: Array
    box_rows: Array

    def accept(self, row: int, estimate: Estimate, index: int) -> None:
        """Believe that face ``index`` of another estimate is the person of ``row``."""
        self.keypoints[row], self.scores[row] = estimate.keypoints[index], estimate.scores[index]
        self.squares[row] = upright_squares(self.keypoints[row : row + 1])[0]
        self.seen[row] = True

    def keep_at_most(self, most: int, tracks: Tracks) -> None:
        """Go on with so many of those who are seen: who was there all the time goes before who is back."""
        rows = np.flatnonzero(self.seen)
        order = np.lexsort((tracks.gone[rows], tracks.ids[rows] == 0))
        self.seen[rows[order[most:]]] = False


def sight(
    estimator: KeypointEstimator, picture: Image, tracks: Tracks, seconds: float, likeness: float | None
) -> Sighting:
    """Estimate everybody's keypoints where they are expected, in one batch, and judge them by scores and looks.

    Args:
        estimator: of keypoints.
        picture: RGB uint8 ``(H, W, 3)``.
        tracks: as of the last frame.
        seconds: since then.
        likeness: similarity of looks that it takes for everybody; None if those seen in the last frame need none.
    """
    expected = predicted_squares(tracks, seconds)
    active = tracks.gone == 0
    sighting = Sighting(
        expected=expected,
        squares=expected.copy(),
        keypoints=tracks.keypoints.copy(),
        scores=np.zeros_like(tracks.keypoint_scores),
        seen=np.zeros(len(tracks), dtype=bool),
        doubtful=active,
        box_rows=np.full(len(tracks), -1),
    )
    tried = np.arange(len(tracks))
    if not active.all():
        tried = np.flatnonzero(active | ((tracks.gone + seconds < _COAST) & _inside(expected, picture)))
    if len(tried) == 0:
        return sighting
    starts, rolls = square_boxes(expected[tried]), expected[tried, 3].astype(np.float32)
    estimate = estimator.estimate([picture], [starts], [rolls])[0]
    supported = estimate.scores.mean(axis=1) >= np.maximum(_LEAST_SUPPORT, _FALLEN * tracks.support[tried])
    rows, keypoints = tried[supported], estimate.keypoints[supported]
    squares = upright_squares(keypoints)
    sighting.keypoints[rows], sighting.scores[rows] = keypoints, estimate.scores[supported]
    if len(rows) > 1 or likeness is not None or not active[rows].all():
        believed = _believed(picture, tracks, rows, keypoints, squares, likeness)
        rows, squares = rows[believed], squares[believed]
    sighting.squares[rows], sighting.seen[rows] = squares, True
    sighting.doubtful = active & ~sighting.seen
    return sighting


def _inside(squares: Array, picture: Image) -> Array:
    """Whose centre lies in the picture: ``(n,)``."""
    centres = squares[:, :2]
    return np.asarray(((centres > 0) & (centres < (picture.shape[1], picture.shape[0]))).all(axis=1))


def _believed(
    picture: Image, tracks: Tracks, rows: Array, keypoints: Floats, squares: Array, likeness: float | None
) -> Array:
    """Which of the faces are those of the tracks in ``rows``; where several ran onto one face, the most similar one."""
    returning = tracks.gone[rows] > 0
    same = same_faces(keypoints)
    checked = returning | (same.sum(axis=1) > 1) | (likeness is not None)
    if not checked.any():
        return np.arange(len(rows))
    similar = np.ones(len(rows))
    similar[checked] = similarities(face_looks(picture, squares[checked]), tracks.looks[rows[checked]])
    needed = np.where(returning, tracks.likeness[rows], -1.0)
    if likeness is not None:
        needed = np.maximum(needed, likeness)
    # Who was there in the last frame goes before somebody who was lost.
    best = best_of_duplicates(same, similar - returning)
    return np.asarray(best[similar[best] >= needed[best]])
