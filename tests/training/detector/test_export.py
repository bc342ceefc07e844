"""From a checkpoint of a detector to ONNX files of 32 and of 8 bits."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")

import onnxruntime  # noqa: E402

from facepoints.detection import NetworkDetector  # noqa: E402
from facepoints.errors import WeightsError  # noqa: E402
from facepoints.training.detector.export import (  # noqa: E402
    export_detector,
    export_detector_checkpoint,
    load_detector_checkpoint,
    quantise_detector,
)
from facepoints.training.networks.detector import DetectorNetwork  # noqa: E402
from tests.datasets.layouts import astronaut  # noqa: E402
from tests.training.detector.pictures import tiny_run  # noqa: E402


@pytest.fixture(scope="module")
def network() -> DetectorNetwork:
    torch.manual_seed(2)
    network = DetectorNetwork().eval()
    for output in network.outputs:
        torch.nn.init.normal_(output.weight, std=0.1)
    return network


@pytest.fixture(scope="module")
def exported(network: DetectorNetwork, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("export") / "detector.onnx"
    export_detector(network, path, name="mine", about={"facepoints.training": "by hand"})
    return path


@pytest.mark.parametrize("shape", [(1, 32, 32), (3, 96, 160), (1, 256, 64)])
def test_onnxruntime_gives_what_torch_gives(
    network: DetectorNetwork, exported: Path, shape: tuple[int, int, int]
) -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    session = onnxruntime.InferenceSession(exported, providers=["CPUExecutionProvider"])
    boxes, scores, points, frames = session.run(["boxes", "scores", "points", "frames"], {"pictures": pictures})
    with torch.no_grad():
        expected = network(torch.from_numpy(pictures))
    np.testing.assert_allclose(boxes, expected.boxes, atol=1e-2)
    np.testing.assert_allclose(scores, expected.logits.sigmoid(), atol=1e-4)
    np.testing.assert_allclose(points, expected.landmarks[:, :, :5], atol=1e-2)
    np.testing.assert_allclose(frames, expected.landmarks[:, :, 5:], atol=1e-2)


def test_what_the_file_says_of_itself(exported: Path) -> None:
    metadata = {entry.key: entry.value for entry in onnx.load(exported).metadata_props}
    assert metadata == {
        "facepoints.name": "mine",
        "facepoints.kind": "detector",
        "facepoints.training": "by hand",
    }


def test_8_bits_are_smaller_and_nearly_the_same(exported: Path, tmp_path: Path) -> None:
    small = tmp_path / "int8.onnx"
    picture = np.ascontiguousarray(astronaut()[:256, :256])
    quantise_detector(exported, small, [picture, astronaut()])
    assert small.stat().st_size < 0.35 * exported.stat().st_size
    model = onnx.load(small)
    assert {entry.key for entry in model.metadata_props} == {
        "facepoints.name",
        "facepoints.kind",
        "facepoints.training",
    }
    # The picture's bytes go into the first convolution as they are.
    users = [node.op_type for node in model.graph.node if "pictures" in node.input]
    assert "Cast" not in users
    sessions = [onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"]) for path in (exported, small)]
    results = [session.run(["scores"], {"pictures": picture[None]})[0] for session in sessions]
    assert np.corrcoef(results[0].ravel(), results[1].ravel())[0, 1] > 0.98


def test_from_training_to_a_detector(tmp_path: Path) -> None:
    best = tiny_run(tmp_path)
    network, settings = load_detector_checkpoint(best)
    assert settings["scene_size"] == 64
    export_detector_checkpoint(best, tmp_path / "detector.onnx")
    found = NetworkDetector(tmp_path / "detector.onnx").detect(astronaut(), 40)
    assert found.boxes.shape == (len(found.scores), 4)
    state = torch.load(best, weights_only=True)["state_dict"]
    assert torch.equal(network.outputs[0].weight, state["network.outputs.0.weight"])


def test_a_keypoint_checkpoint_is_no_detector(tmp_path: Path) -> None:
    path = tmp_path / "keypoints.ckpt"
    torch.save({"facepoints_kind": "keypoints", "facepoints_config": {}, "state_dict": {}}, path)
    with pytest.raises(WeightsError, match=r"keypoints\.ckpt is a checkpoint of keypoints, not of"):
        load_detector_checkpoint(path)
    torch.save({"facepoints_kind": "detector", "facepoints_config": {}, "state_dict": {}}, path)
    with pytest.raises(WeightsError, match=r"keypoints\.ckpt is no checkpoint of `facepoints train detector`"):
        load_detector_checkpoint(path)
    path.write_bytes(b"nothing")
    with pytest.raises(WeightsError, match=r"keypoints\.ckpt is no checkpoint of `facepoints train`"):
        load_detector_checkpoint(path)


def test_an_unfaithful_export_leaves_no_file(
    network: DetectorNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("facepoints.training.onnx_file._TOLERANCE", 0.0)
    with pytest.raises(WeightsError, match="differs from PyTorch's"):
        export_detector(network, tmp_path / "detector.onnx", name="mine", about={})
    assert not list(tmp_path.iterdir())
