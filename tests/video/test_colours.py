"""The matrix between RGB and YCbCr."""

import pytest

colours_module = pytest.importorskip("facepoints.video.colours", exc_type=ImportError)

BT709, BT601, BT2020 = 1, 5, 9


@pytest.mark.parametrize(
    ("colours", "size", "expected"),
    [
        ({"colorspace": 1}, (64, 48), BT709),
        ({"colorspace": 6}, (1920, 1080), BT601),
        ({"colorspace": 5}, (1920, 1080), BT601),
        ({"colorspace": 9}, (64, 48), BT2020),
        ({"colorspace": 2}, (720, 576), BT601),  # 2: the file does not say
        ({"colorspace": 2}, (1280, 720), BT709),
        ({"colorspace": 2}, (1279, 500), BT709),  # as its copy, which is 1280 wide
        ({"colorspace": 2}, (608, 1080), BT709),
        ({}, (640, 480), BT601),
    ],
)
def test_stated_or_usual(colours: dict[str, int], size: tuple[int, int], expected: int) -> None:
    assert colours_module.matrix(colours, *size) == expected
