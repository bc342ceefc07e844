"""Writing a PyTorch module as an ONNX file with nothing in it but the network and what it tells of itself."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Tensor, nn

from facepoints.errors import WeightsError
from facepoints.files import atomic_write

__all__ = ["random_bytes", "write_network"]

_OPSET = 18

_TOLERANCE = 1e-2
"""Largest difference in pixels that is allowed between PyTorch and onnxruntime."""


def write_network(
    module: nn.Module,
    sample: Tensor,
    path: Path,
    *,
    name: str,
    outputs: Sequence[str],
    dynamic: Mapping[int, Any],
    metadata: dict[str, str],
    trial: Tensor,
    expected: Mapping[str, Tensor],
) -> None:
    """Write a module of one input as an ONNX file, and check what onnxruntime makes of it.

    Args:
        module: in evaluation mode.
        sample: an input.
        path: of the file.
        name: of the input.
        outputs: their names.
        dynamic: dimensions of the input whose size is free.
        metadata: what the file tells of itself.
        trial: an input, of another size where that is free.
        expected: what some of the outputs must be for it, in pixels or scores.

    Raises:
        WeightsError: onnxruntime's output differs from what is expected.
        InputError: the file cannot be written.
    """
    with atomic_write(path) as temporary:
        _to_onnx(module, sample, temporary, name, outputs, dynamic)
        _add_metadata(temporary, metadata)
        session = onnxruntime.InferenceSession(temporary, providers=["CPUExecutionProvider"])
        found = session.run(list(expected), {name: trial.numpy()})
        pairs = zip(found, expected.values(), strict=True)
        difference = max(float(np.abs(given - wanted.numpy()).max()) for given, wanted in pairs)
        if not difference < _TOLERANCE:
            raise WeightsError(
                f"the exported network differs from PyTorch's by {difference:.3g} pixels; nothing was written"
            )


def random_bytes(*shape: int) -> Tensor:
    """Noise to try a network with, always the same."""
    return torch.from_numpy(np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8))


def _to_onnx(
    module: nn.Module, sample: Tensor, path: Path, name: str, outputs: Sequence[str], dynamic: Mapping[int, Any]
) -> None:
    # The exporter prints its steps and logs advice that is of no use here.
    quiet = contextlib.redirect_stdout(io.StringIO())
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with quiet, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module,
            (sample,),
            path,
            dynamo=True,
            input_names=[name],
            output_names=list(outputs),
            dynamic_shapes=(dict(dynamic),),
            opset_version=_OPSET,
            external_data=False,
            verbose=False,
        )


def _add_metadata(path: Path, metadata: dict[str, str]) -> None:
    """Keep the metadata in the file, in place of what the exporter notes of the machine that it ran on."""
    model = onnx.load(path)
    del model.metadata_props[:]
    onnx.helper.set_model_props(model, metadata)
    # Names of source files and lines of the machine that exported, and as large as a tenth of the weights.
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    for value in (*model.graph.value_info, *model.graph.input, *model.graph.output, *model.graph.initializer):
        del value.metadata_props[:]
    onnx.checker.check_model(model)
    onnx.save(model, path)
