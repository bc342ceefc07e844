"""The HTML page of an evaluation of detectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from facepoints import __version__
from facepoints.evaluation.detector_result import DetectorEvaluation
from facepoints.evaluation.detector_table import FigureTable, figure_tables
from facepoints.evaluation.detector_tiles import COLOURS, Gallery
from facepoints.evaluation.summary import percent
from facepoints.report import page as html

__all__ = ["detector_page"]


def detector_page(
    evaluation: DetectorEvaluation,
    overlaps: Sequence[float],
    plot: str | None,
    galleries: Sequence[Gallery],
    data: Path,
    settings: Mapping[str, str],
) -> str:
    """The document.

    Args:
        evaluation: what was measured.
        overlaps: least IoUs of a match, the main one first.
        plot: the precision-recall plot as SVG; None where not all faces are labelled.
        galleries: pictures of missed faces and of boxes that match none.
        data: folder of the labelled pictures.
        settings: what was run, on what and when.
    """
    parts = [_headline(evaluation, overlaps[0])]
    if evaluation.failed:
        names = [f"{failed.image}: {failed.reason}" for failed in evaluation.failed]
        parts.append(html.warning(f"Not evaluated, and in no figure: {len(names)} of the pictures", names))
    tables = figure_tables(evaluation, overlaps)
    parts.append(_table(evaluation, tables[0]))
    if plot is not None:
        sizes = evaluation.size_ranges[0]
        note = f"Faces of {sizes}, IoU {overlaps[0]:g}; the best precision at each recall or above, as the AP has it."
        parts.append(html.section("Precision and recall", note, f'<div class="plate chart">{plot}</div>'))
    parts += [_table(evaluation, table) for table in tables[1:]]
    for gallery in galleries:
        if gallery.tiles:
            pictures = html.legend(COLOURS) + html.gallery(gallery.tiles)
            parts.append(html.section(gallery.title, gallery.note, pictures))
    parts.append(html.section("Settings and data", "What was run, on what, and when.", html.definitions(settings)))
    lead = f"How well faces are found in {len(evaluation.pictures):,} pictures of {data.resolve().name}."
    return html.page("Face detection", f"facepoints {__version__}", lead, parts)


def _headline(evaluation: DetectorEvaluation, overlap: float) -> str:
    """Of the first detector."""
    name, found = next(iter(evaluation.found.items()))
    speed = ("Time", f"{np.median(found.milliseconds):.1f} ms", f"{found.title}; a picture, median, one thread")
    if not evaluation.complete:
        figures = evaluation.figures(name, overlap, evaluation.size_ranges[0])
        return html.stats(
            [
                ("Labelled faces found", f"{figures.found:,} of {figures.faces:,}", found.title),
                ("Other boxes", f"{figures.false_boxes:,}", f"{found.title}; some may be faces"),
                speed,
            ]
        )
    every, large = (evaluation.figures(name, overlap, sizes) for sizes in evaluation.size_ranges[:2])
    hint = f"{found.title}, IoU {overlap:g}; larger is better"
    main, larger = evaluation.size_ranges[:2]
    return html.stats(
        [
            (f"AP, faces of {main}", percent(every.average_precision, 1), hint),
            (f"AP, faces of {larger}", percent(large.average_precision, 1), hint),
            ("Recall", percent(every.recall_at_few_false, 1), f"{found.title}; at 1 false box in 10 pictures, {main}"),
            speed,
        ]
    )


def _table(evaluation: DetectorEvaluation, table: FigureTable) -> str:
    titles = [found.title for found in evaluation.found.values()]
    rows = [(name, [html.cell(text) for text in texts]) for name, texts in table.rows]
    return html.section(table.title, table.note, html.table(["", *titles], rows))
