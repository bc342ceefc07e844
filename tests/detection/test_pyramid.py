import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from facepoints.detection.candidates import Candidates
from facepoints.detection.pyramid import Level, Tile, owned, plan_levels, plan_tiles, resized

SIDES = st.integers(1, 8000)
MIN_FACES = st.floats(5, 400)


def level_sizes(width: int, height: int, min_face: float) -> list[tuple[int, int]]:
    return [(level.width, level.height) for level in plan_levels(width, height, min_face)]


@pytest.mark.usefixtures("smallest_is_14")
@pytest.mark.parametrize(
    ("width", "height", "min_face", "expected"),
    [
        (640, 480, 20, [(448, 336), (160, 120)]),
        (640, 480, 64, [(160, 120)]),
        (480, 640, 14, [(480, 640), (120, 160)]),
        (4000, 3000, 20, [(2816, 2112), (671, 503), (160, 120)]),
        (100, 50, 15, [(96, 48)]),
        (64, 64, 15, [(64, 64)]),
        (100, 50, 10, [(140, 70)]),
        (100, 50, 1, [(200, 100)]),
        (1, 4000, 14, [(1, 4000)]),
        (1920, 1080, 96, [(284, 160)]),  # no face can be larger than 256 pixels of it
        (1600, 1600, 80, [(288, 288), (160, 160)]),
        (640, 480, 10**12, [(32, 24)]),
    ],
)
def test_levels(width: int, height: int, min_face: float, expected: list[tuple[int, int]]) -> None:
    assert level_sizes(width, height, min_face) == expected


@given(width=SIDES, height=SIDES, min_face=MIN_FACES, share=st.floats(0, 1))
def test_some_level_answers_for_each_size_and_knows_it(width: int, height: int, min_face: float, share: float) -> None:
    longer, largest = max(width, height), min(max(width, height), 1.6 * min(width, height))
    assume(largest > min_face)
    size = min_face * (largest / min_face) ** share
    levels = plan_levels(width, height, min_face)
    there = [(level, size * max(level.width, level.height) / longer) for level in levels]
    answers = [pixels for level, pixels in there if level.smallest <= pixels * 1.02 and pixels <= level.largest * 1.02]
    assert answers
    # Scales are rounded to whole pixels of the longer side.
    assert all(9 <= pixels <= 256 * 1.02 for pixels in answers)
    assert len(answers) <= 2


@given(width=SIDES, height=SIDES, min_face=MIN_FACES)
def test_levels_are_few_and_shrink(width: int, height: int, min_face: float) -> None:
    levels = plan_levels(width, height, min_face)
    areas = [level.width * level.height for level in levels]
    assert areas == sorted(areas, reverse=True)
    assert len(levels) <= 4
    assert sum(areas[1:]) <= 0.5 * areas[0] + 160 * 160


@given(width=st.integers(1, 9000), height=st.integers(1, 9000))
def test_tiles_cover_and_overlap(width: int, height: int) -> None:
    tiles = plan_tiles(width, height)
    for low, high, length, core in (("left", "right", width, (0, 2)), ("top", "bottom", height, (1, 3))):
        pieces = sorted({(getattr(t, low), getattr(t, high), t.core[core[0]], t.core[core[1]]) for t in tiles})
        assert (pieces[0][0], pieces[-1][1]) == (0, length)
        assert (pieces[0][2], pieces[-1][3]) == (-0.5, length - 0.5)
        assert all(end - start <= 1536 for start, end, _, _ in pieces)
        assert all(length <= 1536 or (end - start) % 32 == 0 for start, end, _, _ in pieces)
        for (_, end, _, high_core), (start, _, low_core, _) in pairwise(pieces):
            assert end - start >= 223
            assert high_core - low_core == 16
            # A face of the largest size that a level answers for lies inside the tile, with some room.
            assert high_core + 80 < end - 16
            assert low_core - 80 > start + 16
    assert len(tiles) == len({(t.left, t.top) for t in tiles})


def test_a_picture_as_large_as_a_tile_is_not_cut() -> None:
    assert plan_tiles(1536, 7) == [Tile(0, 0, 1536, 7, (-0.5, -0.5, 1535.5, 6.5))]
    assert len(plan_tiles(1537, 1536)) == 2


def test_owned() -> None:
    def candidate(x: float, y: float, size: float) -> np.ndarray:
        return np.repeat(np.array([[x - size / 4, y - size / 2], [x + size / 4, y + size / 2]]), [1, 8], axis=0)

    tile, level = Tile(100, 200, 300, 400, (90.0, 210.0, 280.0, 399.5)), Level(999, 999, 12, 160)
    rows = [(0, 50, 20), (-11, 50, 20), (50, 9, 20), (50, 10, 20), (180, 199, 20), (181, 199, 20), (50, 200, 20)]
    sizes = [(50, 50, 11), (50, 50, 12), (50, 50, 160), (50, 50, 161), (50, 50, math.nan), (math.nan, 50, 20)]
    marks = np.array([candidate(*row) for row in [*rows, *sizes]], dtype=np.float32)
    found = owned(Candidates(np.arange(13, dtype=np.float32), marks), level, tile)
    assert found.scores.tolist() == [0, 3, 4, 8, 9]
    assert len(owned(Candidates.empty(), level, tile)) == 0


@given(width=st.integers(1, 300), height=st.integers(1, 300), scale=st.floats(0.02, 2))
def test_resized_says_its_scale(width: int, height: int, scale: float) -> None:
    # A ramp stays the ramp that the scale says, but for the outermost pixels.
    ramp = np.add.outer(np.arange(height) / 3, np.arange(width) / 2)
    image = np.repeat(ramp[..., None], 3, axis=2).astype(np.uint8)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small, exact = resized(image, *size)
    assert small.shape == (size[1], size[0], 3)
    assert size[0] / width <= exact[0] <= size[0] / (width - min(width - 1, 2 / min(exact)))
    x, y = ((np.arange(length) + 0.5) / one - 0.5 for length, one in zip(size, exact, strict=True))
    expected = np.add.outer(y / 3, x / 2)
    inner = (slice(2, -2), slice(2, -2))
    np.testing.assert_allclose(small[..., 0][inner], expected[inner], atol=1.5)


def test_resized_leaves_alone_what_fits() -> None:
    image = np.zeros((5, 7, 3), dtype=np.uint8)
    assert resized(image, 7, 5)[0] is image


def test_resized_does_not_alias() -> None:
    stripes = np.zeros((64, 640, 3), dtype=np.uint8)
    stripes[:, ::2] = 255
    for width in (300, 220, 150, 100, 70):
        small, _ = resized(stripes, width, round(width / 10))
        assert np.ptp(small) < 60
