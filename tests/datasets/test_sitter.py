from collections.abc import Mapping

import numpy as np
import pytest

from facepoints import FaceFinder
from facepoints.arrays import Image
from facepoints.datasets.example_face import EXAMPLE_FACE
from facepoints.datasets.sitter import Sitter
from facepoints.errors import InputError
from facepoints.evaluation.metrics import normalised_mean_errors, outer_eye_distances
from facepoints.geometry import apply_transform, crop_transform


@pytest.fixture(scope="module")
def sitter(astronaut: Image) -> Sitter:
    return Sitter(astronaut, EXAMPLE_FACE)


def test_who_does_nothing_stays(sitter: Sitter, astronaut: Image) -> None:
    assert sitter.keypoints({}) == pytest.approx(EXAMPLE_FACE, abs=1e-3)
    difference = sitter.picture({}).astype(int) - astronaut
    assert np.abs(difference).max() <= 2


@pytest.mark.parametrize(
    "strengths",
    [
        {"smile": -1.0},
        {"mouth open": 0.7},
        {"brows raised": 1.0},
        {"eyes closed": 1.0},
        {"smile": -1, "eyes closed": 0.5},
    ],
    ids=str,
)
def test_a_finder_finds_the_points_where_they_went(
    sitter: Sitter, finder: FaceFinder, strengths: Mapping[str, float]
) -> None:
    transform = crop_transform(np.array([225.0, 130.0]), 260, 0.15, 300)
    true_points = apply_transform(transform, sitter.keypoints(strengths))[None]

    found = finder.find(sitter.picture(strengths, transform, (300, 300))).keypoints[:1]

    assert normalised_mean_errors(found, true_points, outer_eye_distances(true_points))[0] < 0.03


def test_an_open_mouth_is_dark_below_the_teeth(sitter: Sitter) -> None:
    opening = {"mouth open": 0.8}
    upper, lower = sitter.keypoints(opening)[[62, 66]]
    teeth, gap = upper + (lower - upper) * 0.15, upper + (lower - upper) * 0.7

    picture = sitter.picture(opening)

    (tx, ty), (gx, gy) = np.round(teeth).astype(int), np.round(gap).astype(int)
    assert picture[ty, tx].min() > 120
    assert picture[gy, gx].max() < 60


def test_an_unknown_action(sitter: Sitter) -> None:
    with pytest.raises(InputError, match="'wink'"):
        sitter.picture({"wink": 1.0})


def test_points_of_no_face(astronaut: Image) -> None:
    with pytest.raises(InputError, match="lie in one place or on one line"):
        Sitter(astronaut, np.zeros((68, 2)))
