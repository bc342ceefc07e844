"""Pictures of the faces that detectors missed and of the boxes that match no labelled face."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from facepoints import images
from facepoints.arrays import Array, Image
from facepoints.evaluation.detector_result import DetectorEvaluation, counted
from facepoints.evaluation.turned import turned
from facepoints.report.box_tile import IGNORED_COLOUR, box_tile
from facepoints.report.comparison import FOUND_COLOUR, TRUE_COLOUR

__all__ = ["COLOURS", "Gallery", "missed_gallery", "unmatched_gallery"]

COLOURS = {"labelled": TRUE_COLOUR, "labelled, not counted": IGNORED_COLOUR, "found": FOUND_COLOUR}
"""What the colours of the boxes mean."""

_SHOWN, _SHOWN_TO_JUDGE = 18, 60
"""Boxes that may be faces after all are there to be looked at, so more of them are shown."""


@dataclass(frozen=True, eq=False)
class Gallery:
    """Pictures of one kind.

    Attributes:
        title: of all.
        note: what they show, and how many there are in all.
        tiles: picture, headline and file name of each.
    """

    title: str
    note: str
    tiles: list[tuple[Image, str, str]]


def missed_gallery(evaluation: DetectorEvaluation, name: str, overlap: float, data: Path) -> Gallery:
    """Faces that a detector does not find at its default threshold, the largest first."""
    missed = evaluation.missed(name, overlap)
    tiles = [
        _tile(evaluation, name, index, box, f"{float((box[2:] - box[:2]).max()):.0f} px", data)
        for index, box in missed[:_SHOWN]
    ]
    note = f"The largest {len(tiles)} of {len(missed):,} that are not found at the default threshold."
    return Gallery(f"Missed faces, {evaluation.found[name].title}", note, tiles)


def unmatched_gallery(evaluation: DetectorEvaluation, name: str, overlap: float, data: Path) -> Gallery:
    """Boxes at a detector's default threshold that match no labelled face, the best first."""
    unmatched = evaluation.unmatched(name, overlap)
    tiles = [
        _tile(evaluation, name, index, box, f"Score {score:.2f}", data)
        for index, box, score in unmatched[: _SHOWN if evaluation.complete else _SHOWN_TO_JUDGE]
    ]
    note = f"Those {len(tiles)} of {len(unmatched):,} with the highest scores, at the default threshold."
    return Gallery(f"Boxes that match no labelled face, {evaluation.found[name].title}", note, tiles)


def _tile(
    evaluation: DetectorEvaluation, name: str, index: int, box: Array, headline: str, data: Path
) -> tuple[Image, str, str]:
    picture, found = evaluation.pictures[index], evaluation.found[name]
    wanted = counted(picture, evaluation.size_ranges[0])
    shown = found.boxes[index][np.asarray(found.scores[index]) >= found.min_score]
    image = images.read(picture.image)
    if evaluation.roll:
        image, _ = turned(image, picture.boxes, evaluation.roll)
    tile = box_tile(image, box, picture.boxes[wanted], picture.boxes[~wanted], shown)
    path = picture.image.relative_to(data) if picture.image.is_relative_to(data) else picture.image
    return tile, headline, path.as_posix()
