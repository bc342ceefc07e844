"""The report on an evaluation of keypoints: one HTML page, the same as JSON, the worst faces and two plots."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from facepoints import __version__, images
from facepoints.arrays import Image
from facepoints.errors import InputError
from facepoints.evaluation.keypoints_page import COLOURS, Tile, keypoint_page
from facepoints.evaluation.keypoints_result import KeypointEvaluation
from facepoints.evaluation.metrics import cumulative_errors
from facepoints.evaluation.summary import BOXES_TITLES, Boxes, percent
from facepoints.files import atomic_write
from facepoints.report.ced_plot import ced_plot
from facepoints.report.comparison import comparison_tile
from facepoints.report.contact_sheet import contact_sheet
from facepoints.report.reliability_plot import reliability_plot

__all__ = ["keypoint_report", "make_folder", "write_keypoint_report"]

_SHOWN = 16
_CED_LIMIT = 0.10
_CED_TITLE = "NME by the distance of the outer eye corners"
_EXPECTED_TITLE = "Expected error, of the crop"
_TRUE_TITLE = "True error, of the crop"


def keypoint_report(evaluation: KeypointEvaluation, settings: Mapping[str, str]) -> dict[str, Any]:
    """The report as plain lists, numbers and None, ready for JSON; errors are fractions, 0.04 being 4 %."""
    return {"facepoints": __version__, "settings": dict(settings), **evaluation.to_dict()}


def make_folder(folder: str | os.PathLike[str]) -> None:
    """Make the folder for a report, before hours of work that it shall hold.

    Raises:
        InputError: it cannot be made, or written to.
    """
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: this folder cannot be made: {error.strerror or error}") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise InputError(f"{folder}: no permission to write to this folder")


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
    folder, data = Path(folder), Path(data)
    make_folder(folder)
    plot, reliability = _plot(evaluation), _reliability(evaluation)
    worst = {boxes: _tiles(evaluation, boxes, evaluation.worst(boxes, _SHOWN), data) for boxes in evaluation.found}
    missed = {boxes: _tiles(evaluation, boxes, evaluation.missed(boxes)[:_SHOWN], data) for boxes in evaluation.found}
    report = keypoint_report(evaluation, settings)
    files = {
        "report.json": (json.dumps(report, indent=1, ensure_ascii=False) + "\n").encode(),
        "ced.svg": plot.encode(),
        "report.html": keypoint_page(evaluation, plot, reliability, worst, missed, data, settings).encode(),
    }
    if reliability:
        files["reliability.svg"] = reliability.encode()
    for tiles in list(worst.values())[:1]:
        if tiles:
            files["worst.png"] = images.encode(_sheet(tiles), ".png")
    for name, content in files.items():
        with atomic_write(folder / name) as temporary:
            temporary.write_bytes(content)
    return [folder / name for name in sorted(files)]


def _plot(evaluation: KeypointEvaluation) -> str:
    limits = np.linspace(0, _CED_LIMIT, 201)
    curves = {
        BOXES_TITLES[boxes]: (limits, cumulative_errors(evaluation.errors(boxes), limits)) for boxes in evaluation.found
    }
    return ced_plot(curves, _CED_TITLE)


def _reliability(evaluation: KeypointEvaluation) -> str:
    """The reliability plot; empty where no face was found."""
    curves = {}
    for boxes in evaluation.found:
        calibration = evaluation.calibration(boxes)
        if len(calibration.counts):
            curves[f"{BOXES_TITLES[boxes]}, root mean square"] = calibration.expected_errors, calibration.rms_errors
            curves[f"{BOXES_TITLES[boxes]}, mean"] = calibration.expected_errors, calibration.mean_errors
    return reliability_plot(curves, _EXPECTED_TITLE, _TRUE_TITLE) if curves else ""


def _tiles(evaluation: KeypointEvaluation, boxes: Boxes, rows: np.ndarray, data: Path) -> list[Tile]:
    errors = evaluation.errors(boxes)
    tiles = []
    for row in rows:
        path = evaluation.images[row]
        picture = comparison_tile(images.read(path), evaluation.true_keypoints[row], evaluation.found[boxes][row])
        headline = f"NME {percent(errors[row], 1)}" if np.isfinite(errors[row]) else "Not found"
        name = path.relative_to(data) if path.is_relative_to(data) else path
        tiles.append((picture, headline, name.as_posix()))
    return tiles


def _sheet(tiles: Sequence[Tile]) -> Image:
    captions = [f"{headline}\n{name}" for _, headline, name in tiles]
    return contact_sheet([picture for picture, _, _ in tiles], captions, columns=4, legend=COLOURS)
