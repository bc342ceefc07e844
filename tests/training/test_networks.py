import dataclasses

import pytest

torch = pytest.importorskip("torch")

from facepoints.errors import InputError  # noqa: E402
from facepoints.training.export import ExportedNetwork  # noqa: E402
from facepoints.training.networks import NETWORKS, Compact, CompactConfig, create  # noqa: E402

TINY = CompactConfig(input_size=64, widths=(4, 4, 6, 8, 8), blocks=(1, 1, 1, 1), head_width=8, head_blocks=1)


def crops(count: int, size: int) -> torch.Tensor:
    return torch.randint(0, 256, (count, size, size, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("config", [*NETWORKS.values(), TINY, dataclasses.replace(TINY, input_size=96)])
def test_shapes(config: CompactConfig) -> None:
    torch.manual_seed(0)
    size = config.input_size
    prediction = Compact(config)(crops(3, size))
    assert prediction.points.shape == (3, 68, 2)
    assert prediction.score_logits.shape == (3, 68)
    assert prediction.heatmap_logits.shape == (3, 68, size // 8, size // 8)
    # An expectation over the cells never leaves the crop.
    assert ((prediction.points > 0) & (prediction.points < size - 1)).all()


def test_every_parameter_learns() -> None:
    torch.manual_seed(0)
    network = Compact(TINY)
    for parameter in network.parameters():  # residual blocks start as the identity, which stops gradients
        torch.nn.init.normal_(parameter, std=0.3)
    prediction = network(crops(4, 64))
    (prediction.points.std() + prediction.score_logits.square().mean()).backward()
    idle = [
        name for name, parameter in network.named_parameters() if parameter.grad is None or not parameter.grad.any()
    ]
    assert idle == []


def test_points_are_read_at_the_centres_of_the_cells() -> None:
    network = Compact(TINY)
    cells = network.get_buffer("cells")
    assert cells.shape == (64, 2)
    assert cells[0].tolist() == [3.5, 3.5]
    assert cells[1].tolist() == [11.5, 3.5]
    assert cells[-1].tolist() == [59.5, 59.5]


def test_the_exported_form_gives_the_same() -> None:
    torch.manual_seed(0)
    network = Compact(TINY).eval()
    with torch.no_grad():
        points, scores = ExportedNetwork(network).eval()(crops(2, 64))
        prediction = network(crops(2, 64))
    torch.testing.assert_close(points, prediction.points, atol=1e-3, rtol=1e-4)
    torch.testing.assert_close(scores, prediction.score_logits.sigmoid())


def test_unknown_name() -> None:
    with pytest.raises(InputError, match="there is no network 'huge'; known are compact"):
        create("huge")
