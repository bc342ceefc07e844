"""8-bit networks: convolutions with weights and activations of one byte, two to three times faster on recent CPUs.

Post-training static quantisation (Jacob et al., "Quantization and Training of Neural Networks for Efficient
Integer-Arithmetic-Only Inference", CVPR 2018) by onnxruntime; the ranges come from real pictures.
"""

from __future__ import annotations

import contextlib
import io
import logging
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
import onnx
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from facepoints.arrays import Array
from facepoints.files import atomic_write
from facepoints.training.onnx_shortcuts import share_first_convolution, skip_needless_rounding

__all__ = ["quantise"]


class _Inputs(CalibrationDataReader):  # type: ignore[misc]
    def __init__(self, inputs: Iterable[Mapping[str, Array]]) -> None:
        self._inputs = iter(inputs)

    def get_next(self) -> Mapping[str, Array] | None:
        return next(self._inputs, None)


def quantise(network: Path, out: Path, inputs: Iterable[Mapping[str, Array]], *, exact: str) -> None:
    """Write a copy of a network whose convolutions compute with 8 bits.

    Weights use 7 of their 8 bits: processors without VNNI instructions add products in 16 bits, which overflow
    otherwise.

    Args:
        network: ONNX file with weights of 32 bits.
        out: file to write; keeps the metadata.
        inputs: the network's inputs by name, typical ones, a hundred or so.
        exact: convolutions whose weights' name begins so keep 32 bits: those that give places and sizes.

    Raises:
        InputError: the file cannot be written.
    """
    metadata = {entry.key: entry.value for entry in onnx.load(network).metadata_props}
    with atomic_write(out) as temporary, tempfile.TemporaryDirectory() as folder, _quiet():
        prepared = Path(folder) / "prepared.onnx"
        # Its other shape inference cannot follow sizes that are free.
        quant_pre_process(str(network), str(prepared), skip_symbolic_shape=True)
        quantize_static(
            str(prepared),
            str(temporary),
            _Inputs(inputs),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["Conv"],
            nodes_to_exclude=[
                node.name
                for node in onnx.load(prepared).graph.node
                if node.op_type == "Conv" and node.input[1].startswith(exact)
            ],
        )
        model = onnx.load(temporary)
        _take_bytes(model)
        skip_needless_rounding(model)
        share_first_convolution(model)
        del model.metadata_props[:]
        onnx.helper.set_model_props(model, metadata)
        onnx.checker.check_model(model)
        onnx.save(model, temporary)


def _take_bytes(model: onnx.ModelProto) -> None:
    """Let the first convolution take the picture's bytes as they are, not bytes to float to the same bytes."""
    nodes, values = model.graph.node, {value.name: value for value in model.graph.initializer}
    makers = {output: node for node in nodes for output in node.output}
    for node in nodes:
        maker = makers.get(node.input[0]) if node.op_type == "QuantizeLinear" else None
        if maker is None or maker.op_type != "Cast" or not _is_identity(node, values):
            continue
        for user in nodes:
            if user.op_type == "DequantizeLinear" and user.input[0] == node.output[0]:
                user.input[0] = maker.input[0]
        nodes.remove(node)
        nodes.remove(maker)
        return


def _is_identity(node: onnx.NodeProto, values: Mapping[str, onnx.TensorProto]) -> bool:
    scale, zero = (onnx.numpy_helper.to_array(values[name]) for name in node.input[1:3])
    return bool(np.isclose(scale, 1.0, atol=1e-6)) and zero == 0


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """onnxruntime's tools write advice that is of no use here to the log and to stdout."""
    logging.disable(logging.WARNING)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        logging.disable(logging.NOTSET)
