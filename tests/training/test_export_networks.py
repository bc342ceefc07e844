"""Every network that can be trained can also be shipped: as an ONNX file that gives what PyTorch gives."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")
pytest.importorskip("torchvision")

import onnxruntime  # noqa: E402
from torch.nn.modules.batchnorm import _NormBase  # noqa: E402

from facepoints.training.export import export  # noqa: E402
from facepoints.training.networks import HEADS, NETWORKS, OWN_HEAD, KeypointNetwork  # noqa: E402
from facepoints.training.networks.registry import build  # noqa: E402

SIZE = 96
"""Pixels of the crops: less than most of the networks see, but as many layers in a fraction of the time."""


def unlike_crops(count: int) -> np.ndarray:
    """Coarse patterns, some dark and some light, so that networks with random weights answer differently."""
    random = np.random.default_rng(4)
    cells = random.integers(0, 256, (count, 6, 6, 3)) * random.uniform(0.2, 1, (count, 1, 1, 1))
    return np.asarray(cells.repeat(SIZE // 6, axis=1).repeat(SIZE // 6, axis=2), dtype=np.uint8)


def awake(network: KeypointNetwork, crops: np.ndarray) -> KeypointNetwork:
    """Ready for use, with answers that depend on the crop, as a trained network's do.

    Nothing is left that starts as zero, and batch normalisation has seen the crops: else a deep network's signal dies
    out on the way, and the file would be right whatever came of its first layers.
    """
    for parameter in network.parameters():
        if not parameter.any():
            torch.nn.init.normal_(parameter, std=0.2)
    for layer in network.modules():
        if isinstance(layer, _NormBase):
            layer.momentum = 1.0
    with torch.no_grad():
        network.train()(torch.from_numpy(crops))
    return network.eval()


PYRAMID_WITH_OTHER_HEADS = [("compact", head) for head in HEADS if head != NETWORKS["compact"].head]


@pytest.mark.parametrize(("name", "head"), [*((name, OWN_HEAD) for name in NETWORKS), *PYRAMID_WITH_OTHER_HEADS])
def test_onnxruntime_gives_what_torch_gives(name: str, head: str, tmp_path: Path) -> None:
    torch.manual_seed(0)
    crops = unlike_crops(3)
    network = awake(build(replace(NETWORKS[name], size=SIZE), head), crops)
    path = tmp_path / "network.onnx"
    export(network, path, name=name, about={})
    onnx.checker.check_model(path)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    with torch.no_grad():
        expected = network(torch.from_numpy(crops))
    assert expected.points.std(dim=0).mean() > 0.1
    for count in (1, 3):
        points, scores = session.run(["points", "scores"], {"crops": crops[:count]})
        np.testing.assert_allclose(points, expected.points[:count], atol=5e-3)
        np.testing.assert_allclose(scores, expected.score_logits[:count].sigmoid(), atol=1e-3)
