"""Networks as ONNX files, and what they see of a picture."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")

from facepoints import FaceFinder, weights  # noqa: E402
from facepoints.arrays import Image  # noqa: E402
from facepoints.errors import InputError, WeightsError  # noqa: E402
from facepoints.geometry import apply_transform, upright_crop_transform  # noqa: E402
from facepoints.training.feature_maps import InspectedNetwork  # noqa: E402
from facepoints.training.inspection import network_file, seen_picture  # noqa: E402


@pytest.fixture(scope="module")
def detector() -> InspectedNetwork:
    return InspectedNetwork(weights.resolve("detector", "detector"))


def test_shipped_networks_and_files() -> None:
    with network_file("compact") as compact, network_file("detector") as detector, network_file("any.ONNX") as other:
        assert [path.name for path in (compact, detector, other)] == ["compact.onnx", "detector.onnx", "any.ONNX"]


def write_checkpoint(path: Path, kind: str, network: Any) -> Path:
    torch = pytest.importorskip("torch")
    pytest.importorskip("lightning")
    from facepoints.training.trained_module import CHECKPOINT_KEY, CHECKPOINT_KIND

    state = {f"network.{key}": value for key, value in network.state_dict().items()}
    torch.save({CHECKPOINT_KEY: {"network": "tiny"}, CHECKPOINT_KIND: kind, "state_dict": state}, path)
    return path


@pytest.mark.usefixtures("tiny_network")
def test_a_checkpoint_of_a_keypoint_network(tmp_path: Path) -> None:
    from facepoints.training.networks import create

    path = write_checkpoint(tmp_path / "best.ckpt", "keypoints", create("tiny"))
    with network_file(str(path)) as exported:
        network = InspectedNetwork(exported)
    assert network.input_shape == (None, 64, 64, 3)
    assert (network.names[0], network.names[-1]) == ("encoder.stem.0", "head.heatmaps")
    assert not exported.exists()


def test_a_checkpoint_of_a_detector_is_exported_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch = pytest.importorskip("torch")
    path = write_checkpoint(tmp_path / "best.ckpt", "detector", torch.nn.Linear(1, 1))
    from facepoints.training.detector import export

    calls: list[Path] = []
    monkeypatch.setattr(export, "export_detector_checkpoint", lambda checkpoint, _: calls.append(checkpoint))
    with network_file(str(path)):
        assert calls == [path]


@pytest.mark.parametrize("network", ["compcat", "network.pt", ""])
def test_unknown_networks(network: str) -> None:
    with (
        pytest.raises(InputError, match=r"there is no network '.*'; known are compact, .*\.onnx file or of a \.ckpt"),
        network_file(network),
    ):
        pass


def test_a_keypoint_network_sees_the_best_face_upright(astronaut: Image, finder: FaceFinder) -> None:
    seen = seen_picture(InspectedNetwork(weights.resolve("compact")), astronaut)
    assert seen is not None
    assert seen.shape == (128, 128, 3)
    keypoints = finder.find(astronaut).keypoints[0]
    points = apply_transform(upright_crop_transform(keypoints, 128), keypoints)
    again = finder.fit(seen, [[15, 15, 113, 113]]).keypoints[0]
    assert np.linalg.norm(again - points, axis=1).mean() < 2


def test_no_face() -> None:
    blank = np.full((90, 120, 3), 128, dtype=np.uint8)
    assert seen_picture(InspectedNetwork(weights.resolve("compact")), blank) is None


@pytest.mark.parametrize(
    ("height", "width", "seen_shape"),
    [(512, 512, (256, 256)), (1000, 390, (256, 96)), (40, 64, (160, 256)), (2000, 10, (256, 32))],
)
def test_a_detector_sees_the_whole_picture(
    detector: InspectedNetwork, height: int, width: int, seen_shape: tuple[int, int]
) -> None:
    picture = np.zeros((height, width, 3), dtype=np.uint8)
    picture[: height // 2] = 200
    seen = seen_picture(detector, picture)
    assert seen is not None
    assert seen.shape == (*seen_shape, 3)
    middle = seen_shape[0] // 2
    assert (seen[: middle - 2] == 200).all()
    assert (seen[middle + 2 :] == 0).all()


def test_a_network_that_takes_no_pictures(tmp_path: Path) -> None:
    helper, floats = onnx.helper, onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        [helper.make_node("Conv", ["x", "w"], ["y"])],
        "g",
        [helper.make_tensor_value_info("x", floats, [1, 3, 8, 8])],
        [helper.make_tensor_value_info("y", floats, [1, 2, 6, 6])],
        [onnx.numpy_helper.from_array(np.ones((2, 3, 3, 3), dtype=np.float32), "w")],
    )
    path = tmp_path / "floats.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10), path)
    network = InspectedNetwork(path)
    with pytest.raises(WeightsError, match=r"the network takes float32 \(1, 3, 8, 8\), and those of facepoints"):
        seen_picture(network, np.zeros((8, 8, 3), dtype=np.uint8))
    assert network.feature_maps(np.ones((3, 8, 8)), ["1"])[0].tolist() == np.full((2, 6, 6), 27).tolist()
