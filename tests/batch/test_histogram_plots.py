from __future__ import annotations

import re

import numpy as np
import pytest

from facepoints.batch.histogram import Histogram
from facepoints.batch.histogram_plots import angle_plot, score_plot, size_plot
from facepoints.batch.summary import EDGES


def of(name: str, *values: float) -> Histogram:
    return Histogram.empty(EDGES[name]).with_values(np.array(values))


def beside_the_bins(svg: str) -> list[str]:
    """The texts below the plot, after the six beside the counts and before the two titles."""
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)[6:-2]


@pytest.mark.parametrize(
    ("svg", "ticks"),
    [
        (size_plot(of("size", 20, 100)), ["16", "32", "64", "128"]),
        (size_plot(of("size", 32)), ["32", "64"]),
        (size_plot(of("size", 1, 50_000)), [str(2**octave) for octave in range(2, 14)]),
        (score_plot(of("score", 0.7, 0.99)), ["0.7", "0.8", "0.9", "1"]),
        (score_plot(of("score", 1.0)), ["0.9", "1"]),
        (score_plot(of("score", 0.0)), ["0", *(f"0.{tenth}" for tenth in range(1, 10)), "1"]),
        (angle_plot("yaw", of("yaw", 3)), ["-30", "-15", "0", "15", "30"]),
        (angle_plot("pitch", of("pitch", -50, 3)), ["-60", "-30", "0", "30", "60"]),
        (angle_plot("roll", of("roll", 179)), ["-180", "-120", "-60", "0", "60", "120", "180"]),
    ],
)
def test_plots_show_the_part_that_holds_something(svg: str, ticks: list[str]) -> None:
    assert beside_the_bins(svg) == ticks
