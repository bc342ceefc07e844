"""Parts of a self-contained HTML report: one file, pictures inside, no script, nothing fetched from elsewhere.

Every function escapes the text that it is given; what is called ``html`` in arguments is taken as it is.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib import resources

from facepoints import images
from facepoints.arrays import Image

__all__ = [
    "bar",
    "cell",
    "charts",
    "definitions",
    "gallery",
    "legend",
    "page",
    "section",
    "stats",
    "subsection",
    "table",
    "warning",
]


def page(title: str, eyebrow: str, lead: str, html: Iterable[str]) -> str:
    """A whole document.

    Args:
        title: heading, and title of the browser's tab.
        eyebrow: short line above the heading.
        lead: paragraph below the heading.
        html: the page's parts, from the other functions of this module.
    """
    style = resources.files("facepoints.report").joinpath("style.css").read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
        f'<header><p class="eyebrow">{escape(eyebrow)}</p><h1>{escape(title)}</h1><p>{escape(lead)}</p></header>\n'
        + "\n".join(html)
        + "\n</main>\n</body>\n</html>\n"
    )


def section(title: str, note: str, html: str) -> str:
    """A part of the page under its own heading; ``note`` says how to read it."""
    return f'<section><h2>{escape(title)}</h2><p class="note">{escape(note)}</p>{html}</section>'


def subsection(title: str, html: str) -> str:
    """A part of a section under a smaller heading."""
    return f"<h3>{escape(title)}</h3>{html}"


def stats(items: Iterable[tuple[str, str, str]]) -> str:
    """Large figures in a row, each as (label, value, hint)."""
    tiles = "".join(
        f'<div class="plate"><div class="label">{escape(label)}</div><div class="value">{escape(value)}</div>'
        f'<div class="hint">{escape(hint)}</div></div>'
        for label, value, hint in items
    )
    return f'<div class="stats">{tiles}</div>'


def cell(text: str) -> str:
    """An ordinary cell of a table."""
    return f"<td>{escape(text)}</td>"


def bar(text: str, share: float) -> str:
    """A cell of a table with a bar behind its text; ``share`` from 0 to 1 is the bar's length."""
    style = f"width: calc((100% - 24px - 5em) * {min(max(share, 0.0), 1.0):.3f})"
    return f'<td class="bar"><i style="{style}"></i><span>{escape(text)}</span></td>'


def table(headings: Sequence[str], rows: Iterable[tuple[str, Sequence[str]]]) -> str:
    """A table; each row is its name and its cells, which :func:`cell` or :func:`bar` made."""
    head = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in headings)
    body = "".join(f'<tr><th scope="row">{escape(name)}</th>{"".join(cells)}</tr>' for name, cells in rows)
    return f'<div class="plate scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def legend(entries: Mapping[str, tuple[int, int, int]]) -> str:
    """What the colours (RGB) in pictures mean."""
    items = "".join(
        f'<li><i style="background: rgb({red} {green} {blue})"></i>{escape(name)}</li>'
        for name, (red, green, blue) in entries.items()
    )
    return f'<ul class="legend">{items}</ul>'


def charts(plots: Iterable[str]) -> str:
    """Plots, as SVG, side by side where there is room."""
    plates = "".join(f'<div class="plate chart">{plot}</div>' for plot in plots)
    return f'<div class="charts">{plates}</div>'


def gallery(items: Iterable[tuple[Image, str, str]], *, large: bool = False) -> str:
    """Pictures in a grid, each as (RGB picture, its headline, its caption); ``large`` ones take twice the width."""
    figures = "".join(
        f'<figure><img src="{_as_url(picture)}" alt="{escape(f"{headline}: {caption}", quote=True)}" '
        f'width="{picture.shape[1]}" height="{picture.shape[0]}">'
        f"<figcaption><b>{escape(headline)}</b>{escape(caption)}</figcaption></figure>"
        for picture, headline, caption in items
    )
    return f'<div class="gallery{" large" if large else ""}">{figures}</div>'


def definitions(items: Mapping[str, str]) -> str:
    """Names and their values, such as the settings of a run."""
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in items.items())
    return f'<div class="plate"><dl>{rows}</dl></div>'


def warning(title: str, items: Sequence[str]) -> str:
    """A list of what went wrong, which stands out."""
    rows = "".join(f"<li>{escape(item)}</li>" for item in items)
    return (
        f'<section><details class="plate warning" open><summary>{escape(title)}</summary>'
        f"<ul>{rows}</ul></details></section>"
    )


def _as_url(picture: Image) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(images.encode(picture, ".jpg", 88)).decode("ascii")
