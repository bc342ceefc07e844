"""Histograms of scores on one another, as SVG."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from facepoints.arrays import Array
from facepoints.errors import InputError
from facepoints.report.curve_plot import Axis, curve_plot, round_limit

__all__ = ["histogram_plot"]


def histogram_plot(groups: Mapping[str, Array], x_title: str, y_title: str, bins: int = 25) -> str:
    """Draw the histogram of each group as an outline, in one SVG element that follows the reader's theme.

    Args:
        groups: for each name in the legend, scores ``(n,)`` from 0 to 1.
        x_title: what the scores are.
        y_title: what they are the scores of; the vertical axis has the share of the group that lies in each bin.
        bins: of equal width, from 0 to 1.

    Raises:
        InputError: no group, more than six, an empty one, or a score that is not between 0 and 1.
    """
    edges = np.linspace(0, 1, bins + 1)
    outlines = {}
    for name, scores in groups.items():
        if not len(scores) or not ((scores >= 0) & (scores <= 1)).all():
            raise InputError(f"group {name!r} must be one score or more, each between 0 and 1")
        shares = np.histogram(scores, edges)[0] / len(scores)
        outlines[name] = np.repeat(edges, 2), np.concatenate([[0], np.repeat(shares, 2), [0]])
    highest = max((float(heights.max()) for _, heights in outlines.values()), default=1.0)
    return curve_plot(outlines, Axis(x_title, percent=False), Axis(y_title, round_limit(highest)))
