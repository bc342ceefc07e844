"""The report on an evaluation of keypoints: one HTML page, the same as JSON, the worst faces and two plots."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from facepoints import __version__, images
from facepoints.evaluation.error_pictures import COLOURS, error_plot, error_tiles
from facepoints.evaluation.keypoints_page import keypoint_page
from facepoints.evaluation.keypoints_result import KeypointEvaluation
from facepoints.evaluation.summary import BOXES_TITLES
from facepoints.report.contact_sheet import tile_sheet
from facepoints.report.folder import report_json, write_files
from facepoints.report.reliability_plot import reliability_plot

__all__ = ["keypoint_report", "write_keypoint_report"]

_SHOWN = 16
_EXPECTED_TITLE = "Expected error, of the crop"
_TRUE_TITLE = "True error, of the crop"


def keypoint_report(evaluation: KeypointEvaluation, settings: Mapping[str, str]) -> dict[str, Any]:
    """The report as plain lists, numbers and None, ready for JSON; errors are fractions, 0.04 being 4 %."""
    return {"facepoints": __version__, "settings": dict(settings), **evaluation.to_dict()}


def write_keypoint_report(
    evaluation: KeypointEvaluation,
    folder: str | os.PathLike[str],
    data: str | os.PathLike[str],
    settings: Mapping[str, str],
) -> list[Path]:
    """Write ``report.json``, ``report.html``, ``ced.svg``, ``reliability.svg`` and ``worst.png``, each of them whole or
    not at all.

    ``worst.png`` shows the worst faces with true boxes if those were tried, else with the detector's. It and
    ``reliability.svg`` are left out where no face at all was found.

    Args:
        evaluation: what was measured.
        folder: where to write; made if it does not exist.
        data: folder of the labelled pictures; the report names files relative to it.
        settings: what was run, on what and when, as the report shall say it.

    Returns:
        The paths of the files.

    Raises:
        InputError: the folder or a file cannot be written.
    """
    data = Path(data)
    plot, reliability = _plot(evaluation), _reliability(evaluation)
    worst = {boxes: error_tiles(evaluation, boxes, evaluation.worst(boxes, _SHOWN), data) for boxes in evaluation.found}
    missed = {
        boxes: error_tiles(evaluation, boxes, evaluation.missed(boxes)[:_SHOWN], data) for boxes in evaluation.found
    }
    report = keypoint_report(evaluation, settings)
    files = {
        "report.json": f"{report_json(report)}\n".encode(),
        "ced.svg": plot.encode(),
        "report.html": keypoint_page(evaluation, plot, reliability, worst, missed, data, settings).encode(),
    }
    if reliability:
        files["reliability.svg"] = reliability.encode()
    for tiles in list(worst.values())[:1]:
        if tiles:
            files["worst.png"] = images.encode(tile_sheet(tiles, 4, COLOURS), ".png")
    return write_files(folder, files)


def _plot(evaluation: KeypointEvaluation) -> str:
    return error_plot({BOXES_TITLES[boxes]: evaluation.errors(boxes) for boxes in evaluation.found})


def _reliability(evaluation: KeypointEvaluation) -> str:
    """The reliability plot; empty where no face was found."""
    curves = {}
    for boxes in evaluation.found:
        calibration = evaluation.calibration(boxes)
        if len(calibration.counts):
            curves[f"{BOXES_TITLES[boxes]}, root mean square"] = calibration.expected_errors, calibration.rms_errors
            curves[f"{BOXES_TITLES[boxes]}, mean"] = calibration.expected_errors, calibration.mean_errors
    return reliability_plot(curves, _EXPECTED_TITLE, _TRUE_TITLE) if curves else ""
