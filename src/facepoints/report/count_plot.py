"""Counts over the bins of one axis, as one SVG element."""

from __future__ import annotations

import html
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from facepoints.errors import InputError
from facepoints.report.curve_plot import CURVE_COLOURS, round_limit
from facepoints.report.plot_style import plot_style

__all__ = ["BinAxis", "count_plot"]

WIDTH, HEIGHT = 520, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 74, 504, 14, 250
_GAP = 1.0
"""Between two bars."""

_STYLE = plot_style(
    "counts",
    [f".bar {{ fill: {CURVE_COLOURS[0]}; fill: var(--bar) }}", ".bar:hover { opacity: .7 }"],
    f"--bar: {CURVE_COLOURS[0]}",
    "--bar: #7aa7ff",
    phone=22,
)


@dataclass(frozen=True)
class BinAxis:
    """The axis that the bins lie on.

    Attributes:
        title: what lies on it.
        ticks: values that are written beside it.
        log: equal distances stand for equal ratios; all edges must be above 0.
        unit: goes with values: ``"px"``.
    """

    title: str
    ticks: Sequence[float]
    log: bool = False
    unit: str = ""


def count_plot(edges: Sequence[float], counts: Sequence[int], x: BinAxis, y_title: str) -> str:
    """Draw a histogram as one SVG element that follows the reader's light or dark theme.

    Args:
        edges: of the bins, rising, one more than ``counts``.
        counts: 0 or more each. A pointer on a bar shows its count.
        x: the axis of the bins; ticks beyond the edges are left out.
        y_title: what is counted.

    Raises:
        InputError: no bins, edges that do not rise, another number of them, or edges of 0 or less on a log axis.
    """
    _check(edges, counts, x)
    limit = _limit(max(counts))
    body = [_grid(limit), _ticks(edges, x), _bars(edges, counts, x, limit)]
    body.append(f'<path class="axis" fill="none" d="M{_LEFT} {_BOTTOM}H{_RIGHT}"/>')
    middle_x, middle_y = (_LEFT + _RIGHT) / 2, (_TOP + _BOTTOM) / 2
    body.append(
        f'<text class="title" x="{middle_x:.0f}" y="{HEIGHT - 12}" text-anchor="middle">{html.escape(x.title)}</text>'
        f'<text class="title" transform="translate(16 {middle_y:.0f}) rotate(-90)" text-anchor="middle">'
        f"{html.escape(y_title)}</text>"
    )
    label = html.escape(f"Histogram: {y_title} over {x.title}", quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="counts" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{label}"><style>{_STYLE}</style><rect class="ground" width="{WIDTH}" height="{HEIGHT}"/>'
        f"{''.join(body)}</svg>"
    )


def _check(edges: Sequence[float], counts: Sequence[int], x: BinAxis) -> None:
    if not counts or len(edges) != len(counts) + 1:
        raise InputError(f"a histogram needs one edge more than counts; got {len(edges)} and {len(counts)}")
    if any(not low < high for low, high in itertools.pairwise(edges)):
        raise InputError("the edges of a histogram must rise")
    if x.log and edges[0] <= 0:
        raise InputError(f"the edges on a log axis must be above 0; the first one is {edges[0]:g}")


def _limit(largest: int) -> float:
    """Where the axis of counts ends, its five steps being whole numbers."""
    limit = round_limit(max(largest, 5))
    return limit if limit % 5 == 0 else 5.0 * math.ceil(limit / 5)


def _across(value: float, edges: Sequence[float], x: BinAxis) -> float:
    low, high, value = (math.log(each) if x.log else each for each in (edges[0], edges[-1], value))
    return _LEFT + (_RIGHT - _LEFT) * (value - low) / (high - low)


def _up(count: float, limit: float) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * count / limit


def _grid(limit: float) -> str:
    parts = []
    for step in range(6):
        value = limit * step / 5
        row = f"{_up(value, limit):.1f}"
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{_RIGHT}" y1="{row}" y2="{row}"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{row}" dy=".35em" text-anchor="end">{_short(value, limit)}</text>')
    return "".join(parts)


def _short(count: float, limit: float) -> str:
    """A count beside its axis: in thousands (k), millions (M) or billions (G) where the axis reaches these."""
    for least, unit, sign in ((1e9, 1e9, "G"), (1e6, 1e6, "M"), (1e4, 1e3, "k")):
        if limit >= least and count:
            return f"{count / unit:g} {sign}"
    return f"{count:,.0f}"


def _ticks(edges: Sequence[float], x: BinAxis) -> str:
    parts = []
    for tick in x.ticks:
        if edges[0] <= tick <= edges[-1]:
            column = f"{_across(tick, edges, x):.1f}"
            parts.append(f'<line class="axis" x1="{column}" x2="{column}" y1="{_BOTTOM}" y2="{_BOTTOM + 5}"/>')
            parts.append(f'<text x="{column}" y="{_BOTTOM + 4}" dy="1.2em" text-anchor="middle">{tick:g}</text>')
    return "".join(parts)


def _bars(edges: Sequence[float], counts: Sequence[int], x: BinAxis, limit: float) -> str:
    parts = []
    unit = f" {x.unit}" if x.unit else ""
    for low, high, count in zip(edges, edges[1:], counts, strict=False):
        if not count:
            continue
        left, right = _across(low, edges, x), _across(high, edges, x)
        # Where there is much, a few must still be seen.
        top = min(_up(count, limit), _BOTTOM - 1.0)
        told = html.escape(f"{low:g} to {high:g}{unit}: {count:,}")
        parts.append(
            f'<rect class="bar" x="{left + _GAP / 2:.1f}" y="{top:.1f}" width="{right - left - _GAP:.1f}" '
            f'height="{_BOTTOM - top:.1f}"><title>{told}</title></rect>'
        )
    return "".join(parts)
