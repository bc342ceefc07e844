"""Errors of keypoints to look at: the CED curves of several networks, and faces with their true and found points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from facepoints import images
from facepoints.arrays import Array, Image
from facepoints.evaluation.keypoints_result import KeypointEvaluation
from facepoints.evaluation.metrics import cumulative_errors
from facepoints.evaluation.summary import Boxes, percent
from facepoints.report.ced_plot import ced_plot
from facepoints.report.comparison import FOUND_COLOUR, TRUE_COLOUR, comparison_tile
from facepoints.report.contact_sheet import Tile, tile_sheet

__all__ = ["COLOURS", "error_plot", "error_sheet", "error_tiles"]

COLOURS = {"true points": TRUE_COLOUR, "found points": FOUND_COLOUR}
"""What the colours in the pictures of faces mean."""

_CED_TITLE = "NME by the distance of the outer eye corners"
_VALUES = 201


def error_plot(errors: Mapping[str, Array], limit: float = 0.10) -> str:
    """The CED curves of several sets of errors, as one SVG element.

    Args:
        errors: for each name in the legend, the NME of each face ``(n,)``, infinite where it was not found, such as
            ``KeypointEvaluation.errors`` gives.
        limit: error at which the plot ends, 0.10 being 10 %.

    Raises:
        InputError: no errors, more than six sets of them, or an empty one, or ``limit`` is not above 0.
    """
    limits = np.linspace(0, limit, _VALUES)
    return ced_plot({name: (limits, cumulative_errors(each, limits)) for name, each in errors.items()}, _CED_TITLE)


def error_sheet(evaluation: KeypointEvaluation, boxes: Boxes, rows: Sequence[int] | Array, columns: int = 4) -> Image:
    """Some faces of an evaluation on one sheet, each with its true and its found points and its error.

    Args:
        evaluation: what was measured.
        boxes: whose points to show.
        rows: of the faces, such as ``evaluation.worst(boxes, 8)``.
        columns: faces in a row, at most.

    Raises:
        InputError: no rows, or ``columns`` is not above 0.
        ImageError: a picture cannot be read any more.
    """
    return tile_sheet(error_tiles(evaluation, boxes, rows), columns, COLOURS)


def error_tiles(
    evaluation: KeypointEvaluation, boxes: Boxes, rows: Sequence[int] | Array, data: Path | None = None
) -> list[Tile]:
    """The faces of :func:`error_sheet` one by one.

    Args:
        evaluation: what was measured.
        boxes: whose points to show.
        rows: of the faces.
        data: folder of the pictures, which are named relative to it; None for their bare names.
    """
    errors = evaluation.errors(boxes)
    tiles = []
    for row in rows:
        path = evaluation.images[row]
        picture = comparison_tile(images.read(path), evaluation.true_keypoints[row], evaluation.found[boxes][row])
        headline = f"NME {percent(errors[row], 1)}" if np.isfinite(errors[row]) else "Not found"
        tiles.append((picture, headline, _name(path, data)))
    return tiles


def _name(path: Path, data: Path | None) -> str:
    if data is None:
        return path.name
    return (path.relative_to(data) if path.is_relative_to(data) else path).as_posix()
