from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping

import numpy as np
import pytest

from facepoints.errors import InputError
from facepoints.report.ced_plot import ced_plot

Curves = Mapping[str, tuple[np.ndarray, np.ndarray]]
SVG = "{http://www.w3.org/2000/svg}"
LIMITS = np.array([0, 0.05, 0.10])


def curves_of(svg: str) -> list[list[tuple[float, float]]]:
    lines = ET.fromstring(svg).findall(f"{SVG}polyline")
    return [[tuple(map(float, point.split(","))) for point in line.attrib["points"].split()] for line in lines]


def test_curve_runs_through_the_plot_from_corner_to_corner() -> None:
    svg = ced_plot({"all found": (LIMITS, np.array([0, 0.5, 1]))}, "NME")
    frame = ET.fromstring(svg).find(f"{SVG}path[@class='axis']")
    assert frame is not None
    assert frame.attrib["d"] == "M108 20V350H686"
    assert curves_of(svg) == [[(108, 350), (397, 185), (686, 20)]]


def test_each_curve_has_its_own_colour_dash_and_line_in_the_legend() -> None:
    curves = {"a <b>": (LIMITS, LIMITS), 'c & "d"': (LIMITS, LIMITS * 2)}
    root = ET.fromstring(ced_plot(curves, "NME"))
    lines = root.findall(f"{SVG}polyline")
    assert len({line.attrib["stroke"] for line in lines}) == 2
    assert [line.get("stroke-dasharray") for line in lines] == [None, "9 5"]
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert {"a <b>", 'c & "d"', "NME", "Share of faces", "0 %", "10 %", "100 %"} <= set(texts)


def test_mark_stands_at_its_error_only_if_that_is_in_the_plot() -> None:
    curves = {"a": (LIMITS, LIMITS)}
    mark = ET.fromstring(ced_plot(curves, "NME", mark=0.08)).find(f"{SVG}line[@class='mark']")
    assert mark is not None
    assert float(mark.attrib["x1"]) == pytest.approx(108 + 0.8 * 578, abs=0.06)
    assert ET.fromstring(ced_plot(curves, "NME", mark=0.2)).find(f"{SVG}line[@class='mark']") is None


@pytest.mark.parametrize(
    ("curves", "message"),
    [
        ({}, "shows 1 to 6 curves; got 0"),
        ({str(number): (LIMITS, LIMITS) for number in range(7)}, "got 7"),
        ({"a": (LIMITS, LIMITS[:2])}, "'a' must have two values or more a side; got 3 and 2"),
        ({"a": (LIMITS, np.full(3, np.nan))}, "'a' must be finite"),
    ],
)
def test_wrong_use_is_refused(curves: Curves, message: str) -> None:
    with pytest.raises(InputError, match=message):
        ced_plot(curves, "NME")
