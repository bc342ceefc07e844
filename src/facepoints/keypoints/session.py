"""The network that finds the keypoints in crops."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from facepoints.arrays import Array, Floats
from facepoints.inference import OpenedNetwork, check_interface
from facepoints.scheme import POINT_COUNT

__all__ = ["KeypointSession"]


class KeypointSession(OpenedNetwork):
    """A network that maps uint8 RGB crops to points and scores; may be used by several threads.

    Args:
        path: of the ONNX file.
        threads: onnxruntime's threads a run.
        providers: onnxruntime's execution providers in order of preference; None for the CPU.

    Raises:
        InputError: ``threads`` is below 1, or a provider is not available.
        WeightsError: the file is missing, damaged, or no keypoint network.
    """

    def __init__(self, path: Path, threads: int = 1, providers: Sequence[str] | None = None) -> None:
        super().__init__(path, threads, providers)
        size = next((side for given in self._session.get_inputs() for side in given.shape[1:2]), None)
        self.size = size if isinstance(size, int) else 0
        check_interface(
            self._session,
            path,
            "keypoint network",
            ("crops", (None, self.size, self.size, 3)),
            {"points": (None, POINT_COUNT, 2), "scores": (None, POINT_COUNT)},
        )

    def run(self, crops: Array) -> tuple[Floats, Floats]:
        """Points ``(n, 68, 2)`` in crop pixels and scores ``(n, 68)`` of crops ``(n, size, size, 3)`` uint8; n >= 1."""
        points, scores = self._results(["points", "scores"], {"crops": crops})
        return np.asarray(points, dtype=np.float32), np.asarray(scores, dtype=np.float32)
