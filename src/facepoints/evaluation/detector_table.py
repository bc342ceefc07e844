"""The figures of detectors side by side, in words and numbers, for the terminal and for the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from facepoints.evaluation.detector_result import DetectorEvaluation
from facepoints.evaluation.summary import percent

__all__ = ["FigureTable", "figure_tables"]

_PRECISION = (
    "Over all candidates, those below the default threshold too: the area under precision over recall, all points. A "
    "box finds the labelled face that it overlaps most, if no box with a higher score has found that one. Invalid "
    "faces and those of other sizes (of the longer side of the box; the number of faces stands in brackets) are "
    "ignored: they do not count, and a box on one of them is neither right nor false. What matches no face is false "
    "whatever its size. The rules are those of WIDER FACE and PASCAL VOC."
)
_FEW_FALSE = (
    "Share of the faces that are found at 0.1 false positives per image: with the threshold of each detector set so "
    "that it gives 1 false box in 10 of these pictures."
)
_AS_SHIPPED = (
    "Share of the faces that are found by who sets no threshold. A second box on a face that is found already matches "
    "none."
)
_SINGLE = (
    "One face of each picture is labelled; others may be in it, so a box that matches no label may be right, and there "
    "is no average precision. The labelled box is the tight box of the points and a quarter of its height above. A "
    "second box on the labelled face matches none."
)
_ABOUT = "The time is that of the detector alone, in one thread, without decoding the picture."


@dataclass(frozen=True)
class FigureTable:
    """A part of the figures.

    Attributes:
        title: what the part is about.
        note: how to read it.
        rows: name of each row and its cells, one a detector.
    """

    title: str
    note: str
    rows: list[tuple[str, list[str]]]


def figure_tables(evaluation: DetectorEvaluation, overlaps: Sequence[float]) -> list[FigureTable]:
    """All figures; overlaps are the least IoUs of a match, the first of which is the main one."""
    judge = _judge_complete if evaluation.complete else _judge_single
    return [*(table for overlap in overlaps for table in judge(evaluation, overlap)), _about_detectors(evaluation)]


def _judge_complete(evaluation: DetectorEvaluation, overlap: float) -> list[FigureTable]:
    figures = {
        sizes: [evaluation.figures(name, overlap, sizes) for name in evaluation.found]
        for sizes in evaluation.size_ranges
    }

    def rows(cell: str) -> list[tuple[str, list[str]]]:
        return [
            (f"{sizes} ({columns[0].faces:,})", [percent(getattr(each, cell), 1) for each in columns])
            for sizes, columns in figures.items()
        ]

    main = figures[evaluation.size_ranges[0]]
    false_boxes = ("Boxes matching none", [f"{each.false_boxes:,}" for each in main])
    return [
        FigureTable(f"Average precision, IoU {overlap:g}", _PRECISION, rows("average_precision")),
        FigureTable(f"Recall at FPPI 0.1, IoU {overlap:g}", _FEW_FALSE, rows("recall_at_few_false")),
        FigureTable(f"At the default threshold, IoU {overlap:g}", _AS_SHIPPED, [*rows("recall"), false_boxes]),
    ]


def _judge_single(evaluation: DetectorEvaluation, overlap: float) -> list[FigureTable]:
    (sizes,) = evaluation.size_ranges
    columns = [evaluation.figures(name, overlap, sizes) for name in evaluation.found]
    rows = [
        ("Labelled face found", [f"{each.found:,} of {each.faces:,}" for each in columns]),
        ("Share of them", [percent(each.recall) for each in columns]),
        ("Boxes matching none", [f"{each.false_boxes:,}" for each in columns]),
    ]
    return [FigureTable(f"At the default threshold, IoU {overlap:g}", _SINGLE, rows)]


def _about_detectors(evaluation: DetectorEvaluation) -> FigureTable:
    found = list(evaluation.found.values())
    thresholds = [f"{each.min_score:g}" if each.min_score > 0 else "all boxes" for each in found]
    times = [f"{np.median(each.milliseconds):.1f}" for each in found]
    rows = [("Default threshold", thresholds), ("Median ms a picture", times)]
    return FigureTable("Detectors", _ABOUT, rows)
