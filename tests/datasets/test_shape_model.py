import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints.arrays import Array
from facepoints.datasets.shape_model import align_shapes, shape_distances, shape_model
from facepoints.errors import InputError
from facepoints.scheme import MEAN_FACE

OPEN_MOUTH = np.zeros((68, 2))
OPEN_MOUTH[55:60, 1] = OPEN_MOUTH[65:68, 1] = 1.0
"""The lower lip goes down."""

WIDE_JAW = np.zeros((68, 2))
WIDE_JAW[:17, 0] = np.linspace(-1, 1, 17)


def faces(count: int, seed: int = 0) -> Array:
    """Faces that differ in two ways, one of them four times as strong, and lie anywhere in any size and roll."""
    random = np.random.default_rng(seed)
    strengths = random.normal(0, [0.2, 0.05], (count, 2))
    shapes = MEAN_FACE + np.einsum("nk,kpd->npd", strengths, np.stack([WIDE_JAW, OPEN_MOUTH]))
    return np.stack([placed(shape, *random.uniform([20, -1, -50], [90, 1, 50])) for shape in shapes])


def placed(shape: Array, scale: float, roll: float, shift: float) -> Array:
    turn = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
    return scale * shape @ turn.T + shift


@given(st.floats(5, 200), st.floats(-3, 3), st.floats(-500, 500))
def test_one_face_is_the_same_wherever_it_is(scale: float, roll: float, shift: float) -> None:
    shapes = align_shapes(np.stack([MEAN_FACE, placed(MEAN_FACE, scale, roll, shift)]))
    np.testing.assert_allclose(shapes[1], MEAN_FACE - MEAN_FACE.mean(axis=0), atol=2e-3)
    np.testing.assert_allclose(shapes[0], shapes[1], atol=2e-3)


def test_modes_are_the_ways_in_which_the_faces_differ() -> None:
    model = shape_model(faces(300), modes=3)
    assert model.shares[0] > 0.75
    assert model.shares[:2].sum() > 0.97
    for mode, direction in zip(model.modes, (WIDE_JAW, OPEN_MOUTH), strict=False):
        # Turned, scaled and shifted to lie on one another, faces differ a little elsewhere as well.
        assert abs(np.vdot(mode, direction)) / np.linalg.norm(direction) > 0.85
    np.testing.assert_allclose(np.linalg.norm(model.modes.reshape(3, -1), axis=1), 1, atol=1e-5)
    assert np.linalg.norm(model.mean[36] - model.mean[45]) == pytest.approx(1, abs=0.02)
    np.testing.assert_array_equal(model.shape(0, 0.0), model.mean)
    assert model.shape(0, 2.0)[16, 0] - model.shape(0, 2.0)[0, 0] != pytest.approx(model.mean[16, 0] - model.mean[0, 0])


def test_no_more_modes_than_faces_less_one() -> None:
    assert len(shape_model(faces(4), modes=10).modes) == 3


def test_wrong_labels_are_far_from_usual_shapes() -> None:
    points = faces(200)
    points[17, [36, 45]] = points[17, [45, 36]]
    points[80] = points[80][:, ::-1]
    distances = shape_distances(points)
    assert set(np.argsort(distances)[-2:]) == {17, 80}
    assert np.sort(distances)[-2] > 3 * np.sort(distances)[-3]


def test_too_few_or_no_faces() -> None:
    with pytest.raises(InputError, match="at least three faces; got 2"):
        shape_distances(faces(2))
    with pytest.raises(InputError, match="at least one face"):
        align_shapes(np.zeros((0, 68, 2)))
    with pytest.raises(InputError, match="at least two faces"):
        shape_model(faces(1))
    with pytest.raises(InputError, match="face 1 has no shape"):
        align_shapes(np.stack([MEAN_FACE, np.ones((68, 2))]))
