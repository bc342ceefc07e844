from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")

import onnxruntime  # noqa: E402

import facepoints  # noqa: E402
from facepoints import FaceFinder  # noqa: E402
from facepoints.datasets.self_training import style_offsets  # noqa: E402
from facepoints.errors import FacepointsError, WeightsError  # noqa: E402
from facepoints.scheme import MIRROR, mirrored  # noqa: E402
from facepoints.training.export import export, export_checkpoint, load_checkpoint, quantise_keypoints  # noqa: E402
from facepoints.training.networks import KeypointNetwork  # noqa: E402
from facepoints.training.networks.registry import build  # noqa: E402
from tests.datasets.layouts import astronaut  # noqa: E402
from tests.training.test_networks import SMALL, crops  # noqa: E402
from tests.training.tiny_run import run  # noqa: E402

FACE_BOX = [[174, 80, 278, 195]]


@pytest.fixture(scope="module")
def network() -> KeypointNetwork:
    torch.manual_seed(3)
    return build(SMALL).eval()


@pytest.fixture(scope="module")
def exported(network: KeypointNetwork, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("export") / "tiny.onnx"
    export(network, path, name="tiny", about={"facepoints.training": "by hand"})
    return path


@pytest.mark.parametrize("count", [1, 7])
def test_onnxruntime_gives_what_torch_gives(network: KeypointNetwork, exported: Path, count: int) -> None:
    session = onnxruntime.InferenceSession(exported, providers=["CPUExecutionProvider"])
    points, scores = session.run(["points", "scores"], {"crops": crops(count, 64).numpy()})
    with torch.no_grad():
        prediction = network(crops(count, 64))
    np.testing.assert_allclose(points, prediction.points, atol=1e-2)
    np.testing.assert_allclose(scores, prediction.score_logits.sigmoid(), atol=1e-3)
    assert scores.shape == (count, 68)


def test_what_the_file_says_of_itself(exported: Path) -> None:
    metadata = {entry.key: entry.value for entry in onnx.load(exported).metadata_props}
    assert metadata == {
        "facepoints.name": "tiny",
        "facepoints.input_size": "64",
        "facepoints.training": "by hand",
    }
    assert [path.name for path in exported.parent.iterdir()] == ["tiny.onnx"]


def test_the_file_says_nothing_of_the_machine(exported: Path) -> None:
    content = exported.read_bytes()
    package = Path(facepoints.__file__).parent
    private = [str(package), str(exported.parent), str(Path.home()), "site-packages", "pyramid.py", "Traceback"]
    assert [text for text in private if len(text) > 1 and text.encode() in content] == []


def test_a_finder_uses_it(exported: Path) -> None:
    faces = FaceFinder(keypoints=exported).fit(astronaut(), FACE_BOX)
    assert faces.keypoints.shape == (1, 68, 2)
    assert np.isfinite(faces.keypoints).all()


def test_two_looks_make_mirror_images_of_each_other(network: KeypointNetwork, tmp_path: Path) -> None:
    """But for the style, which stays on its side."""
    style = np.zeros((68, 2), dtype=np.float32)
    export(network, tmp_path / "twice.onnx", name="tiny", about={}, style=style)
    session = onnxruntime.InferenceSession(tmp_path / "twice.onnx", providers=["CPUExecutionProvider"])
    seen = crops(3, 64).numpy()
    points, scores = session.run(None, {"crops": seen})
    other, other_scores = session.run(None, {"crops": np.ascontiguousarray(seen[:, :, ::-1])})
    np.testing.assert_allclose(mirrored(other, 64), points, atol=1e-3)
    np.testing.assert_allclose(other_scores[:, MIRROR], scores, atol=1e-5)
    style[:] = (0.1, 0.05)
    export(network, tmp_path / "styled.onnx", name="tiny", about={}, style=style)
    session = onnxruntime.InferenceSession(tmp_path / "styled.onnx", providers=["CPUExecutionProvider"])
    expected = points + style_offsets(style, points)
    np.testing.assert_allclose(session.run(None, {"crops": seen})[0], expected, atol=1e-3)


def test_eight_bits_give_nearly_the_same(network: KeypointNetwork, exported: Path, tmp_path: Path) -> None:
    fast = tmp_path / "int8.onnx"
    seen = crops(40, 64).numpy()
    quantise_keypoints(exported, fast, seen)
    assert any(node.op_type == "QuantizeLinear" for node in onnx.load(fast).graph.node)
    assert {entry.key for entry in onnx.load(fast).metadata_props} >= {"facepoints.name", "facepoints.input_size"}
    points, _ = onnxruntime.InferenceSession(fast, providers=["CPUExecutionProvider"]).run(None, {"crops": seen})
    with torch.no_grad():
        exact = network(torch.from_numpy(seen)).points.numpy()
    assert np.abs(points - exact).mean() < 0.2


@pytest.mark.usefixtures("tiny_network")
def test_from_training_to_a_finder(tmp_path: Path) -> None:
    best = run(tmp_path)
    export_checkpoint(best, tmp_path / "network.onnx")
    trained, settings = load_checkpoint(best)
    assert settings["network"] == "tiny"
    averaged = torch.load(best, weights_only=True)["state_dict"]
    assert torch.equal(trained.head.get_parameter("heatmaps.weight"), averaged["network.head.heatmaps.weight"])
    assert FaceFinder(keypoints=tmp_path / "network.onnx").fit(astronaut(), FACE_BOX).keypoints.shape == (1, 68, 2)


@pytest.mark.usefixtures("tiny_network")
def test_damaged_checkpoints(tmp_path: Path) -> None:
    good = run(tmp_path).read_bytes()
    path, out = tmp_path / "some.ckpt", tmp_path / "network.onnx"
    for content in (b"", b"no checkpoint", good[: len(good) // 2]):
        path.write_bytes(content)
        with pytest.raises(WeightsError, match=r"some\.ckpt is no checkpoint of `facepoints train"):
            export_checkpoint(path, out)
    torch.save({"state_dict": {}}, path)
    with pytest.raises(WeightsError, match=r"some\.ckpt is no checkpoint"):
        export_checkpoint(path, out)
    with pytest.raises(WeightsError, match=r"missing\.ckpt"):
        export_checkpoint(tmp_path / "missing.ckpt", out)
    assert not list(tmp_path.glob("*.onnx"))


def test_an_unfaithful_export_leaves_no_file(
    network: KeypointNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("facepoints.training.onnx_file._TOLERANCE", 0.0)
    with pytest.raises(WeightsError, match=r"differs from PyTorch's by .* pixels; nothing was written"):
        export(network, tmp_path / "tiny.onnx", name="tiny", about={})
    assert not list(tmp_path.iterdir())


def test_another_graph_is_no_keypoint_network(tmp_path: Path) -> None:
    value = onnx.helper.make_tensor_value_info
    floats = onnx.TensorProto.FLOAT
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("Relu", ["x"], ["y"])], "g", [value("x", floats, [1])], [value("y", floats, [1])]
    )
    path = tmp_path / "other.onnx"
    onnx.save(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 18)], ir_version=10), path)
    with pytest.raises(FacepointsError, match=r"other\.onnx is an ONNX network, but no keypoint network of facepoints"):
        FaceFinder(keypoints=path)
