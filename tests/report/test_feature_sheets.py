from __future__ import annotations

import numpy as np
import pytest

from facepoints.report.contact_sheet import BACKGROUND, MARGIN
from facepoints.report.feature_sheets import draw_feature_maps, draw_filters

TOP = 2 * MARGIN + 20
"""First row of the tiles, below the legend."""


def test_filters_keep_their_colours_and_grey_is_0() -> None:
    filters = np.zeros((2, 3, 3, 3), dtype=np.float32)
    filters[0, 0, 0] = (4, 0, -4)
    filters[1, 2, 2] = 0.01
    sheet = draw_filters(filters)
    assert sheet[TOP, MARGIN].tolist() == [255, 128, 0]
    assert sheet[TOP + 31, MARGIN + 31].tolist() == [255, 128, 0]
    assert sheet[TOP + 32, MARGIN + 32].tolist() == [128, 128, 128]
    below = TOP + 96 + 20 + MARGIN
    assert sheet[below + 95, MARGIN + 95].tolist() == [255, 255, 255]
    assert sheet[below, MARGIN].tolist() == [128, 128, 128]


@pytest.mark.parametrize("channels", [1, 12])
def test_filters_of_other_channels_are_grey(channels: int) -> None:
    filters = np.zeros((1, 5, 4, channels), dtype=np.float32)
    filters[0, 0, 0] = -1
    sheet = draw_filters(filters)
    assert sheet[TOP, MARGIN].tolist() == [0, 0, 0]
    assert sheet[TOP + 5 * 19 - 1, MARGIN + 4 * 19 - 1].tolist() == [128, 128, 128]


def test_signs_are_colours_and_the_picture_comes_first() -> None:
    maps = np.zeros((2, 4, 4), dtype=np.float32)
    maps[0, 0, 0], maps[0, 3, 3] = 5, -5
    sheet = draw_feature_maps(maps, np.full((64, 64, 3), (9, 200, 30), dtype=np.uint8))
    assert (sheet[TOP : TOP + 112, MARGIN : MARGIN + 112] == (9, 200, 30)).all()
    first = sheet[TOP : TOP + 112, 2 * MARGIN + 112 : 2 * MARGIN + 224].astype(int)
    red, _, blue = first[5, 5]
    assert red > blue + 80
    red, _, blue = first[-5, -5]
    assert blue > red + 80
    assert first[5, -5].max() < 20
    of_zeros = sheet[TOP + 112 + 20 + MARGIN :][:112, MARGIN : MARGIN + 112]
    assert of_zeros.max() < 20


@pytest.mark.parametrize(
    ("count", "height", "width", "side"), [(3, 16, 16, 112), (300, 16, 8, 64), (2, 600, 300, 256), (1, 1, 1, 112)]
)
def test_maps_are_enlarged_or_shrunk_to_a_good_size(count: int, height: int, width: int, side: int) -> None:
    maps = np.ones((count, height, width), dtype=np.float32)
    sheet = draw_feature_maps(maps, np.full((64, 64, 3), 250, dtype=np.uint8))
    column = sheet[TOP:, MARGIN]
    assert (column[:side] == 250).all()
    assert (column[side] == BACKGROUND).all()
