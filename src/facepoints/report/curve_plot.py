"""Curves from 0 to 100 % over an axis of percent, as one SVG element."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Literal

import numpy as np

from facepoints.arrays import Array
from facepoints.errors import InputError

__all__ = ["CURVE_COLOURS", "curve_plot"]

CURVE_COLOURS = ("#2563eb", "#e2570c", "#0f8a6d", "#a13fd0", "#b8860b", "#d02f5f")
_DARK_COLOURS = ("#7aa7ff", "#ff9a5c", "#4fd1b0", "#d196f5", "#e5c158", "#ff86a8")
_DASHES = ("", "9 5", "2 5", "12 4 2 4", "5 3", "16 6")

WIDTH, HEIGHT = 720, 430
_LEFT, _RIGHT, _TOP, _BOTTOM = 108, 686, 20, 350
_LEGEND_LINE = 30

_STYLE = """
.curves { font: 14px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; --ink: #1c2430; --quiet: #5b6675;
  --grid: #dfe4ea; --plate: #ffffff; LIGHT }
.curves text { fill: var(--quiet, #5b6675); font-variant-numeric: tabular-nums }
.curves .title { fill: var(--ink, #1c2430) }
.curves .grid { stroke: var(--grid, #dfe4ea); stroke-width: 1 }
.curves .axis { stroke: var(--quiet, #5b6675); stroke-width: 1.2 }
.curves .mark { stroke: var(--quiet, #5b6675); stroke-width: 1.2; stroke-dasharray: 3 4 }
.curves .plate { fill: var(--plate, #ffffff); stroke: var(--grid, #dfe4ea) }
.curves .ground { fill: var(--plate, #ffffff) }
.curves .curve { fill: none; stroke-width: 2.6; stroke-linejoin: round; stroke-linecap: round }
@media (max-width: 600px) { .curves { font-size: 24px } }
@media (prefers-color-scheme: dark) {
  .curves { --ink: #eef1f5; --quiet: #a3adba; --grid: #323a45; --plate: #181c22; DARK }
}
"""


def curve_plot(
    curves: Mapping[str, tuple[Array, Array]],
    limit: float,
    x_title: str,
    y_title: str,
    *,
    mark: float | None = None,
    legend: Literal["inside", "below"] = "below",
) -> str:
    """Draw curves as one SVG element that follows the reader's light or dark theme.

    Args:
        curves: for each name in the legend, values ``(m,)`` from 0 to ``limit`` and values ``(m,)`` from 0 to 1; both
            are fractions and shown as percent.
        limit: end of the horizontal axis.
        x_title: what lies on the horizontal axis.
        y_title: what lies on the vertical axis.
        mark: where a vertical line stands; None for no line.
        legend: inside the plot, in its lower right corner, or below it.

    Raises:
        InputError: no curve, more than six, a curve of fewer than two values, of two lengths, or not finite.
    """
    _check(curves)
    body = [_grid(limit, x_title, y_title)]
    if mark is not None and 0 < mark < limit:
        x = _x(mark, limit)
        body.append(f'<line class="mark" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{_BOTTOM}"/>')
    for number, (values, shares) in enumerate(curves.values()):
        path = " ".join(f"{_x(v, limit):.1f},{_y(s):.1f}" for v, s in zip(values, shares, strict=True))
        body.append(f'<polyline class="curve" {_stroke(number)} points="{path}"/>')
    body.append(_legend_inside(list(curves)) if legend == "inside" else _legend_below(list(curves)))
    height = HEIGHT if legend == "inside" else HEIGHT + _LEGEND_LINE * len(curves)
    light, dark = (
        "; ".join(f"--curve-{number}: {colour}" for number, colour in enumerate(colours))
        for colours in (CURVE_COLOURS, _DARK_COLOURS)
    )
    style = _STYLE.replace("LIGHT", light).replace("DARK", dark)
    label = html.escape(f"{y_title} over {x_title}: {', '.join(curves)}", quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="curves" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{label}"><style>{style}</style><rect class="ground" width="{WIDTH}" height="{height}"/>'
        f"{''.join(body)}</svg>"
    )


def _check(curves: Mapping[str, tuple[Array, Array]]) -> None:
    if not 1 <= len(curves) <= len(CURVE_COLOURS):
        raise InputError(f"a plot shows 1 to {len(CURVE_COLOURS)} curves; got {len(curves)}")
    for name, (values, shares) in curves.items():
        if len(values) != len(shares) or len(values) < 2:
            raise InputError(f"curve {name!r} must have two values or more a side; got {len(values)} and {len(shares)}")
        if not (np.isfinite(values).all() and np.isfinite(shares).all()):
            raise InputError(f"curve {name!r} must be finite numbers")


def _x(value: float, limit: float) -> float:
    return _LEFT + (_RIGHT - _LEFT) * float(value) / limit


def _y(share: float) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * float(share)


def _stroke(number: int) -> str:
    # The attribute is for viewers that know no CSS variables; in all others the style wins.
    dash = f' stroke-dasharray="{_DASHES[number]}"' if _DASHES[number] else ""
    return f'stroke="{CURVE_COLOURS[number]}" style="stroke: var(--curve-{number})"{dash}'


def _grid(limit: float, x_title: str, y_title: str) -> str:
    parts = []
    for step in range(6):
        share, y = step / 5, _y(step / 5)
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{_RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{_LEFT - 10}" y="{y:.1f}" dy=".35em" text-anchor="end">{100 * share:.0f} %</text>')
        x = _x(limit * share, limit)
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{_BOTTOM}"/>')
        parts.append(
            f'<text x="{x:.1f}" y="{_BOTTOM}" dy="1.5em" text-anchor="middle">{100 * limit * share:.3g} %</text>'
        )
    parts.append(f'<path class="axis" fill="none" d="M{_LEFT} {_TOP}V{_BOTTOM}H{_RIGHT}"/>')
    middle_x, middle_y = (_LEFT + _RIGHT) / 2, (_TOP + _BOTTOM) / 2
    parts.append(
        f'<text class="title" x="{middle_x:.0f}" y="{HEIGHT - 12}" text-anchor="middle">{html.escape(x_title)}</text>'
        f'<text class="title" transform="translate(16 {middle_y:.0f}) rotate(-90)" text-anchor="middle">'
        f"{html.escape(y_title)}</text>"
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
