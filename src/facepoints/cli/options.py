"""Options that several commands share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer

from facepoints.finder_settings import FinderSettings

__all__ = [
    "AnyRotation",
    "CameraFinderOptions",
    "ExcludePeople",
    "FinderOptions",
    "Keypoints",
    "MaxFaces",
    "MinFace",
    "MinNeighbors",
    "MinScore",
    "NamedDetector",
    "Paths",
    "People",
    "Quiet",
    "ReportForm",
    "ReportFormat",
    "ScaleFactor",
    "Threads",
    "VideoFinderOptions",
    "VideoMinScore",
]

_FINDER = "Finding faces"


def _min_score(explanation: str) -> Any:
    return typer.Option(
        "--min-score", min=0.0, max=1.0, show_default="the detector's own", rich_help_panel=_FINDER, help=explanation
    )


Paths = Annotated[
    list[str],
    typer.Argument(metavar="PATH", show_default=False, help="Pictures, folders (with all below them) or globs."),
]
NamedDetector = Annotated[
    str,
    typer.Option(
        "--detector",
        rich_help_panel=_FINDER,
        help="network, haar, haar-profile, haar-cat, or path of the .onnx file of a network detector.",
    ),
]
Keypoints = Annotated[
    str,
    typer.Option(
        "--keypoints", rich_help_panel=_FINDER, help="Name of the keypoint network, or path of an .onnx file."
    ),
]
MinFace = Annotated[
    int,
    typer.Option(
        "--min-face",
        min=1,
        rich_help_panel=_FINDER,
        help="Smallest face to look for, in pixels from chin to forehead. The larger, the faster.",
    ),
]
MinScore = Annotated[float | None, _min_score("Drop faces that score less. 0.05 shows every candidate.")]
VideoMinScore = Annotated[
    float | None,
    _min_score(
        "Take up nobody who scores less when found; who is followed already may score less. 0.05 takes up every "
        "candidate."
    ),
]
MaxFaces = Annotated[
    int | None,
    typer.Option(
        "--max-faces", min=1, show_default="all", rich_help_panel=_FINDER, help="Keep only so many, the best first."
    ),
]
Threads = Annotated[
    int,
    typer.Option(
        "--threads",
        min=1,
        rich_help_panel=_FINDER,
        help="Threads of the networks; Haar detectors take all processors.",
    ),
]
AnyRotation = Annotated[
    bool,
    typer.Option(
        "--any-rotation",
        rich_help_panel=_FINDER,
        help="Network detector: look for faces that lie on their side or stand on their head, too. Takes four times "
        "as long.",
    ),
]
ScaleFactor = Annotated[
    float | None,
    typer.Option(
        "--scale-factor",
        show_default="the detector's own",
        rich_help_panel=_FINDER,
        help="Haar detectors: step between two sizes of the search, above 1. Smaller finds more and takes longer.",
    ),
]
MinNeighbors = Annotated[
    int | None,
    typer.Option(
        "--min-neighbors",
        min=0,
        show_default="the detector's own",
        rich_help_panel=_FINDER,
        help="Haar detectors: how many overlapping hits make a face. Fewer finds more, and more that are none.",
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar and no summary.")]
People = Annotated[
    Path | None,
    typer.Option(
        exists=True, dir_okay=False, show_default=False, help="File of names: only these people of YouTube Faces."
    ),
]
ExcludePeople = Annotated[
    Path | None,
    typer.Option(exists=True, dir_okay=False, show_default=False, help="File of names: not these people."),
]


class ReportFormat(str, Enum):
    """What an evaluation prints."""

    TEXT = "text"
    JSON = "json"


ReportForm = Annotated[ReportFormat, typer.Option("--format", help="What to print.")]


@dataclass(frozen=True)
class FinderOptions(FinderSettings):
    """The options of a finder, for :func:`facepoints.cli.settings.with_settings`."""

    detector: NamedDetector = "network"
    keypoints: Keypoints = "compact"
    min_face: MinFace = 20
    min_score: MinScore = None
    max_faces: MaxFaces = None
    scale_factor: ScaleFactor = None
    min_neighbors: MinNeighbors = None
    any_rotation: AnyRotation = False
    threads: Threads = 1


@dataclass(frozen=True)
class VideoFinderOptions(FinderOptions):
    """The same for videos, whose keypoints are found by a faster network, and whose faces are followed."""

    keypoints: Keypoints = "compact-int8"
    min_score: VideoMinScore = None


@dataclass(frozen=True)
class CameraFinderOptions(VideoFinderOptions):
    """The same for cameras, before which people sit."""

    min_face: MinFace = 40
