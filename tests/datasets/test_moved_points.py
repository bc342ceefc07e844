import numpy as np
import pytest

from facepoints.datasets.moved_points import move_points
from facepoints.errors import InputError
from facepoints.geometry import apply_transform

POINTS = np.array([[40.0, 40], [80, 40], [60, 70], [45, 90], [75, 90]])
MOVED = POINTS + [[0.0, 0], [0, 0], [5, -3], [-4, 6], [4, 6]]


def gradients(width: int = 120, height: int = 120) -> np.ndarray:
    """Colours that tell the place: red grows to the right, green downwards."""
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    return np.stack([2 * x, 2 * y, np.zeros_like(x)], axis=2).astype(np.uint8)


def colours_at(picture: np.ndarray, places: np.ndarray) -> np.ndarray:
    columns, rows = places.astype(int).T
    return picture[rows, columns, :2].astype(float)


def test_what_was_at_the_points_is_at_their_new_places() -> None:
    picture = move_points(gradients(), POINTS, MOVED)

    assert colours_at(picture, MOVED) == pytest.approx(2 * POINTS, abs=1)


def test_the_transform_comes_last() -> None:
    transform = np.array([[0.0, -2, 250], [2, 0, -20]])  # a quarter turn, and twice the size

    picture = move_points(gradients(), POINTS, MOVED, transform, (250, 240))

    assert picture.shape == (240, 250, 3)
    assert colours_at(picture, apply_transform(transform, MOVED)) == pytest.approx(2 * POINTS, abs=1)


def test_the_rest_stays() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (120, 120, 3), dtype=np.uint8)

    moved = move_points(picture, POINTS, MOVED)

    assert (moved[:10] == picture[:10]).all()  # further from the points than they reach
    assert (move_points(picture, POINTS, POINTS) == picture).all()


@pytest.mark.parametrize(
    ("points", "moved", "message"),
    [
        (POINTS, MOVED[:3], "5 points and 3 places"),
        (np.empty((0, 2)), np.empty((0, 2)), "0 points"),
        (POINTS, np.full((5, 2), np.nan), "moved must be finite"),
    ],
)
def test_wrong_points(points: np.ndarray, moved: np.ndarray, message: str) -> None:
    with pytest.raises(InputError, match=message):
        move_points(gradients(), points, moved)
