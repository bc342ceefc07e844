"""Many small pictures on one sheet, with captions."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import cv2
import numpy as np

from facepoints.arrays import Image, as_image
from facepoints.errors import InputError

__all__ = ["Tile", "contact_sheet", "tile_sheet"]

Tile = tuple[Image, str, str]
"""A picture, its headline, and the name of its file."""

BACKGROUND = (24, 27, 33)
INK = (226, 230, 236)
MARGIN = 16
_FONT, _FONT_SCALE, _LINE = cv2.FONT_HERSHEY_SIMPLEX, 0.45, 20


def contact_sheet(
    tiles: Sequence[Image],
    captions: Sequence[str],
    columns: int = 4,
    legend: Mapping[str, tuple[int, int, int]] | None = None,
) -> Image:
    """Put pictures side by side, row by row, each with its caption below.

    Args:
        tiles: RGB pictures of any sizes; each stands in the middle of a cell as large as the largest of them.
        captions: one a tile, of one or more lines; a line that is too long loses its middle. The font of OpenCV has
            ASCII only; other characters come out as "?".
        columns: tiles in a row, at most.
        legend: what the colours (RGB) in the tiles mean, told in a line above them.

    Raises:
        InputError: no tiles, not one caption a tile, or ``columns`` is not above 0.
    """
    if not tiles or len(tiles) != len(captions):
        raise InputError(f"a contact sheet needs tiles and one caption for each; got {len(tiles)} and {len(captions)}")
    if columns < 1:
        raise InputError(f"columns must be at least 1; got {columns}")
    lines = [_ascii(caption).splitlines() for caption in captions]
    height, width = (max(as_image(tile).shape[axis] for tile in tiles) for axis in (0, 1))
    cell_height = height + _LINE * max(len(text) for text in lines) + MARGIN
    columns = min(columns, len(tiles))
    rows = -(-len(tiles) // columns)
    start = MARGIN + (_LINE + MARGIN if legend else 0)
    shape = (start + rows * cell_height, MARGIN + columns * (width + MARGIN), 3)
    sheet: Image = np.full(shape, BACKGROUND, dtype=np.uint8)
    if legend:
        _draw_legend(sheet, legend)
    places = itertools.product(range(rows), range(columns))
    for tile, text, (row, column) in zip(tiles, lines, places, strict=False):
        top, left = start + row * cell_height, MARGIN + column * (width + MARGIN)
        y, x = top + (height - tile.shape[0]) // 2, left + (width - tile.shape[1]) // 2
        sheet[y : y + tile.shape[0], x : x + tile.shape[1]] = tile
        for number, line in enumerate(text, start=1):
            _write(sheet, _shortened(line, width), left, top + height + number * _LINE - 4)
    return sheet


def tile_sheet(tiles: Sequence[Tile], columns: int, legend: Mapping[str, tuple[int, int, int]]) -> Image:
    """A :func:`contact_sheet` of pictures with a headline and a name below each."""
    captions = [f"{headline}\n{name}" for _, headline, name in tiles]
    return contact_sheet([picture for picture, _, _ in tiles], captions, columns, legend)


def _draw_legend(sheet: Image, legend: Mapping[str, tuple[int, int, int]]) -> None:
    x, baseline = MARGIN, MARGIN + _LINE - 5
    for name, colour in legend.items():
        cv2.circle(sheet, (x + 5, baseline - 5), 5, colour, -1, cv2.LINE_AA)
        _write(sheet, _ascii(name), x + 17, baseline)
        x += 17 + _text_width(_ascii(name)) + 24


def _write(sheet: Image, text: str, x: int, baseline: int) -> None:
    cv2.putText(sheet, text, (x, baseline), _FONT, _FONT_SCALE, INK, 1, cv2.LINE_AA)


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode()


def _shortened(line: str, width: int) -> str:
    """``line``, without as much of its middle as it takes to fit ``width`` pixels."""
    kept = len(line)
    shown = line
    while kept > 2 and _text_width(shown) > width:
        kept -= 1
        shown = f"{line[: kept // 2]}...{line[len(line) - (kept - kept // 2) :]}"
    return shown


def _text_width(text: str) -> int:
    return int(cv2.getTextSize(text, _FONT, _FONT_SCALE, 1)[0][0])
