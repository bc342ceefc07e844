"""Faces for tests that need some, whatever they look like."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import strategies as st

from facepoints.faces import Faces
from facepoints.geometry import tight_boxes
from facepoints.scheme import MEAN_FACE, POINT_COUNT


def mean_face(centre: tuple[float, float], eye_distance: float, roll: float = 0.0) -> np.ndarray:
    """``(68, 2)``: the mean face, turned clockwise by ``roll`` radians, the middle of its eyes at ``centre``."""
    cosine, sine = math.cos(roll), math.sin(roll)
    return MEAN_FACE * eye_distance @ np.array([[cosine, sine], [-sine, cosine]]) + centre


def faces_of(*keypoints: np.ndarray, score: float = 0.9) -> Faces:
    """Faces with these points ``(68, 2)`` and their tight boxes."""
    points = np.stack(keypoints)
    count = len(points)
    return Faces(tight_boxes(points), np.full(count, score), points, np.ones((count, POINT_COUNT)))


@st.composite
def faces(draw: st.DrawFn, max_count: int = 3) -> Faces:
    """Faces of any numbers, with or without track ids; coordinates in hundredths, as result files hold them."""
    count = draw(st.integers(0, max_count))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    reach = draw(st.sampled_from([1.0, 500.0, 15000.0]))
    corner = random.uniform(-reach, reach, (count, 2)).round(2)
    return Faces(
        np.concatenate([corner, corner + random.uniform(0.1, reach, (count, 2)).round(2) + 0.1], axis=1),
        random.uniform(0, 1, count).round(4),
        random.uniform(-reach, reach, (count, POINT_COUNT, 2)).round(2),
        random.uniform(0, 1, (count, POINT_COUNT)).round(4),
        random.integers(0, 1000, count) if draw(st.booleans()) else None,
    )
