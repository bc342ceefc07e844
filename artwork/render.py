"""Make the PNG pictures of the filters from their SVG sources: python artwork/render.py [FILTER...]

Needs resvg-py, which comes with the extra [dev]. The sources of hair and straw are drawn by strokes.py.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
import resvg_py

SOURCES = Path(__file__).parent
ART = SOURCES.parent / "src" / "facepoints" / "filters" / "art"

STRAW = {
    "straw-hat/side": (False, 0.75),
    "straw-hat/brim": (True, 0.7),
    "straw-hat/under": (True, 0.5),
    "straw-hat/top": (True, 0.6),
    "straw-hat/edge": (False, 0.5),
}
"""Pictures that lie on straw: whether its braids run in circles, and how large they are."""

NOT_SHIPPED = {"straw-hat/weave"}


def render(source: Path) -> np.ndarray:
    """BGRA ``uint8`` in the size that the SVG file names."""
    data = resvg_py.svg_to_bytes(svg_path=str(source), skip_system_fonts=True)
    return cv2.imdecode(np.frombuffer(bytes(data), dtype=np.uint8), cv2.IMREAD_UNCHANGED)


def on_straw(light: np.ndarray, round_: bool, zoom: float) -> np.ndarray:
    """Lay light and shadow (BGRA) over straw; a disc if the braids run in circles."""
    tile = cv2.resize(
        render(SOURCES / "straw-hat" / "weave.svg")[..., :3], None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA
    )
    height, width = light.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    cover = np.ones((height, width), dtype=np.float32)
    if round_:
        x, y = x - (width - 1) / 2, y - (height - 1) / 2
        radius, angle = np.hypot(x, y), np.arctan2(y, x)
        cover = np.clip(width / 2 - 1 - radius, 0, 1)
        # A whole number of tiles around, about as wide there as the tile is in the outer half.
        around = max(1, round(0.8 * np.pi * width / tile.shape[1]))
        x, y = (angle / (2 * np.pi) + 0.5) * around * tile.shape[1], width / 2 - radius
    rows, columns = (
        np.mod(values, size).astype(np.float32) for values, size in ((y, tile.shape[0]), (x, tile.shape[1]))
    )
    straw = cv2.remap(tile, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    alpha = light[..., 3:] / np.float32(255)
    colour = straw * (1 - alpha) + light[..., :3] * alpha
    # The file becomes much smaller, and straw shows no steps of 8.
    colour = np.minimum(np.round(colour / 8) * 8, 255)
    return np.concatenate([colour, cover[..., None] * 255], axis=2).round().astype(np.uint8)


def write(target: Path, picture: np.ndarray) -> None:
    cv2.imwrite(str(target), picture, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    print(f"{target.relative_to(SOURCES.parent)}: {target.stat().st_size / 1000:.0f} kB")


def main(names: list[str]) -> None:
    for source in sorted(SOURCES.glob("*/*.svg")):
        name, folder = f"{source.parent.name}/{source.stem}", ART / source.parent.name
        if name in NOT_SHIPPED or (names and source.parent.name not in names):
            continue
        folder.mkdir(parents=True, exist_ok=True)
        picture = render(source)
        if name in STRAW:
            picture = on_straw(picture, *STRAW[name])
        write(folder / f"{source.stem}.png", picture)


if __name__ == "__main__":
    main(sys.argv[1:])
