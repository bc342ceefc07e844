"""The statistics of a data set as a page, a sheet of shapes, and JSON."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from facepoints import images
from facepoints.arrays import Floats, Image
from facepoints.datasets.shape_model import ShapeModel
from facepoints.datasets.statistics import MEASURES, DataStatistics
from facepoints.drawing import draw
from facepoints.faces import Faces
from facepoints.geometry import tight_boxes
from facepoints.report import page as html
from facepoints.report.contact_sheet import contact_sheet
from facepoints.report.curve_plot import round_limit
from facepoints.report.folder import report_json, write_files
from facepoints.report.histogram_plot import histogram_plot
from facepoints.scheme import POINT_COUNT

__all__ = ["draw_shape", "shape_tiles", "statistics_page", "write_statistics"]

_SIDE = 220
_GROUND = (24, 27, 33)
_FAR = 2.5
"""Standard deviations along a mode that are drawn."""

_ANGLES = ("yaw", "pitch", "roll")
_SHARES = ("face_share", "brightness")


def draw_shape(shape: Floats, size: int = _SIDE, *, width: float = 2.9) -> Image:
    """A shape as points and lines on a dark ground.

    Args:
        shape: ``(68, 2)`` in distances of the outer eye corners, its centre at the origin, as of a ``ShapeModel``.
        size: side of the picture in pixels.
        width: of what it shows, in distances of the outer eye corners.

    Raises:
        InputError: not such a shape.
    """
    points = (np.asarray(shape, dtype=np.float32) * np.float32(size / width) + np.float32((size - 1) / 2))[None]
    ground: Image = np.full((size, size, 3), _GROUND, dtype=np.uint8)
    ones = np.ones((1, POINT_COUNT), dtype=np.float32)
    return draw(ground, Faces(tight_boxes(points), ones[:, 0], points, ones), boxes=False)


def shape_tiles(model: ShapeModel) -> list[tuple[Image, str, str]]:
    """The mean shape, and both ends of each mode, 2.5 standard deviations from it, as (picture, headline, caption)."""
    tiles = [(draw_shape(model.mean), "Mean shape", "")]
    for mode, share in enumerate(model.shares):
        for amount in (-_FAR, _FAR):
            picture = draw_shape(model.shape(mode, amount))
            tiles.append((picture, f"Mode {mode + 1}: {amount:+.1f} SD", f"{share:.0%} of the variance"))
    return tiles


def statistics_page(statistics: DataStatistics) -> str:
    """The page: figures, percentiles, a histogram of each measure by split, mean shape and modes."""
    report = statistics.to_dict()
    figures = [
        (f"{name}: faces", f"{split['faces']:,}", f"{split['groups']:,} people or photos")
        for name, split in report["splits"].items()
    ]
    parts = [html.stats(figures), html.section("Percentiles", "Of all splits together.", _table(statistics))]
    for name in statistics.values:
        measure = MEASURES[name]
        plot = _histogram(name, statistics.of_splits(name))
        parts.append(html.section(measure.title, measure.note, f'<div class="plate chart">{plot}</div>'))
    if statistics.shapes is not None:
        note = (
            "The faces turned, scaled and shifted onto one another (Procrustes analysis), their mean, and the main "
            "ways in which they differ from it (principal components)."
        )
        parts.append(html.section("Shapes", note, html.gallery(shape_tiles(statistics.shapes))))
    return html.page("Data in numbers", "facepoints data stats", f"{statistics.path} ({statistics.layout})", parts)


def write_statistics(statistics: DataStatistics, folder: str | os.PathLike[str]) -> list[Path]:
    """Write ``statistics.html``, ``statistics.json``, a plot ``MEASURE.svg`` each, and ``shapes.png``.

    Args:
        statistics: of :func:`facepoints.datasets.statistics.data_statistics`.
        folder: made if it is not there.

    Returns:
        The files, sorted.

    Raises:
        InputError: the folder cannot be made or written to.
    """
    files = {
        "statistics.html": statistics_page(statistics).encode(),
        "statistics.json": report_json(statistics.to_dict()).encode(),
    }
    for name in statistics.values:
        files[f"{name}.svg"] = _histogram(name, statistics.of_splits(name)).encode()
    if statistics.shapes is not None:
        mean, *ends = shape_tiles(statistics.shapes)
        # A row for each mode, the mean in its middle.
        rows = [tile for low, high in zip(ends[::2], ends[1::2], strict=True) for tile in (low, mean, high)]
        captions = [f"{headline}\n{caption}" for _, headline, caption in rows]
        files["shapes.png"] = images.encode(contact_sheet([tile for tile, _, _ in rows], captions, 3), ".png")
    return write_files(folder, files)


def _table(statistics: DataStatistics) -> str:
    rows = []
    for name, values in statistics.values.items():
        found = np.percentile(values, (5, 25, 50, 75, 95))
        digits = 2 if name in _SHARES else 0
        rows.append((MEASURES[name].title, [html.cell(f"{value:.{digits}f}") for value in found]))
    return html.table(["Measure", "5 %", "25 %", "median", "75 %", "95 %"], rows)


def _histogram(name: str, values: Mapping[str, Floats]) -> str:
    most = max(float(np.abs(part).max()) for part in values.values())
    if name in _ANGLES:
        most = min(180.0, 15.0 * math.ceil(most / 15)) or 15.0
        span = (-most, most)
    else:
        span = (0.0, 1.0 if name in _SHARES and most <= 1 else round_limit(most))
    return histogram_plot(values, MEASURES[name].title, "Share of the faces", 40, span=span)
