from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from facepoints.errors import InputError
from facepoints.report.count_plot import BinAxis, count_plot
from tests.report.test_ced_plot import SVG


def bars_of(svg: str) -> list[tuple[float, ...]]:
    bars = ET.fromstring(svg).findall(f"{SVG}rect[@class='bar']")
    return [tuple(float(bar.attrib[name]) for name in ("x", "y", "width", "height")) for bar in bars]


def texts_of(svg: str) -> list[str | None]:
    return [text.text for text in ET.fromstring(svg).iter(f"{SVG}text")]


def test_bars_stand_on_their_bins_as_high_as_their_counts() -> None:
    svg = count_plot([0, 1, 2, 4], [5, 0, 10], BinAxis("size", [0, 2, 4, 9]), "Faces")
    # The axis runs from 74 to 504 and up from 250 to 14; no bar for an empty bin; half a pixel off on each side.
    assert bars_of(svg) == [(74.5, 132.0, 106.5, 118.0), (289.5, 14.0, 214.0, 236.0)]
    assert texts_of(svg) == ["0", "2", "4", "6", "8", "10", "0", "2", "4", "size", "Faces"]
    assert "<title>2 to 4: 10</title>" in svg


def test_octaves_are_equally_wide_on_a_log_axis() -> None:
    svg = count_plot([8, 16, 32], [1, 1], BinAxis("a < b", [8, 16, 32], log=True, unit="px"), "Faces")
    assert [bar[2] for bar in bars_of(svg)] == [214.0, 214.0]
    assert "<title>8 to 16 px: 1</title>" in svg
    assert "a < b" in texts_of(svg)


@pytest.mark.parametrize(
    ("largest", "ticks"),
    [
        (0, ["0", "1", "2", "3", "4", "5"]),
        (6, ["0", "2", "4", "6", "8", "10"]),
        (7_000, ["0", "1,500", "3,000", "4,500", "6,000", "7,500"]),
        (14_000, ["0", "3 k", "6 k", "9 k", "12 k", "15 k"]),
        (6_300_000, ["0", "1.5 M", "3 M", "4.5 M", "6 M", "7.5 M"]),
        (1_900_000_000, ["0", "0.4 G", "0.8 G", "1.2 G", "1.6 G", "2 G"]),
    ],
)
def test_counts_beside_the_axis_are_whole_and_short(largest: int, ticks: list[str]) -> None:
    assert texts_of(count_plot([0, 1], [largest], BinAxis("x", []), "y"))[:6] == ticks


def test_one_among_millions_is_seen() -> None:
    assert bars_of(count_plot([0, 1, 2], [1, 5_000_000], BinAxis("x", []), "y"))[0][3] == 1.0


@pytest.mark.parametrize(
    ("edges", "counts", "log", "message"),
    [
        ([0.0], [], False, "one edge more than counts; got 1 and 0"),
        ([0.0, 1.0], [1, 2], False, "got 2 and 2"),
        ([0.0, 1.0, 1.0], [1, 2], False, "must rise"),
        ([0.0, 1.0], [1], True, "must be above 0; the first one is 0"),
    ],
)
def test_wrong_use_is_refused(edges: list[float], counts: list[int], log: bool, message: str) -> None:
    with pytest.raises(InputError, match=message):
        count_plot(edges, counts, BinAxis("x", [], log), "y")
