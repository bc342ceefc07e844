"""The report on an evaluation of detectors: one HTML page, the same as JSON, the plot, and two contact sheets."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from facepoints import __version__, images
from facepoints.evaluation.detector_metrics import average_precision, best_precision
from facepoints.evaluation.detector_page import detector_page
from facepoints.evaluation.detector_result import DetectorEvaluation, Figures
from facepoints.evaluation.detector_tiles import COLOURS, missed_gallery, unmatched_gallery
from facepoints.evaluation.summary import percent
from facepoints.report.contact_sheet import tile_sheet
from facepoints.report.folder import report_json, write_files
from facepoints.report.precision_recall_plot import precision_recall_plot

__all__ = ["detector_report", "write_detector_report"]

_PLOT_POINTS = 300
_SHEET_COLUMNS = 6


def detector_report(
    evaluation: DetectorEvaluation, overlaps: Sequence[float], settings: Mapping[str, str]
) -> dict[str, Any]:
    """The report as plain lists, numbers and None, ready for JSON; shares are fractions, 0.9 being 90 %."""
    return {
        "facepoints": __version__,
        "settings": dict(settings),
        "detectors": {name: _detector(evaluation, name, overlaps) for name in evaluation.found},
        "pictures": [
            {"image": picture.image.as_posix(), "width": width, "height": height, "faces": len(picture.boxes)}
            for picture, (width, height) in zip(evaluation.pictures, evaluation.sizes, strict=True)
        ],
        "failed": [{"image": failed.image.as_posix(), "reason": failed.reason} for failed in evaluation.failed],
    }


def write_detector_report(
    evaluation: DetectorEvaluation,
    overlaps: Sequence[float],
    folder: str | os.PathLike[str],
    data: str | os.PathLike[str],
    settings: Mapping[str, str],
) -> list[Path]:
    """Write ``report.html``, ``report.json``, ``precision_recall.svg``, ``missed.png`` and ``unmatched.png``.

    Each is written whole or not at all. There is no plot where not all faces are labelled. The contact sheets are those
    of the first detector, and left out where there is nothing to show on them.

    Args:
        evaluation: what was measured.
        overlaps: least IoUs of a match, the main one first.
        folder: where to write; made if it does not exist.
        data: folder of the labelled pictures; the report names files relative to it.
        settings: what was run, on what and when, as the report shall say it.

    Returns:
        The paths of the files.

    Raises:
        InputError: the folder or a file cannot be written.
    """
    data = Path(data)
    plot = _plot(evaluation, overlaps[0]) if evaluation.complete else None
    galleries = [
        make(evaluation, name, overlaps[0], data)
        for name in evaluation.found
        for make in (missed_gallery, unmatched_gallery)
    ]
    report = detector_report(evaluation, overlaps, settings)
    files = {
        "report.json": f"{report_json(report)}\n".encode(),
        "report.html": detector_page(evaluation, overlaps, plot, galleries, data, settings).encode(),
    }
    if plot is not None:
        files["precision_recall.svg"] = plot.encode()
    for name, gallery in zip(("missed.png", "unmatched.png"), galleries, strict=False):
        if gallery.tiles:
            files[name] = images.encode(tile_sheet(gallery.tiles, _SHEET_COLUMNS, COLOURS), ".png")
    return write_files(folder, files)


def _detector(evaluation: DetectorEvaluation, name: str, overlaps: Sequence[float]) -> dict[str, Any]:
    found = evaluation.found[name]
    return {
        "title": found.title,
        "min_score": found.min_score,
        "milliseconds": round(float(np.median(found.milliseconds)), 3),
        "figures": [
            {"iou": overlap, "sizes": str(sizes), **_figures(evaluation.figures(name, overlap, sizes), evaluation)}
            for overlap in overlaps
            for sizes in evaluation.size_ranges
        ],
    }


def _figures(figures: Figures, evaluation: DetectorEvaluation) -> dict[str, Any]:
    known = {"faces": figures.faces, "found": figures.found, "recall": _plain(figures.recall)}
    if not evaluation.complete:
        return {**known, "other_boxes": figures.false_boxes}
    return {
        "average_precision": _plain(figures.average_precision),
        "recall_at_1_false_box_in_10_pictures": _plain(figures.recall_at_few_false),
        **known,
        "false_boxes": figures.false_boxes,
    }


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 6)


def _plot(evaluation: DetectorEvaluation, overlap: float) -> str | None:
    """The precision-recall plot of the main sizes; None where no face counts."""
    sizes = evaluation.size_ranges[0]
    curves = {}
    for name, found in evaluation.found.items():
        curve = evaluation.curve(name, overlap, sizes)
        if not curve.faces:
            return None
        recalls = np.linspace(0, curve.recall.max(initial=0.0), _PLOT_POINTS)
        precisions = np.append(best_precision(curve), 0.0)[np.searchsorted(curve.recall, recalls)]
        curves[f"{found.title}: AP {percent(average_precision(curve), 1)}"] = (recalls, precisions)
    return precision_recall_plot(curves, f"Recall of faces of {sizes}")
