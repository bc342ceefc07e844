"""The HTML page of an evaluation of keypoints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from facepoints import __version__
from facepoints.evaluation.calibration import CALIBRATION_FIGURES, calibration_figure
from facepoints.evaluation.error_pictures import COLOURS
from facepoints.evaluation.keypoints import MATCH_IOU
from facepoints.evaluation.keypoints_result import KeypointEvaluation
from facepoints.evaluation.summary import BOXES_TITLES, FIGURES, Boxes, KeypointSummary, percent
from facepoints.report import page as html
from facepoints.report.contact_sheet import Tile

__all__ = ["keypoint_page"]

Summaries = Mapping[Boxes, KeypointSummary]


def keypoint_page(
    evaluation: KeypointEvaluation,
    plot: str,
    reliability: str,
    worst: Mapping[Boxes, Sequence[Tile]],
    missed: Mapping[Boxes, Sequence[Tile]],
    data: Path,
    settings: Mapping[str, str],
) -> str:
    """The document.

    Args:
        evaluation: what was measured.
        plot: the CED plot as SVG.
        reliability: the reliability plot as SVG; empty where no face was found.
        worst: pictures of the worst of the found faces, for each kind of boxes.
        missed: pictures of faces that were not found, for each kind of boxes.
        data: folder of the labelled pictures.
        settings: what was run, on what and when.
    """
    summaries = {boxes: evaluation.summary(boxes) for boxes in evaluation.found}
    parts = [_headline(summaries)]
    if evaluation.failed:
        names = [f"{failed.image}: {failed.reason}" for failed in evaluation.failed]
        parts.append(html.warning(f"Not evaluated, and in no figure: {len(names)} of the labelled faces", names))
    parts += [_accuracy(summaries), _curves(plot), _regions(summaries)]
    if reliability:
        parts.append(_confidence(evaluation, reliability))
    for boxes, title in BOXES_TITLES.items():
        if worst.get(boxes):
            pictures = html.legend(COLOURS) + html.gallery(worst[boxes])
            parts.append(html.section(f"Worst faces, {title.lower()}", "Those with the largest errors.", pictures))
        if missed.get(boxes):
            count = summaries[boxes].missed
            note = f"{len(missed[boxes])} of the {count} that were not found, with their true points."
            parts.append(html.section(f"Missed faces, {title.lower()}", note, html.gallery(missed[boxes])))
    parts.append(html.section("Settings and data", "What was run, on what, and when.", html.definitions(settings)))
    count = len(evaluation.images)
    lead = f"How far the found keypoints lie from the labelled ones, on {count} faces of {data.resolve().name}."
    return html.page("Keypoint accuracy", f"facepoints {__version__}", lead, parts)


def _headline(summaries: Summaries) -> str:
    boxes, summary = next(iter(summaries.items()))
    title = BOXES_TITLES[boxes].lower()
    figures = [
        ("NME", percent(summary.nme), f"{title}; smaller is better"),
        ("AUC at 8 %", percent(summary.auc_8, 1), f"{title}; larger is better"),
        ("Failure rate at 8 %", percent(summary.failure_rate_8, 1), f"{title}; smaller is better"),
    ]
    if "detector" in summaries:
        found = summaries["detector"]
        figures.append(("Found by the detector", f"{found.found} of {found.faces}", f"{found.missed} missed"))
    return html.stats(figures)


def _accuracy(summaries: Summaries) -> str:
    rows = [("Faces found", [html.cell(f"{summary.found} of {summary.faces}") for summary in summaries.values()])]
    for key, title in FIGURES.items():
        rows.append((title, [html.cell(percent(getattr(summary, key))) for summary in summaries.values()]))
    note = (
        "NME is the mean distance of the 68 points over the distance of the outer eye corners (points 36 and 45), or "
        "over the square root of the area of the points' tight box. NME is of the faces found; in the failure rates "
        f"and the AUC a missed face counts as a failure. A face is found if its points' box overlaps the true one by "
        f"{MATCH_IOU:g} (IoU) or more."
    )
    return html.section("Accuracy", note, html.table(["", *_titles(summaries)], rows))


def _curves(plot: str) -> str:
    note = (
        "The share of all faces whose error is at most so large. Missed faces never get in. The dotted line is at 8 %."
    )
    return html.section("Cumulative error distribution", note, f'<div class="plate chart">{plot}</div>')


def _regions(summaries: Summaries) -> str:
    columns = [summary.regions for summary in summaries.values()]
    largest = max((error for column in columns for error in column.values() if error > 0), default=1.0)
    rows = [(name.capitalize(), [_region_cell(column[name], largest) for column in columns]) for name in columns[0]]
    note = "NME over the points of each region, of the faces found, by the distance of the outer eye corners."
    return html.section("Regions", note, html.table(["", *_titles(summaries)], rows))


def _confidence(evaluation: KeypointEvaluation, plot: str) -> str:
    calibrations = {boxes: evaluation.calibration(boxes) for boxes in evaluation.found}
    rows = [
        (title, [html.cell(calibration_figure(getattr(each, key))) for each in calibrations.values()])
        for key, title in CALIBRATION_FIGURES.items()
    ]
    note = (
        "Do the scores say how far off the points are? The score of a point promises an error; here the points of the "
        "found faces stand in ten groups by that promise, each against its true errors. On the diagonal the promise is "
        "kept; above it the points are worse. Errors are over the side of the crop that the network sees, about 2.1 "
        "outer-eye distances on a frontal face."
    )
    meaning = (
        "The quality of a point is what its score foretells: 1 where it is right, 0.61 where it is off by 4 % of the "
        "crop's side. The expected calibration error is the difference of score and quality in each group, averaged (0 "
        "is perfect). The rank correlation (Spearman) tells whether what should be worse is worse (1 is perfect)."
    )
    chart = html.section("Confidence", note, f'<div class="plate chart">{plot}</div>')
    table = html.table(["", *(BOXES_TITLES[boxes] for boxes in calibrations)], rows)
    return chart + html.section("Calibration of the scores", meaning, table)


def _region_cell(error: float, largest: float) -> str:
    return html.bar(percent(error), error / largest) if error == error else html.cell(percent(error))


def _titles(summaries: Summaries) -> list[str]:
    return [BOXES_TITLES[boxes] for boxes in summaries]
