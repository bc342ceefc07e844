from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from facepoints.errors import InputError
from facepoints.report.curve_plot import round_limit
from facepoints.report.reliability_plot import reliability_plot
from tests.report.test_ced_plot import SVG, Curves, curves_of


def test_both_axes_end_alike_and_the_diagonal_joins_their_ends() -> None:
    svg = reliability_plot({"all": (np.array([0.01, 0.02]), np.array([0.02, 0.04]))}, "expected", "true")
    root = ET.fromstring(svg)
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert texts.count("4 %") == 2
    assert {"expected", "true"} <= set(texts)
    assert curves_of(svg) == [[(252.5, 185), (397, 20)]]
    line = root.find(f"{SVG}line[@class='diagonal']")
    assert line is not None
    assert [float(line.attrib[key]) for key in ("x1", "y1", "x2", "y2")] == [108, 350, 686, 20]
    assert [(dot.attrib["cx"], dot.attrib["cy"]) for dot in root.iter(f"{SVG}circle")] == [
        ("252.5", "185.0"),
        ("397.0", "20.0"),
    ]


def test_a_single_bin_is_a_dot() -> None:
    svg = reliability_plot({"all": (np.zeros(1), np.array([0.05]))}, "expected", "true")
    assert len(list(ET.fromstring(svg).iter(f"{SVG}circle"))) == 1


@pytest.mark.parametrize(
    ("largest", "limit"),
    [(0.0, 0.05), (0.034, 0.04), (0.05, 0.05), (0.0501, 0.075), (0.1, 0.1), (0.101, 0.15), (1.0, 1.0), (0.6, 0.75)],
)
def test_axis_ends_at_a_round_number(largest: float, limit: float) -> None:
    assert round_limit(largest) == pytest.approx(limit)


@pytest.mark.parametrize(
    ("curves", "message"),
    [
        ({}, "shows 1 to 6 curves; got 0"),
        ({"a": (np.zeros(0), np.zeros(0))}, "'a' must have one value or more a side; got 0 and 0"),
        ({"a": (np.zeros(1), np.array([np.inf]))}, "finite"),
        ({"a": (np.zeros(2), np.array([0.01, np.nan]))}, "finite"),
    ],
)
def test_wrong_use_is_refused(curves: Curves, message: str) -> None:
    with pytest.raises(InputError, match=message):
        reliability_plot(curves, "expected", "true")
