"""The precision-recall plot as SVG: how many of the boxes are faces, for each share of the faces that is found."""

from __future__ import annotations

from collections.abc import Mapping

from facepoints.arrays import Array
from facepoints.report.curve_plot import Axis, curve_plot

__all__ = ["precision_recall_plot"]


def precision_recall_plot(curves: Mapping[str, tuple[Array, Array]], x_title: str = "Recall") -> str:
    """Draw precision over recall as one SVG element that follows the reader's light or dark theme.

    Args:
        curves: for each name in the legend, recalls ``(m,)``, rising, and precisions ``(m,)``, from 0 to 1.
        x_title: what is recalled.

    Raises:
        InputError: no curve, more than six, a curve of fewer than two values, of two lengths, or not finite.
    """
    # A curve may go through any corner of the plot, so the legend stands outside.
    return curve_plot(curves, Axis(x_title), Axis("Precision"))
