"""Opening a network with onnxruntime."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from facepoints.arrays import Array, is_number
from facepoints.errors import InputError, WeightsError

__all__ = ["OpenedNetwork", "check_interface", "open_network"]


class OpenedNetwork:
    """Base of what runs a network; may be used by several threads.

    Pickled, it is the path and the settings, and the network is opened anew where it is unpickled: a worker process
    needs the same file at the same place.

    Args:
        path: of the ONNX file.
        threads: onnxruntime's threads a run.
        providers: onnxruntime's execution providers in order of preference; None for the CPU.

    Raises:
        InputError: ``threads`` is below 1, or a provider is not available.
        WeightsError: the file is missing or damaged.
    """

    def __init__(self, path: Path, threads: int = 1, providers: Sequence[str] | None = None) -> None:
        self._session = open_network(path, threads, providers)
        self._settings = (path.absolute(), threads, self._session.get_providers())

    def _results(self, names: Sequence[str], given: Mapping[str, Array]) -> list[Array]:
        """What the network makes of its inputs.

        Raises:
            WeightsError: it cannot be run; a damaged file may show that only now.
        """
        try:
            return [np.asarray(one) for one in self._session.run(list(names), dict(given))]
        except Exception as error:  # as in open_network
            raise WeightsError(f"the network {self._settings[0]} cannot be run: {error}") from error

    def __reduce__(self) -> tuple[Any, ...]:
        """See the class."""
        return type(self), self._settings


def open_network(path: Path, threads: int = 1, providers: Sequence[str] | None = None) -> onnxruntime.InferenceSession:
    """A session of a network; it may be used by several threads.

    Args:
        path: of the ONNX file.
        threads: onnxruntime's threads a run.
        providers: onnxruntime's execution providers in order of preference; None for the CPU.

    Raises:
        InputError: ``threads`` is below 1, or a provider is not available.
        WeightsError: the file is missing or damaged.
    """
    if not is_number(threads, whole=True) or threads < 1:
        raise InputError(f"threads must be a whole number from 1; got {threads!r}")
    if not path.is_file():
        raise WeightsError(f"there is no weights file {path}")
    chosen = _checked_providers(providers)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        # From the CPU to the CPU, its fallback would try the same once more, and print to stdout.
        return onnxruntime.InferenceSession(
            str(path), options, providers=chosen, enable_fallback=int(chosen != ["CPUExecutionProvider"])
        )
    except Exception as error:  # onnxruntime's own exceptions share no public base
        raise WeightsError(f"{path} is no ONNX network that onnxruntime can run: {error}") from error


def check_interface(
    session: onnxruntime.InferenceSession,
    path: Path,
    kind: str,
    given: tuple[str, Sequence[int | None]],
    results: Mapping[str, Sequence[int | None]],
) -> None:
    """Check that a network takes and gives what it must.

    Args:
        session: of the network.
        path: of its file, for the message.
        kind: what it should be, for the message: "keypoint network".
        given: name and shape of its one input, which must be uint8; None where any length will do.
        results: shape of each output by name.

    Raises:
        WeightsError: it does not.
    """
    inputs, outputs = session.get_inputs(), session.get_outputs()
    fits = (
        [(one.name, one.type) for one in inputs] == [(given[0], "tensor(uint8)")]
        and _matches(inputs[0].shape, given[1])
        and {one.name for one in outputs} == set(results)
        and all(_matches(one.shape, results[one.name]) for one in outputs)
    )
    if not fits:
        raise WeightsError(
            f"{path} is an ONNX network, but no {kind} of facepoints: "
            f"it maps {[(one.name, one.type, one.shape) for one in inputs]} "
            f"to {[(one.name, one.shape) for one in outputs]}. Make one with `facepoints export`"
        )


def _matches(shape: Sequence[int | str | None], wanted: Sequence[int | None]) -> bool:
    """Whether a shape is as wanted; what varies is a name or None in onnxruntime."""
    return len(shape) == len(wanted) and all(
        want is None or want == have for have, want in zip(shape, wanted, strict=True)
    )


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
