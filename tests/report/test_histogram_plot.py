from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from facepoints.errors import InputError
from facepoints.report.histogram_plot import histogram_plot
from tests.report.test_ced_plot import SVG, curves_of


def test_outline_stands_at_the_share_of_each_bin() -> None:
    svg = histogram_plot({"faces": np.array([0.1, 0.6, 0.9, 1.0])}, "score", "share", bins=2)
    # A quarter in the lower half, three quarters in the upper one; the axis ends at 75 %.
    assert curves_of(svg) == [[(108, 350), (108, 240), (397, 240), (397, 20), (686, 20), (686, 350)]]
    texts = [text.text for text in ET.fromstring(svg).iter(f"{SVG}text")]
    assert {"0.2", "1", "75 %", "score", "share", "faces"} <= set(texts)


def test_other_spans_than_scores_have() -> None:
    svg = histogram_plot({"faces": np.array([-90.0, 45.0])}, "yaw", "share", bins=2, span=(-90, 90))
    assert curves_of(svg) == [[(108, 350), (108, 20), (397, 20), (397, 20), (686, 20), (686, 350)]]
    texts = [text.text for text in ET.fromstring(svg).iter(f"{SVG}text")]
    assert {"-90", "-54", "90"} <= set(texts)


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ({}, "shows 1 to 6 curves; got 0"),
        ({"faces": np.zeros(0)}, "'faces' must be one value or more"),
        ({"faces": np.array([1.2])}, "between 0 and 1"),
        ({"faces": np.array([np.nan])}, "between 0 and 1"),
    ],
)
def test_wrong_use_is_refused(groups: dict[str, np.ndarray], message: str) -> None:
    with pytest.raises(InputError, match=message):
        histogram_plot(groups, "score", "share")
