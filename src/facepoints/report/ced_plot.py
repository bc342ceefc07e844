"""The CED plot as SVG: which share of the faces has an error up to a limit."""

from __future__ import annotations

from collections.abc import Mapping

from facepoints.arrays import Array
from facepoints.errors import InputError
from facepoints.report.curve_plot import Axis, curve_plot

__all__ = ["ced_plot"]


def ced_plot(curves: Mapping[str, tuple[Array, Array]], x_title: str, mark: float | None = 0.08) -> str:
    """Draw cumulative error distributions as one SVG element that follows the reader's light or dark theme.

    Args:
        curves: for each name in the legend, the errors ``(m,)``, rising from 0, and the shares of faces ``(m,)`` whose
            error is at most that; both are fractions and shown as percent.
        x_title: what the errors are.
        mark: error at which a vertical line stands; None for no line.

    Raises:
        InputError: no curve, more than six, or a curve of fewer than two values, of two lengths, not finite, or of no
            error above 0.
    """
    limit = max((float(errors[-1]) for errors, _ in curves.values() if len(errors)), default=1.0)
    if limit <= 0:
        raise InputError("a CED plot must reach an error above 0")
    # Rising curves leave the lower right corner free.
    return curve_plot(curves, Axis(x_title, limit), Axis("Share of faces"), mark=mark, legend="inside")
