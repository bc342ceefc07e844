from __future__ import annotations

import numpy as np

from facepoints.report.box_tile import IGNORED_COLOUR, box_tile
from facepoints.report.comparison import FOUND_COLOUR, TRUE_COLOUR

IMAGE = np.full((200, 240, 3), 128, dtype=np.uint8)
BOX = np.array([80.0, 60.0, 120.0, 100.0])
NONE = np.zeros((0, 4))


def corners_of(tile: np.ndarray, colour: tuple[int, int, int]) -> list[int]:
    """First column, first row, last column and last row with exactly this colour."""
    rows, columns = np.nonzero((tile == colour).all(axis=2))
    return [int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max())] if len(rows) else []


def test_boxes_are_drawn_where_they_are() -> None:
    tile = box_tile(IMAGE, BOX, BOX[None] - 30, BOX[None] + 30, BOX[None], size=200)
    assert tile.shape == (200, 200, 3)
    # The tile shows 100 pixels of the picture, the box in its middle: two pixels of the tile for each.
    for colour, shift in ((FOUND_COLOUR, 0), (TRUE_COLOUR, -60), (IGNORED_COLOUR, 60)):
        expected = [60 + shift, 60 + shift, 140 + shift, 140 + shift]
        assert np.abs(np.clip(expected, 0, 199) - corners_of(tile, colour)).max() <= 2
    assert tile[5, 5].tolist() == [128, 128, 128]


def test_boxes_outside_and_tiny_ones_do_no_harm() -> None:
    tile = box_tile(IMAGE, np.array([-3.0, 5.0, -2.0, 6.0]), BOX[None] + 1e9, NONE, NONE, size=120)
    assert tile.shape == (120, 120, 3)
    assert corners_of(tile, TRUE_COLOUR) == []
    assert (IMAGE == 128).all()
