"""Face detectors, by name."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from types import MappingProxyType

from facepoints.detection.base import Detections, Detector, ScoreCombiner
from facepoints.detection.haar import Cascade, HaarCatDetector, HaarDetector, HaarProfileDetector
from facepoints.detection.haar_parts import find_eyes, find_smiles
from facepoints.detection.network import NetworkDetector
from facepoints.errors import InputError

__all__ = [
    "DETECTORS",
    "Cascade",
    "Detections",
    "Detector",
    "HaarCatDetector",
    "HaarDetector",
    "HaarProfileDetector",
    "NetworkDetector",
    "ScoreCombiner",
    "create",
    "find_eyes",
    "find_smiles",
]

DETECTORS: MappingProxyType[str, Callable[[], Detector]] = MappingProxyType(
    {
        "network": NetworkDetector,
        "haar": HaarDetector,
        "haar-profile": HaarProfileDetector,
        "haar-cat": HaarCatDetector,
    }
)
"""What makes the detector of each name."""


def create(name: str | os.PathLike[str], threads: int = 1, providers: Sequence[str] | None = None) -> Detector:
    """The detector of this name with its default settings, or a network detector with weights of one's own.

    Args:
        name: of ``DETECTORS``, or the path of an ``.onnx`` file.
        threads: of onnxruntime, for one picture.
        providers: onnxruntime's execution providers in order of preference; None for the CPU.

    Raises:
        InputError: no detector of that name, or an argument is out of range.
        WeightsError: the weights are missing, damaged, or made for something else.
    """
    text = os.fspath(name)
    if text == "network":
        return NetworkDetector(threads=threads, providers=providers)
    if text in DETECTORS:
        return DETECTORS[text]()
    if text.lower().endswith(".onnx"):
        return NetworkDetector(text, threads=threads, providers=providers)
    raise InputError(
        f"there is no detector {text!r}; known are {', '.join(DETECTORS)}, or give the path of an .onnx file"
    )
