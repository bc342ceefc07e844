"""Histograms on one another, as SVG."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from facepoints.arrays import Array
from facepoints.errors import InputError
from facepoints.report.curve_plot import Axis, curve_plot, round_limit

__all__ = ["histogram_plot"]


def histogram_plot(
    groups: Mapping[str, Array], x_title: str, y_title: str, bins: int = 25, *, span: tuple[float, float] = (0.0, 1.0)
) -> str:
    """Draw the histogram of each group as an outline, in one SVG element that follows the reader's theme.

    Args:
        groups: for each name in the legend, values ``(n,)`` within ``span``, such as scores.
        x_title: what the values are.
        y_title: what has them; the vertical axis has the share of the group that lies in each bin.
        bins: of equal width.
        span: where the horizontal axis starts and ends.

    Raises:
        InputError: no group, more than six, an empty one, or a value outside ``span``.
    """
    low, high = span
    edges = np.linspace(low, high, bins + 1)
    outlines = {}
    for name, values in groups.items():
        if not len(values) or not ((values >= low) & (values <= high)).all():
            raise InputError(f"group {name!r} must be one value or more, each between {low:g} and {high:g}")
        shares = np.histogram(values, edges)[0] / len(values)
        outlines[name] = np.repeat(edges, 2), np.concatenate([[0], np.repeat(shares, 2), [0]])
    highest = max((float(heights.max()) for _, heights in outlines.values()), default=1.0)
    return curve_plot(outlines, Axis(x_title, high, percent=False, start=low), Axis(y_title, round_limit(highest)))
