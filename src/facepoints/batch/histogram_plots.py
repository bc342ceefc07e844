"""The histograms of a summary as plots: the part of their bins that holds something, with round numbers beside it."""

from __future__ import annotations

import math

from facepoints.batch.histogram import Histogram
from facepoints.batch.summary import ANGLES
from facepoints.report.count_plot import BinAxis, count_plot

__all__ = ["angle_plot", "score_plot", "size_plot"]

_TITLES = dict(zip(ANGLES, ("Yaw, to the picture's right", "Pitch, upwards", "Roll, clockwise"), strict=True))


def size_plot(histogram: Histogram) -> str:
    """Sizes in pixels on a logarithmic axis, whole octaves of it."""
    low, high = _range(histogram)
    first, last = math.floor(math.log2(low)), math.ceil(math.log2(high))
    shown = histogram.between(2.0**first, 2.0**last)
    axis = BinAxis("Longer side of the box in pixels", [2.0**octave for octave in range(first, last + 1)], True, "px")
    return count_plot(shown.edges, shown.counts, axis, "Faces")


def score_plot(histogram: Histogram) -> str:
    """Scores from the tenth in which the lowest one lies up to 1."""
    first = math.floor(_range(histogram)[0] * 10 + 1e-9)
    shown = histogram.between(first / 10, 1.0)
    axis = BinAxis("Score", [tenth / 10 for tenth in range(first, 11)])
    return count_plot(shown.edges, shown.counts, axis, "Faces")


def angle_plot(name: str, histogram: Histogram) -> str:
    """An angle of ``ANGLES`` in degrees, as far to both sides as the widest one."""
    reach = 30 * math.ceil(max(map(abs, _range(histogram))) / 30)
    step = 15 if reach <= 30 else 30 if reach <= 90 else 60
    shown = histogram.between(-reach, reach)
    ticks = [tick for tick in range(-180, 181, step) if abs(tick) <= reach]
    return count_plot(shown.edges, shown.counts, BinAxis(f"{_TITLES[name]}, in degrees", ticks, unit="°"), "Faces")


def _range(histogram: Histogram) -> tuple[float, float]:
    """The lower edge of the first bin that holds something, and the upper edge of the last one."""
    filled = [index for index, count in enumerate(histogram.counts) if count]
    return histogram.edges[filled[0]], histogram.edges[filled[-1] + 1]
