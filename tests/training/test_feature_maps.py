"""Looking into networks: a small one whose every number is known, and the shipped ones of 32 and of 8 bits."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")

from onnx import TensorProto, helper, numpy_helper  # noqa: E402

from facepoints import FaceFinder, weights  # noqa: E402
from facepoints.arrays import Image  # noqa: E402
from facepoints.errors import InputError, WeightsError  # noqa: E402
from facepoints.geometry import apply_transform, upright_crop_transform, warp  # noqa: E402
from facepoints.training.feature_maps import InspectedNetwork, Layer, filter_responses  # noqa: E402

RANDOM = np.random.default_rng(5)
FIRST = RANDOM.normal(size=(4, 3, 3, 5)).astype(np.float32)
SECOND = RANDOM.normal(size=(6, 2, 1, 1)).astype(np.float32)
BIAS = np.array([1, -2, 3, 0.5], dtype=np.float32)
PICTURE = RANDOM.integers(0, 256, (12, 20, 3), dtype=np.uint8)


def write_network(path: Path, nodes: list[Any], values: dict[str, np.ndarray], shape: tuple[Any, ...]) -> Path:
    """An ONNX file that takes ``x`` uint8 of ``shape`` and gives ``y``."""
    graph = helper.make_graph(
        nodes,
        "test",
        [helper.make_tensor_value_info("x", TensorProto.UINT8, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(value, name) for name, value in values.items()],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10), path)
    return path


@pytest.fixture
def network(tmp_path: Path) -> InspectedNetwork:
    """A convolution, one in two groups that is used twice, and one whose weights' name says nothing."""
    node = helper.make_node
    nodes = [
        node("Transpose", ["x"], ["channels"], perm=[0, 3, 1, 2]),
        node("Cast", ["channels"], ["floats"], to=TensorProto.FLOAT),
        node("Conv", ["floats", "network.stem.0.weight", "bias"], ["a"], strides=[2, 1]),
        node("Relu", ["a"], ["b"]),
        node("Conv", ["b", "head.weight"], ["c"], group=2),
        node("Conv", ["b", "head.weight"], ["d"], group=2),
        node("Add", ["c", "d"], ["e"]),
        node("Conv", ["e", "onnx::Conv_7"], ["y"], name="/last/Conv"),
    ]
    values = {
        "network.stem.0.weight": FIRST,
        "bias": BIAS,
        "head.weight": SECOND,
        "onnx::Conv_7": np.ones((2, 6, 2, 2), dtype=np.float32),
    }
    return InspectedNetwork(write_network(tmp_path / "small.onnx", nodes, values, ("n", 12, 20, 3)))


@pytest.fixture(scope="module")
def compact() -> InspectedNetwork:
    return InspectedNetwork(weights.resolve("compact"))


@pytest.fixture(scope="module")
def detector() -> InspectedNetwork:
    return InspectedNetwork(weights.resolve("detector", "detector"))


def test_layers(network: InspectedNetwork) -> None:
    assert network.layers() == [
        Layer(1, "stem.0", (3, 5), 3, 4, (2, 1), (5, 16)),
        Layer(2, "head", (1, 1), 4, 6, (1, 1), (5, 16)),
        Layer(3, "head#2", (1, 1), 4, 6, (1, 1), (5, 16)),
        Layer(4, "/last/Conv", (2, 2), 6, 2, (1, 1), (4, 15)),
    ]
    assert network.input_shape == (None, 12, 20, 3)
    assert network.takes_pictures


def test_feature_maps_are_what_the_convolutions_give(network: InspectedNetwork) -> None:
    head, stem = network.feature_maps(PICTURE, ["head#2", 1])
    windows = np.lib.stride_tricks.sliding_window_view(PICTURE.astype(np.float32), (3, 5), axis=(0, 1))[::2]
    expected = np.einsum("yxcij,ncij->nyx", windows, FIRST) + BIAS[:, None, None]
    np.testing.assert_allclose(stem, expected, atol=0.05)
    passed = np.maximum(expected, 0).reshape(2, 2, 5, 16)
    np.testing.assert_allclose(
        head, np.einsum("gcyx,gnc->gnyx", passed, SECOND.reshape(2, 3, 2)).reshape(6, 5, 16), atol=0.2
    )


def test_first_filters_stand_over_pixels(network: InspectedNetwork) -> None:
    np.testing.assert_array_equal(network.first_filters(), FIRST.transpose(0, 2, 3, 1))


def test_filters_over_rows_of_pixels_become_filters_over_pixels(tmp_path: Path) -> None:
    filters = RANDOM.normal(size=(5, 4, 4, 3)).astype(np.float32)
    nodes = [
        helper.make_node("Reshape", ["x", "rows"], ["apart"]),
        helper.make_node("Transpose", ["apart"], ["channels"], perm=[0, 3, 1, 2]),
        helper.make_node("Cast", ["channels"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("Conv", ["floats", "stem.weight"], ["y"], strides=[4, 1]),
    ]
    rows = filters.transpose(0, 2, 3, 1).reshape(5, 12, 4, 1)
    values = {"rows": np.array([1, 12, 5, 12]), "stem.weight": rows}
    network = InspectedNetwork(write_network(tmp_path / "rows.onnx", nodes, values, (1, 12, 20, 3)))
    np.testing.assert_array_equal(network.first_filters(), filters)
    # The third of four pixels is the middle one.
    at_steps = filter_responses(PICTURE, filters)[:, 2::4, 2::4]
    np.testing.assert_allclose(network.feature_maps(PICTURE, [1])[0], at_steps, atol=0.05)


def test_filters_over_grey_have_one_channel(tmp_path: Path) -> None:
    filters = RANDOM.normal(size=(5, 1, 4, 4)).astype(np.float32)
    nodes = [
        helper.make_node("Cast", ["x"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["floats", "colours"], ["grey"], keepdims=0),
        helper.make_node("Unsqueeze", ["grey", "channel"], ["channels"]),
        helper.make_node("Conv", ["channels", "stem.weight"], ["y"]),
    ]
    values = {"colours": np.array([3]), "channel": np.array([1]), "stem.weight": filters}
    network = InspectedNetwork(write_network(tmp_path / "grey.onnx", nodes, values, (1, 12, 20, 3)))
    np.testing.assert_array_equal(network.first_filters(), filters.transpose(0, 2, 3, 1))


def test_responses_of_grey_filters() -> None:
    identity = np.zeros((1, 3, 3, 1), dtype=np.float32)
    identity[0, 1, 1, 0] = 2
    (response,) = filter_responses(np.full((4, 5, 3), 70, dtype=np.uint8), identity)
    np.testing.assert_array_equal(response, np.full((4, 5), 140))
    with pytest.raises(InputError, match=r"must have shape \(n, height, width, 3\).*got \(1, 3, 3, 12\)"):
        filter_responses(PICTURE, np.zeros((1, 3, 3, 12), dtype=np.float32))


@pytest.mark.parametrize(("layer", "number"), [(1, 1), ("3", 3), ("stem.0", 1), (" /last/Conv ", 4)])
def test_layers_by_number_and_by_name(network: InspectedNetwork, layer: int | str, number: int) -> None:
    assert network.number_of(layer) == number


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        ("stem.1", r"no layer 'stem\.1': near it are stem\.0; a layer is given by its name or its number, 1 to 4"),
        ("0", "no layer '0'"),
        (5, "no layer '5'"),
        ("", "no layer ''"),
    ],
)
def test_unknown_layers(network: InspectedNetwork, layer: int | str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        network.feature_maps(PICTURE, [layer])


def test_an_input_of_another_size(network: InspectedNetwork) -> None:
    with pytest.raises(WeightsError, match=r"small\.onnx: the network takes uint8 \(n, 12, 20, 3\) and cannot run on"):
        network.layers(PICTURE[:8])


def test_what_cannot_be_looked_into(tmp_path: Path) -> None:
    (tmp_path / "text.onnx").write_text("no network")
    plain = write_network(tmp_path / "plain.onnx", [helper.make_node("Cast", ["x"], ["y"], to=1)], {}, (2,))
    nodes = [helper.make_node("Cast", ["x"], ["a"], to=1), helper.make_node("Conv", ["a", "weights"], ["y"])]
    parted = write_network(
        tmp_path / "parted.onnx", nodes, {"weights": np.ones((1, 1, 1, 1), np.float32)}, (1, 1, 1, 1)
    )
    onnx.save(onnx.load(parted), parted, save_as_external_data=True, location="other", size_threshold=0)
    for path, message in [
        (tmp_path / "text.onnx", r"text\.onnx is no ONNX network"),
        (tmp_path / "missing.onnx", "there is no weights file"),
        (plain, "1 inputs and 0 convolutions"),
        (parted, r"parted\.onnx is refused: it takes numbers from another file"),
    ]:
        with pytest.raises(WeightsError, match=message):
            InspectedNetwork(path)


def test_the_first_layer_of_compact_filters_the_picture(compact: InspectedNetwork, astronaut: Image) -> None:
    crop = np.ascontiguousarray(astronaut[60:188, 160:288])
    filters = compact.first_filters()
    assert filters.shape == (16, 3, 3, 3)
    maps = compact.feature_maps(crop, ["encoder.stem.0"])[0]
    # Inside the border they differ by the bias alone, and by the rounding to 8 bits.
    bias = (maps - filter_responses(crop, filters)[:, ::2, ::2])[:, 1:-1, 1:-1]
    assert (bias.std(axis=(1, 2)) < 0.02 * np.ptp(maps)).all()


def test_the_heatmaps_of_compact_peak_at_the_points(
    compact: InspectedNetwork, astronaut: Image, finder: FaceFinder
) -> None:
    keypoints = finder.find(astronaut).keypoints[0]
    transform = upright_crop_transform(keypoints, 128)
    (heatmaps,) = compact.feature_maps(warp(astronaut, transform, 128), ["head.heatmaps"])
    assert heatmaps.shape == (68, 16, 16)
    rows, columns = np.unravel_index(heatmaps.reshape(68, -1).argmax(axis=1), (16, 16))
    peaks = np.stack([columns, rows], axis=1) * 8 + 3.5
    distances = np.linalg.norm(peaks - apply_transform(transform, keypoints), axis=1)
    assert distances.max() < 12  # cells of 8 pixels


def test_a_network_of_8_bits(detector: InspectedNetwork, astronaut: Image) -> None:
    assert detector.names[:2] == ("stem.0", "stem.3.inside.0")
    assert detector.layers(astronaut)[0] == Layer(1, "stem.0", (4, 1), 12, 32, (4, 1), (128, 128))
    filters = detector.first_filters()
    assert filters.shape == (32, 4, 4, 3)
    maps = detector.feature_maps(astronaut, [1])[0]
    expected = filter_responses(astronaut, filters)[:, 2::4, 2::4]
    assert min(np.corrcoef(one.ravel(), other.ravel())[0, 1] for one, other in zip(maps, expected, strict=True)) > 0.9
