"""Face detectors, by name."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from facepoints.detection.base import Detections, Detector
from facepoints.detection.haar import Cascade, HaarCatDetector, HaarDetector, HaarProfileDetector
from facepoints.detection.haar_parts import find_eyes, find_smiles
from facepoints.errors import InputError

__all__ = [
    "DETECTORS",
    "Cascade",
    "Detections",
    "Detector",
    "HaarCatDetector",
    "HaarDetector",
    "HaarProfileDetector",
    "create",
    "find_eyes",
    "find_smiles",
]

DETECTORS: MappingProxyType[str, Callable[[], Detector]] = MappingProxyType(
    {"haar": HaarDetector, "haar-profile": HaarProfileDetector, "haar-cat": HaarCatDetector}
)
"""What makes the detector of each name."""


def create(name: str) -> Detector:
    """The detector of this name with its default settings.

    Raises:
        InputError: no detector of that name.
    """
    if name == "network":
        raise InputError(
            f"this version of facepoints has no network detector yet; choose one of {', '.join(DETECTORS)}"
        )
    if name not in DETECTORS:
        raise InputError(f"there is no detector {name!r}; known are {', '.join(DETECTORS)}")
    return DETECTORS[name]()
