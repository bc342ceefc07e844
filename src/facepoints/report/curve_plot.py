"""Curves over two axes, as one SVG element."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from facepoints.arrays import Array
from facepoints.errors import InputError
from facepoints.report.plot_style import plot_style

__all__ = ["CURVE_COLOURS", "Axis", "curve_plot", "round_limit"]

CURVE_COLOURS = ("#2563eb", "#e2570c", "#0f8a6d", "#a13fd0", "#b8860b", "#d02f5f")
_DARK_COLOURS = ("#7aa7ff", "#ff9a5c", "#4fd1b0", "#d196f5", "#e5c158", "#ff86a8")
_DASHES = ("", "9 5", "2 5", "12 4 2 4", "5 3", "16 6")

WIDTH, HEIGHT = 720, 430
_LEFT, _RIGHT, _TOP, _BOTTOM = 108, 686, 20, 350
_LEGEND_LINE = 30
_STEPS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
"""Distances of grid lines, times a power of ten."""

_RULES = (
    ".mark { stroke: var(--quiet, #5b6675); stroke-width: 1.2; stroke-dasharray: 3 4 }",
    ".diagonal { stroke: var(--quiet, #5b6675); stroke-width: 1.2 }",
    ".plate { fill: var(--plate, #ffffff); stroke: var(--grid, #dfe4ea) }",
    ".curve { fill: none; stroke-width: 2.6; stroke-linejoin: round; stroke-linecap: round }",
)


@dataclass(frozen=True)
class Axis:
    """An axis.

    Attributes:
        title: what lies on it.
        limit: where it ends.
        percent: whether its fractions are shown as percent.
        start: where it begins.
    """

    title: str
    limit: float = 1.0
    percent: bool = True
    start: float = 0.0

    def share(self, value: float) -> float:
        """How far along the axis a value lies: 0 at its start, 1 at its end."""
        return (float(value) - self.start) / (self.limit - self.start)

    def label(self, value: float) -> str:
        """The value as it stands beside the axis."""
        return f"{100 * value:.3g} %" if self.percent else f"{value:.3g}"


def curve_plot(
    curves: Mapping[str, tuple[Array, Array]],
    x: Axis,
    y: Axis,
    *,
    mark: float | None = None,
    diagonal: bool = False,
    dots: bool = False,
    legend: Literal["inside", "below"] = "below",
) -> str:
    """Draw curves as one SVG element that follows the reader's light or dark theme.

    Args:
        curves: for each name in the legend, values ``(m,)`` on the horizontal axis and values ``(m,)`` on the vertical
            one, each within its axis.
        x: the horizontal axis.
        y: the vertical axis.
        mark: where a vertical line stands; None for no line.
        diagonal: draw the line on which both values are equal.
        dots: draw every value as a dot on its curve.
        legend: inside the plot, in its lower right corner, or below it.

    Raises:
        InputError: no curve, more than six, a curve of fewer than two values (with dots: of none), of two lengths, or
            not finite.
    """
    _check(curves, least=1 if dots else 2)
    body = [_grid(x, y)]
    if mark is not None and x.start < mark < x.limit:
        place = _across(mark, x)
        body.append(f'<line class="mark" x1="{place:.1f}" x2="{place:.1f}" y1="{_TOP}" y2="{_BOTTOM}"/>')
    if diagonal:
        end = min(x.limit, y.limit)
        body.append(
            f'<line class="diagonal" x1="{_LEFT}" y1="{_BOTTOM}" x2="{_across(end, x):.1f}" y2="{_up(end, y):.1f}"/>'
        )
    for number, (values, heights) in enumerate(curves.values()):
        points = [f"{_across(v, x):.1f},{_up(h, y):.1f}" for v, h in zip(values, heights, strict=True)]
        body.append(f'<polyline class="curve" {_stroke(number)} points="{" ".join(points)}"/>')
        body += [_dot(number, point) for point in points if dots]
    body.append(_legend_inside(list(curves)) if legend == "inside" else _legend_below(list(curves)))
    height = HEIGHT if legend == "inside" else HEIGHT + _LEGEND_LINE * len(curves)
    light, dark = (
        "; ".join(f"--curve-{number}: {colour}" for number, colour in enumerate(colours))
        for colours in (CURVE_COLOURS, _DARK_COLOURS)
    )
    style = plot_style("curves", _RULES, light, dark, phone=24)
    label = html.escape(f"{y.title} over {x.title}: {', '.join(curves)}", quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="curves" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{label}"><style>{style}</style><rect class="ground" width="{WIDTH}" height="{height}"/>'
        f"{''.join(body)}</svg>"
    )


def round_limit(largest: float) -> float:
    """Where an axis for values up to ``largest`` ends: at five steps of the grid, which are round numbers."""
    if largest <= 0:
        return 0.05
    power = 10.0 ** math.floor(math.log10(largest / 5))
    # Rounding must not push a value that stands exactly on the last line beyond it.
    return next(5 * step * power for step in _STEPS if 5 * step * power >= largest * (1 - 1e-9))


def _check(curves: Mapping[str, tuple[Array, Array]], least: int) -> None:
    if not 1 <= len(curves) <= len(CURVE_COLOURS):
        raise InputError(f"a plot shows 1 to {len(CURVE_COLOURS)} curves; got {len(curves)}")
    for name, (values, heights) in curves.items():
        if len(values) != len(heights) or len(values) < least:
            wanted = "two values or more" if least == 2 else "one value or more"
            raise InputError(f"curve {name!r} must have {wanted} a side; got {len(values)} and {len(heights)}")
        if not (np.isfinite(values).all() and np.isfinite(heights).all()):
            raise InputError(f"curve {name!r} must be finite numbers")


def _across(value: float, axis: Axis) -> float:
    return _LEFT + (_RIGHT - _LEFT) * axis.share(value)


def _up(value: float, axis: Axis) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * axis.share(value)


def _stroke(number: int) -> str:
    # The attribute is for viewers that know no CSS variables; in all others the style wins.
    dash = f' stroke-dasharray="{_DASHES[number]}"' if _DASHES[number] else ""
    return f'stroke="{CURVE_COLOURS[number]}" style="stroke: var(--curve-{number})"{dash}'


def _dot(number: int, point: str) -> str:
    x, y = point.split(",")
    return f'<circle cx="{x}" cy="{y}" r="4.5" fill="{CURVE_COLOURS[number]}" style="fill: var(--curve-{number})"/>'


def _grid(x: Axis, y: Axis) -> str:
    parts = []
    for step in range(6):
        value = y.start + (y.limit - y.start) * step / 5
        row = f"{_up(value, y):.1f}"
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{_RIGHT}" y1="{row}" y2="{row}"/>')
        parts.append(f'<text x="{_LEFT - 10}" y="{row}" dy=".35em" text-anchor="end">{y.label(value)}</text>')
        value = x.start + (x.limit - x.start) * step / 5
        column = f"{_across(value, x):.1f}"
        parts.append(f'<line class="grid" x1="{column}" x2="{column}" y1="{_TOP}" y2="{_BOTTOM}"/>')
        parts.append(f'<text x="{column}" y="{_BOTTOM}" dy="1.5em" text-anchor="middle">{x.label(value)}</text>')
    parts.append(f'<path class="axis" fill="none" d="M{_LEFT} {_TOP}V{_BOTTOM}H{_RIGHT}"/>')
    middle_x, middle_y = (_LEFT + _RIGHT) / 2, (_TOP + _BOTTOM) / 2
    parts.append(
        f'<text class="title" x="{middle_x:.0f}" y="{HEIGHT - 12}" text-anchor="middle">{html.escape(x.title)}</text>'
        f'<text class="title" transform="translate(22 {middle_y:.0f}) rotate(-90)" text-anchor="middle">'
        f"{html.escape(y.title)}</text>"
    )
    return "".join(parts)


def _legend_inside(names: list[str]) -> str:
    width = min(100 + 12 * max(len(name) for name in names), _RIGHT - _LEFT - 24)
    height = _LEGEND_LINE * len(names) + 14
    left, top = _RIGHT - width - 12, _BOTTOM - height - 12
    plate = f'<rect class="plate" x="{left}" y="{top}" width="{width}" height="{height}" rx="8"/>'
    return plate + _legend_lines(names, left + 16, top + 7)


def _legend_below(names: list[str]) -> str:
    return _legend_lines(names, _LEFT, HEIGHT - 4)


def _legend_lines(names: list[str], left: float, top: float) -> str:
    parts = []
    for number, name in enumerate(names):
        y = top + _LEGEND_LINE * (number + 0.5)
        parts.append(f'<path class="curve" {_stroke(number)} d="M{left} {y:.0f}h44"/>')
        parts.append(f'<text class="title" x="{left + 58}" y="{y:.0f}" dy=".35em">{html.escape(name)}</text>')
    return "".join(parts)
