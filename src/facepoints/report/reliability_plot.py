"""The reliability plot as SVG: the error that scores promise beside the true one."""

from __future__ import annotations

import math
from collections.abc import Mapping

from facepoints.arrays import Array
from facepoints.errors import InputError
from facepoints.report.curve_plot import Axis, curve_plot, round_limit

__all__ = ["reliability_plot"]


def reliability_plot(curves: Mapping[str, tuple[Array, Array]], x_title: str, y_title: str) -> str:
    """Draw true over expected errors as one SVG element that follows the reader's light or dark theme.

    Points on the diagonal keep what they promise; above it they are worse than their scores say, below it better.

    Args:
        curves: for each name in the legend, expected errors ``(m,)``, rising, and true errors ``(m,)``, one of each a
            bin; fractions, shown as percent. A curve of a single bin is a dot.
        x_title: what the expected errors are.
        y_title: what the true errors are.

    Raises:
        InputError: no curve, more than six, or a curve that is empty, of two lengths or not finite.
    """
    largest = max((float(max(errors, default=0)) for curve in curves.values() for errors in curve), default=0.0)
    if not math.isfinite(largest):
        raise InputError("a reliability plot needs errors that are finite numbers")
    limit = round_limit(largest)
    return curve_plot(curves, Axis(x_title, limit), Axis(y_title, limit), diagonal=True, dots=True)
