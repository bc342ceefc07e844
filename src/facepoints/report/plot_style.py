"""The look that all plots share: their fonts and colours, which follow the reader's light or dark theme."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["plot_style"]

_STYLE = """
.NAME { font: 14px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; --ink: #1c2430; --quiet: #5b6675;
  --grid: #dfe4ea; --plate: #ffffff; LIGHT }
.NAME text { fill: var(--quiet, #5b6675); font-variant-numeric: tabular-nums }
.NAME .title { fill: var(--ink, #1c2430) }
.NAME .grid { stroke: var(--grid, #dfe4ea); stroke-width: 1 }
.NAME .axis { stroke: var(--quiet, #5b6675); stroke-width: 1.2 }
.NAME .ground { fill: var(--plate, #ffffff) }
RULES
@media (max-width: 600px) { .NAME { font-size: PHONEpx } }
@media (prefers-color-scheme: dark) {
  .NAME { --ink: #eef1f5; --quiet: #a3adba; --grid: #323a45; --plate: #181c22; DARK }
}
"""


def plot_style(name: str, rules: Sequence[str], light: str, dark: str, phone: int) -> str:
    """The style sheet of plots of one kind.

    Args:
        name: class of their SVG elements.
        rules: more rules, for things inside these.
        light: declarations of more colours in the light theme.
        dark: the same colours in the dark theme.
        phone: size of the font on a narrow screen, where the plot is scaled down.
    """
    style = _STYLE.replace("RULES", "\n".join(f".NAME {rule}" for rule in rules))
    return style.replace("NAME", name).replace("LIGHT", light).replace("DARK", dark).replace("PHONE", str(phone))
