"""Options that several commands share, and the finder that they describe."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer

from facepoints.detection import DETECTORS, Detector, HaarDetector, NetworkDetector
from facepoints.errors import InputError
from facepoints.finder import FaceFinder

__all__ = [
    "AnyRotation",
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
]

_FINDER = "Finding faces"

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
MinScore = Annotated[
    float | None,
    typer.Option(
        "--min-score",
        min=0.0,
        max=1.0,
        show_default="the detector's own",
        rich_help_panel=_FINDER,
        help="Drop faces that score less. 0.05 shows every candidate.",
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
class FinderOptions:
    """The finder that a command line asks for; ``make`` builds it.

    Attributes are those of :class:`facepoints.FaceFinder`; ``scale_factor`` and ``min_neighbors`` are for the Haar
    detectors, ``any_rotation`` is for network detectors.
    """

    detector: str
    keypoints: str
    min_face: int
    min_score: float | None
    max_faces: int | None
    threads: int
    scale_factor: float | None = None
    min_neighbors: int | None = None
    any_rotation: bool = False

    def make(self) -> FaceFinder:
        """Load the networks.

        Raises:
            InputError: an unknown name, or an option that this detector does not have.
            WeightsError: the weights file is missing or damaged.
        """
        return FaceFinder(
            detector=self._detector(),
            keypoints=self.keypoints,
            min_face=self.min_face,
            min_score=self.min_score,
            max_faces=self.max_faces,
            threads=self.threads,
        )

    @property
    def detector_title(self) -> str:
        """The detector and the parameters that were asked for, for people."""
        asked = [f"{name.replace('_', ' ')} {value}" for name, value in self._haar_parameters().items()]
        return f"{self.detector} ({', '.join(asked)})" if asked else self.detector

    def _haar_parameters(self) -> dict[str, Any]:
        asked = {"scale_factor": self.scale_factor, "min_neighbors": self.min_neighbors}
        return {name: value for name, value in asked.items() if value is not None}

    def _detector(self) -> str | Detector:
        """The detector's name, or a detector with the parameters that were asked for."""
        if self.any_rotation:
            return self._turning_detector()
        parameters = self._haar_parameters()
        if not parameters:
            return self.detector
        make = DETECTORS.get(self.detector)
        if isinstance(make, type) and issubclass(make, HaarDetector):
            return make(**parameters)
        raise InputError(
            f"--scale-factor and --min-neighbors are for the Haar detectors, not for {self.detector!r}; "
            "choose one with --detector haar"
        )

    def _turning_detector(self) -> Detector:
        weights = "detector" if self.detector == "network" else self.detector
        if weights in DETECTORS or self._haar_parameters():
            raise InputError("--any-rotation is for network detectors, and does not go with settings of Haar detectors")
        return NetworkDetector(weights, rotations=(0, 90, 180, 270), threads=self.threads)
