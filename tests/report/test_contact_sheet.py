from __future__ import annotations

import numpy as np
import pytest

from facepoints.errors import InputError
from facepoints.report.contact_sheet import BACKGROUND, MARGIN, contact_sheet


def tile(height: int, width: int, level: int) -> np.ndarray:
    return np.full((height, width, 3), level, dtype=np.uint8)


def test_tiles_stand_row_by_row_with_captions_below() -> None:
    sheet = contact_sheet([tile(60, 80, level) for level in (50, 100, 150)], ["one", "two", "three"], columns=2)
    assert sheet.shape[1] == MARGIN + 2 * (80 + MARGIN)
    assert (sheet[MARGIN : MARGIN + 60, MARGIN : MARGIN + 80] == 50).all()
    assert (sheet[MARGIN : MARGIN + 60, 2 * MARGIN + 80 : 2 * MARGIN + 160] == 100).all()
    second_row = (sheet.shape[0] + MARGIN) // 2
    assert (sheet[second_row : second_row + 60, MARGIN : MARGIN + 80] == 150).all()
    assert (sheet[second_row : second_row + 60, 2 * MARGIN + 80 : 2 * MARGIN + 160] == BACKGROUND).all()
    caption = sheet[MARGIN + 60 : second_row - MARGIN, MARGIN : MARGIN + 80]
    assert caption.max() > 150


def test_smaller_tiles_stand_in_the_middle_of_their_cell() -> None:
    sheet = contact_sheet([tile(40, 40, 200), tile(20, 10, 90)], ["", ""], columns=1)
    bottom = sheet[MARGIN + 40 + MARGIN :]
    rows, columns = np.nonzero((bottom == 90).all(axis=2))
    assert (np.ptp(rows) + 1, np.ptp(columns) + 1) == (20, 10)
    assert columns.min() == MARGIN + 15


def test_long_captions_are_cut_in_the_middle_and_stay_in_their_cell() -> None:
    sheet = contact_sheet([tile(30, 60, 0)] * 2, ["a/very/long/path/to/a/picture_0001.jpg", "é"], columns=2)
    gap = sheet[MARGIN + 30 :, MARGIN + 60 + 2 : 2 * MARGIN + 60 - 2]
    assert (gap == BACKGROUND).all()


def test_legend_shows_its_colours_above_the_tiles() -> None:
    sheet = contact_sheet([tile(30, 200, 0)], ["x"], legend={"true": (46, 230, 214), "found": (255, 61, 139)})
    for colour in ((46, 230, 214), (255, 61, 139)):
        rows, _ = np.nonzero((sheet == colour).all(axis=2))
        assert 0 < rows.max() < 2 * MARGIN + 20


@pytest.mark.parametrize(
    ("tiles", "captions", "columns", "message"),
    [
        ([], [], 4, "needs tiles"),
        ([tile(9, 9, 0)], ["a", "b"], 4, "got 1 and 2"),
        ([tile(9, 9, 0)], ["a"], 0, "columns must be at least 1"),
        ([tile(9, 9, 0)[..., 0]], ["a"], 4, "shape"),
    ],
)
def test_wrong_use_is_refused(tiles: list[np.ndarray], captions: list[str], columns: int, message: str) -> None:
    with pytest.raises(InputError, match=message):
        contact_sheet(tiles, captions, columns)
