"""Opening a keypoint network with onnxruntime."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime

from facepoints.arrays import Array, Floats, is_number
from facepoints.errors import InputError, WeightsError
from facepoints.scheme import POINT_COUNT

__all__ = ["KeypointSession"]


class KeypointSession:
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
        if not is_number(threads, whole=True) or threads < 1:
            raise InputError(f"threads must be a whole number from 1; got {threads!r}")
        if not path.is_file():
            raise WeightsError(f"there is no weights file {path}")
        self._session = _open(path, threads, _checked_providers(providers))
        self.size = _crop_size(self._session, path)

    def run(self, crops: Array) -> tuple[Floats, Floats]:
        """Points ``(n, 68, 2)`` in crop pixels and scores ``(n, 68)`` of crops ``(n, size, size, 3)`` uint8; n >= 1."""
        points, scores = self._session.run(["points", "scores"], {"crops": crops})
        return np.asarray(points, dtype=np.float32), np.asarray(scores, dtype=np.float32)


def _checked_providers(providers: Sequence[str] | None) -> list[str]:
    if isinstance(providers, str):  # a sequence of strings too, but of its letters
        providers = [providers]
    chosen = ["CPUExecutionProvider"] if providers is None else list(providers)
    available = onnxruntime.get_available_providers()
    missing = [name for name in chosen if name not in available]
    if missing or not chosen:
        raise InputError(
            f"onnxruntime has no provider {', '.join(missing) or 'given'}; here are {', '.join(available)}"
        )
    return chosen


def _open(path: Path, threads: int, providers: list[str]) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=providers)
    except Exception as error:  # onnxruntime's own exceptions share no public base
        raise WeightsError(f"{path} is no ONNX network that onnxruntime can run: {error}") from error


def _crop_size(session: onnxruntime.InferenceSession, path: Path) -> int:
    inputs, outputs = session.get_inputs(), session.get_outputs()
    shape = inputs[0].shape if len(inputs) == 1 else []
    fits = (
        [given.name for given in inputs] == ["crops"]
        and inputs[0].type == "tensor(uint8)"
        and len(shape) == 4
        and isinstance(shape[1], int)
        and shape[1:] == [shape[1], shape[1], 3]
        and {given.name: list(given.shape[1:]) for given in outputs}
        == {"points": [POINT_COUNT, 2], "scores": [POINT_COUNT]}
    )
    if not fits:
        raise WeightsError(
            f"{path} is an ONNX network, but no keypoint network of facepoints: "
            f"it maps {[(given.name, given.type, given.shape) for given in inputs]} "
            f"to {[(given.name, given.shape) for given in outputs]}. Make one with `facepoints export`"
        )
    return int(shape[1])
