import numpy as np
import pytest

from facepoints.arrays import as_boxes, as_floats, as_image
from facepoints.errors import InputError


def test_image_is_passed_through() -> None:
    image = np.zeros((1, 2, 3), dtype=np.uint8)
    assert as_image(image) is image


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([[0, 0, 0]], r"must be a numpy array \(H, W, 3\) of RGB uint8, not list"),
        ("photo.jpg", "not str"),
        (None, "not NoneType"),
        (np.zeros((4, 4), np.uint8), r"must have shape \(height, width, 3\), RGB; this array has shape \(4, 4\)"),
        (np.zeros((4, 4, 4), np.uint8), r"shape \(4, 4, 4\)"),
        (np.zeros((2, 4, 4, 3), np.uint8), r"shape \(2, 4, 4, 3\)"),
        (np.zeros((0, 4, 3), np.uint8), r"shape \(0, 4, 3\)"),
        (np.zeros((4, 4, 3)), "must be uint8 with values from 0 to 255; this array is float64"),
        (np.zeros((4, 4, 3), np.uint16), "this array is uint16"),
    ],
)
def test_no_image(value: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        as_image(value)


@pytest.mark.parametrize("value", [[[1, 2]], ((1.0, 2.0),), np.array([[1, 2]], dtype=np.int16)])
def test_floats_of_anything_numeric(value: object) -> None:
    array = as_floats(value, (None, 2), "points")  # type: ignore[arg-type]
    assert array.dtype == np.float32
    assert array.flags.c_contiguous
    assert array.tolist() == [[1, 2]]


@pytest.mark.parametrize("value", [[], np.zeros((0, 4)), np.zeros(0)])
def test_nothing_has_no_rows(value: object) -> None:
    assert as_floats(value, (None, 4), "boxes").shape == (0, 4)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("abc", "points must be an array of numbers"),
        ([[1, 2], [3]], "points must be an array of numbers"),
        ([[1, None]], "NaN"),
        ([[1, 2, 3]], r"points must have shape \(n, 2\); got \(1, 3\)"),
        ([1, 2], r"got \(2,\)"),
        ([[1, float("nan")]], "points must be finite numbers; got NaN or infinity"),
        ([[1, float("inf")]], "NaN or infinity"),
        ([[1, 1e300]], "NaN or infinity"),
        ([[1, 2j]], "points must be an array of numbers"),
    ],
)
def test_no_floats(value: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        as_floats(value, (None, 2), "points")  # type: ignore[arg-type]


@pytest.mark.parametrize("box", [[5, 0, 5, 9], [5, 0, 4, 9], [0, 9, 5, 9]])
def test_boxes_must_have_an_area(box: list[float]) -> None:
    with pytest.raises(InputError, match=r"x2 > x1 and y2 > y1; box 1 is \["):
        as_boxes([[0, 0, 1, 1], box])


def test_boxes_may_lie_outside_the_picture() -> None:
    assert as_boxes([[-50, -60, -10, 7]]).tolist() == [[-50, -60, -10, 7]]
