from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")

import onnxruntime  # noqa: E402

from facepoints.training import quantise  # noqa: E402
from facepoints.training.export import export, quantise_keypoints  # noqa: E402
from facepoints.training.networks import create  # noqa: E402
from facepoints.training.onnx_shortcuts import share_first_convolution, skip_needless_rounding  # noqa: E402


def eight_bits(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch, *, twice: bool
) -> tuple[onnx.ModelProto, np.ndarray]:
    """A network with random weights in 8 bits, without shortcuts, and crops for it."""
    torch.manual_seed(0)
    network = create(name).eval()
    crops = np.random.default_rng(0).integers(0, 256, (4, network.size, network.size, 3), dtype=np.uint8)
    style = np.full((68, 2), 0.1, dtype=np.float32) if twice else None
    export(network, folder / "exact.onnx", name=name, about={}, style=style)
    with monkeypatch.context() as patch:
        patch.setattr(quantise, "skip_needless_rounding", lambda model: 0)
        patch.setattr(quantise, "share_first_convolution", lambda model: False)
        quantise_keypoints(folder / "exact.onnx", folder / "int8.onnx", crops)
    return onnx.load(folder / "int8.onnx"), crops


def answers(model: onnx.ModelProto, crops: np.ndarray) -> list[np.ndarray]:
    onnx.checker.check_model(model)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"crops": crops})


@pytest.mark.parametrize("name", ["compact", "tiny"])  # first filters of 3 and of 4 pixels, with and without a margin
def test_one_first_convolution_serves_both_looks(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model, crops = eight_bits(name, tmp_path, monkeypatch, twice=True)
    skip_needless_rounding(model)
    before = answers(model, crops)
    assert share_first_convolution(model)
    for now, then in zip(answers(model, crops), before, strict=True):
        np.testing.assert_allclose(now, then, atol=1e-4)
    assert {node.op_type for node in model.graph.node if "crops" in node.input} <= {"Transpose", "Shape"}
    assert not share_first_convolution(model)


def test_a_network_that_looks_once_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model, _ = eight_bits("tiny", tmp_path, monkeypatch, twice=False)
    before = model.SerializeToString()
    assert not share_first_convolution(model)
    assert model.SerializeToString() == before


def test_fewer_roundings_change_next_to_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model, crops = eight_bits("tiny", tmp_path, monkeypatch, twice=False)
    before, roundings = answers(model, crops), count(model, "QuantizeLinear")
    left_out = skip_needless_rounding(model)
    assert left_out > 0
    assert count(model, "QuantizeLinear") == roundings - left_out
    points, scores = answers(model, crops)
    assert 0 < np.abs(points - before[0]).mean() < 0.1  # not the same: they were rounded once more
    assert np.abs(scores - before[1]).mean() < 0.01
    assert skip_needless_rounding(model) == 0


def test_what_is_used_elsewhere_is_still_rounded() -> None:
    helper, tensor = onnx.helper, onnx.TensorProto
    values = {"scale": np.float32(0.1), "middle": np.uint8(128), "zero": np.uint8(0)}
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "scale", "middle"], ["bytes"]),
        helper.make_node("DequantizeLinear", ["bytes", "scale", "middle"], ["back"]),
        helper.make_node("Relu", ["back"], ["positive"]),
        helper.make_node("QuantizeLinear", ["positive", "scale", "zero"], ["y"]),
        helper.make_node("Neg", ["back"], ["z"]),
    ]
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("x", tensor.FLOAT, [None])],
        [
            helper.make_tensor_value_info("y", tensor.UINT8, [None]),
            helper.make_tensor_value_info("z", tensor.FLOAT, [None]),
        ],
        [onnx.numpy_helper.from_array(np.asarray(value), name) for name, value in values.items()],
    )
    model = helper.make_model(graph)
    assert skip_needless_rounding(model) == 0
    assert len(model.graph.node) == len(nodes)


def count(model: onnx.ModelProto, operation: str) -> int:
    return Counter(node.op_type for node in model.graph.node)[operation]
