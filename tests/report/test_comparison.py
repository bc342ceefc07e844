from __future__ import annotations

import numpy as np
import pytest

from facepoints.report.comparison import FOUND_COLOUR, TRUE_COLOUR, comparison_tile
from facepoints.scheme import MEAN_FACE

IMAGE = np.full((200, 240, 3), 128, dtype=np.uint8)
TRUE = (MEAN_FACE * 60 + (120, 70)).astype(np.float32)


def centre_of(tile: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    """Mean place of the pixels of exactly this colour; NaN where there is none."""
    rows, columns = np.nonzero((tile == colour).all(axis=2))
    return np.array([columns.mean(), rows.mean()]) if len(rows) else np.full(2, np.nan)


def test_true_and_found_points_are_drawn_in_their_colours_where_they_are() -> None:
    tile = comparison_tile(IMAGE, TRUE, TRUE + np.array([10, 0], dtype=np.float32), size=320)
    assert tile.shape == (320, 320, 3)
    scale = 320 / (1.35 * np.ptp(TRUE, axis=0).max())
    middle = (TRUE.min(axis=0) + TRUE.max(axis=0)) / 2
    column, row = np.round((TRUE[8] - middle) * scale + 159.5).astype(int)  # the tip of the chin
    assert tile[row, column].tolist() == list(TRUE_COLOUR)
    assert tile[row, column + round(10 * scale)].tolist() == list(FOUND_COLOUR)


@pytest.mark.parametrize("found", [None, np.full((68, 2), np.nan, dtype=np.float32)])
def test_a_missed_face_shows_its_true_points_only(found: np.ndarray | None) -> None:
    tile = comparison_tile(IMAGE, TRUE, found)
    assert np.isfinite(centre_of(tile, TRUE_COLOUR)).all()
    assert np.isnan(centre_of(tile, FOUND_COLOUR)).all()


@pytest.mark.parametrize("offset", [60.0, 1e9])
def test_points_that_went_far_astray_do_no_harm(offset: float) -> None:
    tile = comparison_tile(IMAGE, TRUE, TRUE + np.float32(offset))
    assert np.isfinite(centre_of(tile, TRUE_COLOUR)).all()


def test_a_face_at_the_edge_of_the_picture_is_cut_out_whole() -> None:
    tile = comparison_tile(IMAGE, TRUE - np.array([120, 70], dtype=np.float32), None)
    assert (tile[5, 5] == 0).all()
    assert (tile[-5, -5] == 128).all()


def test_the_picture_itself_stays_as_it_is() -> None:
    comparison_tile(IMAGE, TRUE, TRUE)
    assert (IMAGE == 128).all()
