"""A finder described by names and numbers: what a command line asks for, and what is sent to the workers of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from facepoints.detection import DETECTORS, Detector, HaarDetector, NetworkDetector
from facepoints.errors import InputError
from facepoints.finder import FaceFinder

__all__ = ["FinderSettings"]


@dataclass(frozen=True)
class FinderSettings:
    """A finder in words and numbers; ``make`` builds it.

    Attributes are those of :class:`facepoints.FaceFinder`; ``scale_factor`` and ``min_neighbors`` are for the Haar
    detectors, ``any_rotation`` is for network detectors.
    """

    detector: str = "network"
    keypoints: str = "compact"
    min_face: int = 20
    min_score: float | None = None
    max_faces: int | None = None
    threads: int = 1
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
