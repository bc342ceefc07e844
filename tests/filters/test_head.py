from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints.faces import Faces
from facepoints.filters.head import BROWS_AND_EYES, DISTANCE, MODEL, Head, heads_of
from facepoints.scheme import MEAN_FACE, REGIONS
from tests.filters.posed import faces_at, posed

EYES, NOSE = REGIONS["eyes"], REGIONS["nose"]


def head_at(keypoints: np.ndarray, quality: float = 0.9) -> Head:
    return heads_of(faces_at(keypoints, quality=quality))[0]


@pytest.mark.parametrize("anchor", [EYES, NOSE, BROWS_AND_EYES, (33,)])
@given(yaw=st.floats(-60, 60), pitch=st.floats(-30, 30), roll=st.floats(-180, 180), unit=st.floats(2, 800))
def test_model_projects_to_the_points_it_was_made_from(
    anchor: tuple[int, ...], yaw: float, pitch: float, roll: float, unit: float
) -> None:
    keypoints = posed((300, -50), unit, yaw, pitch, roll)
    head = head_at(keypoints)
    assert head.unit == pytest.approx(unit, rel=0.01)
    np.testing.assert_allclose(head.camera(anchor).project(MODEL), keypoints, atol=0.02 * unit)


def test_rays_go_through_what_is_projected() -> None:
    camera = head_at(posed(yaw=25, roll=30)).camera(EYES)
    places = np.array([[0.3, -0.2, 0.1], [-1.0, 0.5, 0.8]])
    pixels = np.column_stack([camera.project(places), [1, 1]])
    ways = pixels @ camera.rays.matrix.T
    offsets = places - camera.rays.origin
    np.testing.assert_allclose(np.cross(ways, offsets), 0, atol=1e-6 * DISTANCE**2)


def test_anchor_moves_what_hangs_on_it_alone() -> None:
    """Raised eyes (by a point that is off, or by a face unlike the mean) move glasses, and no moustache."""
    keypoints = posed()
    keypoints[list(EYES)] += (0, -6)
    head = head_at(keypoints)
    eyes, lip = MODEL[list(EYES)].mean(axis=0)[None], MODEL[[33]]
    np.testing.assert_allclose(head.camera(EYES).project(eyes)[0], keypoints[list(EYES)].mean(axis=0), atol=0.01)
    np.testing.assert_allclose(head.camera((33,)).project(lip)[0], keypoints[33], atol=1e-6)


def test_region_changes_size_and_direction_only_so_far() -> None:
    keypoints = posed()
    middle = keypoints[list(EYES)].mean(axis=0)
    keypoints[list(EYES)] = middle + (keypoints[list(EYES)] - middle) * 3
    head = head_at(keypoints)
    whole, eyes = (np.hypot(*head.camera(anchor).similarity[:, 0]) for anchor in (((33,)), EYES))
    assert eyes == pytest.approx(1.12 * whole)


@pytest.mark.parametrize("wrong", ["clustered", "in one place", "on a line", "beside the box", "scattered"])
def test_wrong_points_give_way_to_the_box(wrong: str) -> None:
    faces = faces_at(MEAN_FACE * 80 + (300, 200), quality=0.001)
    points = faces.keypoints[0].copy()
    if wrong == "clustered":
        points = points[0] + (points - points[0]) * 0.4
    elif wrong == "in one place":
        points[:] = points[30]
    elif wrong == "on a line":
        points[:, 1] = 0
    elif wrong == "beside the box":
        points += (70, 0)
    else:
        points += np.random.default_rng(1).normal(0, 40, points.shape)
    head = heads_of(replace(faces, keypoints=points[None]))[0]
    # The mean face and the 3-D model are not quite the same face.
    assert head.unit == pytest.approx(80, rel=0.01)
    np.testing.assert_allclose(head.keypoints, MEAN_FACE * 80 + (300, 200), atol=0.1)


def test_points_that_score_well_are_believed_whatever_the_box() -> None:
    faces = faces_at(posed(), quality=0.6)
    head = heads_of(replace(faces, boxes=faces.boxes + 500))[0]
    np.testing.assert_allclose(head.keypoints, faces.keypoints[0])


def test_no_faces_no_heads() -> None:
    assert heads_of(Faces.empty()) == []
