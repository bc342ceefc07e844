"""The network that finds faces in pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from facepoints.arrays import Image
from facepoints.detection.candidates import Candidates
from facepoints.inference import OpenedNetwork, check_interface

__all__ = ["STEP", "DetectorSession"]

STEP = 32
"""Width and height of the network's input are multiples of this many pixels."""


class DetectorSession(OpenedNetwork):
    """A network that maps an RGB picture to candidate faces; may be used by several threads.

    Args:
        path: of the ONNX file.
        threads: onnxruntime's threads a run.
        providers: onnxruntime's execution providers in order of preference; None for the CPU.

    Raises:
        InputError: ``threads`` is below 1, or a provider is not available.
        WeightsError: the file is missing, damaged, or no detector.
    """

    def __init__(self, path: Path, threads: int = 1, providers: Sequence[str] | None = None) -> None:
        super().__init__(path, threads, providers)
        check_interface(
            self._session,
            path,
            "detector",
            ("pictures", (None, None, None, 3)),
            {
                "boxes": (None, None, 4),
                "scores": (None, None),
                "points": (None, None, 5, 2),
                "frames": (None, None, 2, 2),
            },
        )

    def run(self, picture: Image, min_score: float) -> Candidates:
        """All candidates of one picture that score at least ``min_score``; many of them are the same face.

        Args:
            picture: ``(H, W, 3)`` of any size; where a side is no multiple of ``STEP``, black is added at the right and
                below.
            min_score: 0 to 1.
        """
        names = ["scores", "boxes", "points", "frames"]
        scores, boxes, points, frames = self._results(names, {"pictures": _padded(picture)[None]})
        rows = np.flatnonzero(scores[0] >= min_score)
        if len(rows) == 0:
            return Candidates.empty()
        marks = np.concatenate([boxes[0, rows].reshape(-1, 2, 2), points[0, rows], frames[0, rows]], axis=1)
        return Candidates(scores[0, rows], marks)


def _padded(picture: Image) -> Image:
    """The picture with black at the right and below where a side is no multiple of ``STEP``."""
    height, width = picture.shape[:2]
    if height % STEP == 0 and width % STEP == 0:
        return np.ascontiguousarray(picture)
    padded = np.zeros((height + -height % STEP, width + -width % STEP, 3), dtype=np.uint8)
    padded[:height, :width] = picture
    return padded
