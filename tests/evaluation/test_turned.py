import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints.evaluation.turned import turned

IMAGE = np.random.default_rng(1).integers(0, 256, (40, 60, 3), dtype=np.uint8)
BOX = np.array([[9.5, 4.5, 29.5, 34.5]], dtype=np.float32)


def test_not_turned() -> None:
    image, boxes = turned(IMAGE, BOX, 0)
    np.testing.assert_array_equal(image, IMAGE)
    np.testing.assert_allclose(boxes, BOX)


def test_a_quarter_turn_is_clockwise() -> None:
    image, boxes = turned(IMAGE, BOX, 90)
    np.testing.assert_array_equal(image, np.rot90(IMAGE, -1))
    # x becomes the old height minus y, and y becomes x; edges of pixels lie at halves.
    np.testing.assert_allclose(boxes, [[39 - 34.5, 9.5, 39 - 4.5, 29.5]], atol=1e-4)


def test_a_round_face_keeps_its_size() -> None:
    _, boxes = turned(IMAGE, np.array([[10, 10, 30, 30]], dtype=np.float32), 45)
    np.testing.assert_allclose(boxes[0, 2:] - boxes[0, :2], [20, 20], rtol=1e-5)


@given(st.floats(-180, 180))
def test_nothing_is_cut_off(degrees: float) -> None:
    image, boxes = turned(np.full((40, 60, 3), 255, dtype=np.uint8), BOX, degrees)
    assert (image > 0).mean() * image.shape[0] * image.shape[1] == pytest.approx(2400, rel=0.06)
    assert (boxes[:, :2] > -1).all()
    assert (boxes[:, 2:] < [image.shape[1], image.shape[0]]).all()
