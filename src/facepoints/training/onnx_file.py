"""Writing a PyTorch module as an ONNX file with nothing in it but the network and what it tells of itself."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import onnx
import torch
from torch import Tensor, nn

__all__ = ["add_metadata", "to_onnx"]

_OPSET = 18


def to_onnx(
    module: nn.Module, sample: Tensor, path: Path, *, name: str, outputs: Sequence[str], dynamic: Mapping[int, Any]
) -> None:
    """Export a module of one input.

    Args:
        module: in evaluation mode.
        sample: an input.
        path: of the file.
        name: of the input.
        outputs: their names.
        dynamic: dimensions of the input whose size is free.
    """
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


def add_metadata(path: Path, metadata: dict[str, str]) -> None:
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
