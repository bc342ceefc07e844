"""Frames as their display matrix shows them."""

import numpy as np
import pytest

from facepoints.errors import InputError
from facepoints.video.orientation import Orientation

# The stored frame 1 2 3 / 4 5 6, and how it is shown. One is 65536 in a display matrix; the translation is left out,
# as phones write it and FFmpeg ignores it.
STORED = np.array([[1, 2, 3], [4, 5, 6]], dtype=np.uint8)
CASES = [
    ((1, 0, 0, 1), 0, [[1, 2, 3], [4, 5, 6]]),
    ((0, 1, -1, 0), 90, [[4, 1], [5, 2], [6, 3]]),
    ((-1, 0, 0, -1), 180, [[6, 5, 4], [3, 2, 1]]),
    ((0, -1, 1, 0), 270, [[3, 6], [2, 5], [1, 4]]),
    ((-1, 0, 0, 1), 0, [[3, 2, 1], [6, 5, 4]]),
    ((1, 0, 0, -1), 180, [[4, 5, 6], [1, 2, 3]]),
    ((0, 1, 1, 0), 270, [[1, 4], [2, 5], [3, 6]]),
    ((0, -1, -1, 0), 90, [[6, 3], [5, 2], [4, 1]]),
    ((2, 1, -1, 2), 0, [[1, 2, 3], [4, 5, 6]]),  # not a quarter of a turn: the nearest one
]


def orientation(a: int, b: int, c: int, d: int) -> Orientation:
    return Orientation.of_matrix([a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30])


@pytest.mark.parametrize(("matrix", "rotation", "shown"), CASES)
def test_upright_and_back(matrix: tuple[int, int, int, int], rotation: int, shown: list[list[int]]) -> None:
    turned = orientation(*matrix)
    stored = np.dstack([STORED] * 3)
    upright = turned.upright(stored)
    assert upright[:, :, 0].tolist() == shown
    assert (turned.stored(upright) == stored).all()
    assert turned.rotation == rotation


def test_only_a_turned_frame_has_a_matrix_to_write() -> None:
    assert orientation(1, 0, 0, 1) == Orientation()
    assert orientation(0, 1, -1, 0).matrix == (0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30)


def test_a_matrix_has_nine_numbers() -> None:
    with pytest.raises(InputError, match="9 numbers; got 4"):
        Orientation.of_matrix([1, 0, 0, 1])
