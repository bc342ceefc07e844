from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from facepoints.errors import InputError
from facepoints.report.precision_recall_plot import precision_recall_plot
from tests.report.test_ced_plot import SVG, curves_of

CURVES = {f"detector {number}": (np.array([0, 0.5]), np.array([1, 0.5])) for number in range(3)}


def test_precision_stands_over_the_whole_range_of_recall() -> None:
    svg = precision_recall_plot(CURVES, "Recall of all")
    assert curves_of(svg)[0] == [(108, 20), (397, 185)]
    texts = [text.text for text in ET.fromstring(svg).iter(f"{SVG}text")]
    assert {"Precision", "Recall of all", "100 %", *CURVES} <= set(texts)


def test_legend_stands_below_the_plot_and_inside_the_picture() -> None:
    root = ET.fromstring(precision_recall_plot(CURVES))
    height = float(root.attrib["viewBox"].split()[3])
    places = [float(text.attrib["y"]) for text in root.iter(f"{SVG}text") if (text.text or "").startswith("detector")]
    assert places == sorted(places)
    assert places[0] > 418  # the title of the axis
    assert places[-1] < height


def test_wrong_use_is_refused() -> None:
    with pytest.raises(InputError, match="shows 1 to 6 curves; got 0"):
        precision_recall_plot({})
