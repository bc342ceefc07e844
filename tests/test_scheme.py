import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints.scheme import (
    CLOSED_GROUPS,
    EDGES,
    GROUPS,
    MEAN_FACE,
    MIRROR,
    OUTER_EYE_CORNERS,
    POINT_COUNT,
    REGIONS,
    mirrored,
)

MIRRORED_GROUPS = {
    "left_brow": "right_brow",
    "right_brow": "left_brow",
    "left_eye": "right_eye",
    "right_eye": "left_eye",
}


@pytest.mark.parametrize("partition", [GROUPS, REGIONS])
def test_groups_and_regions_hold_every_point_once(partition: dict[str, range]) -> None:
    assert sorted(point for points in partition.values() for point in points) == list(range(POINT_COUNT))


@pytest.mark.parametrize("name", GROUPS)
def test_mirror_maps_groups_onto_their_counterparts(name: str) -> None:
    counterpart = GROUPS[MIRRORED_GROUPS.get(name, name)]
    assert sorted(MIRROR[list(GROUPS[name])]) == list(counterpart)


def test_mirror_is_its_own_inverse() -> None:
    np.testing.assert_array_equal(MIRROR[MIRROR], np.arange(POINT_COUNT))


def test_mirror_of_known_points() -> None:
    pairs = {0: 16, 8: 8, 17: 26, 30: 30, 31: 35, 36: 45, 37: 44, 40: 47, 48: 54, 51: 51, 57: 57, 60: 64, 67: 65}
    assert {point: int(MIRROR[point]) for point in pairs} == pairs


@given(seed=st.integers(0, 10**6), width=st.integers(1, 5000))
def test_mirrored_twice_is_the_original(seed: int, width: int) -> None:
    keypoints = np.random.default_rng(seed).uniform(-100, 5000, (2, POINT_COUNT, 2))
    original = keypoints.copy()
    np.testing.assert_allclose(mirrored(mirrored(keypoints, width), width), keypoints, atol=1e-9)
    np.testing.assert_array_equal(keypoints, original)


def test_mean_face_is_symmetric_and_normalised() -> None:
    np.testing.assert_allclose(mirrored(MEAN_FACE, 1), MEAN_FACE, atol=1e-9)  # width 1: the axis is x = 0
    left, right = MEAN_FACE[list(OUTER_EYE_CORNERS)]
    assert (right - left).tolist() == [1, 0]
    assert (right + left).tolist() == [0, 0]


def test_mean_face_is_upright_with_left_on_the_left() -> None:
    heights = {name: MEAN_FACE[list(points), 1].mean() for name, points in REGIONS.items()}
    assert heights["brows"] < heights["eyes"] < heights["nose"] < heights["mouth"] < MEAN_FACE[8, 1]
    assert MEAN_FACE[list(GROUPS["left_eye"]), 0].max() < 0 < MEAN_FACE[list(GROUPS["right_eye"]), 0].min()


def test_edges_join_neighbours_within_groups() -> None:
    assert len(EDGES) == len(set(EDGES)) == POINT_COUNT - len(GROUPS) + len(CLOSED_GROUPS)
    group_of = {point: name for name, points in GROUPS.items() for point in points}
    assert all(group_of[first] == group_of[second] for first, second in EDGES)
    assert (41, 36) in EDGES
    assert (16, 0) not in EDGES


def test_constants_cannot_be_changed() -> None:
    for array in (MIRROR, MEAN_FACE):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    with pytest.raises(TypeError):
        GROUPS["jaw"] = range(3)  # type: ignore[index]
