"""The detector network: shapes, gradients, and the places that its outputs mean."""

import pytest

torch = pytest.importorskip("torch")

from facepoints.errors import InputError  # noqa: E402
from facepoints.training.networks.detector import (  # noqa: E402
    DetectorConfig,
    DetectorNetwork,
    create_detector,
    grid_centres,
    rows_of_blocks,
)

SMALL = DetectorConfig(stem=4, widths=(6, 8, 8), blocks=(0, 1, 0), head_width=8)


@pytest.mark.parametrize("size", [(32, 32), (64, 96), (160, 32)])
def test_shapes(size: tuple[int, int]) -> None:
    height, width = size
    count = height * width * 21 // 1024
    prediction = DetectorNetwork(SMALL).eval()(torch.zeros(2, height, width, 3, dtype=torch.uint8))
    assert prediction.logits.shape == (2, count)
    assert prediction.boxes.shape == (2, count, 4)
    assert prediction.landmarks.shape == (2, count, 7, 2)


def test_a_new_network_has_low_scores_and_boxes_around_its_grid_points() -> None:
    prediction = DetectorNetwork().eval()(torch.randint(0, 256, (1, 64, 64, 3), dtype=torch.uint8))
    assert prediction.logits.sigmoid().max() < 0.05
    centres = torch.cat([grid_centres(64 // stride, 64 // stride, stride) for stride in (8, 16, 32)])
    middle = (prediction.boxes[0, :, :2] + prediction.boxes[0, :, 2:]) / 2
    assert (middle - centres).abs().max() < 4
    assert (prediction.landmarks[0] - centres[:, None]).abs().max() < 4


def test_grid_points_lie_in_the_middle_of_their_cells() -> None:
    upper, lower = [[3.5, 3.5], [11.5, 3.5], [19.5, 3.5]], [[3.5, 11.5], [11.5, 11.5], [19.5, 11.5]]
    assert grid_centres(2, 3, 8).tolist() == [*upper, *lower]


def test_all_weights_get_gradients() -> None:
    network = DetectorNetwork(SMALL)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):  # blocks start as the identity, which gives their inside none
            torch.nn.init.ones_(module.weight)
    prediction = network(torch.randint(0, 256, (2, 64, 64, 3), dtype=torch.uint8))
    (prediction.logits.sum() + prediction.boxes.square().sum() + prediction.landmarks.square().sum()).backward()
    assert [name for name, value in network.named_parameters() if value.grad is None or not value.grad.any()] == []


def test_the_stem_for_rows_of_blocks_is_the_same_stem() -> None:
    network = DetectorNetwork(SMALL).eval()
    pictures = torch.randint(0, 256, (2, 64, 96, 3), dtype=torch.uint8)
    expected = network.stem(pictures.permute(0, 3, 1, 2).float() / 128)
    torch.testing.assert_close(network.row_stem()(rows_of_blocks(pictures).float()), expected, atol=1e-5, rtol=1e-5)


def test_one_picture_gives_the_same_alone_and_in_a_batch() -> None:
    network = DetectorNetwork(SMALL).eval()
    pictures = torch.randint(0, 256, (3, 64, 64, 3), dtype=torch.uint8)
    together, alone = network(pictures), network(pictures[1:2])
    torch.testing.assert_close(together.boxes[1:2], alone.boxes, atol=1e-4, rtol=1e-5)


def test_a_larger_network_starts_where_a_smaller_one_stood() -> None:
    slim, full = create_detector("slim").eval(), create_detector("full").eval()
    full.start_from(slim.state_dict())
    pictures = torch.randint(0, 256, (1, 64, 64, 3), dtype=torch.uint8)
    torch.testing.assert_close(full(pictures).boxes, slim(pictures).boxes)
    torch.testing.assert_close(full(pictures).logits, slim(pictures).logits)
    with pytest.raises(InputError, match="weights of its own shape"):
        slim.start_from(full.state_dict())
    with pytest.raises(InputError, match="weights of its own shape"):
        full.start_from(DetectorNetwork(SMALL).state_dict())


def test_unknown_names() -> None:
    with pytest.raises(InputError, match="no detector network 'huge'; known are slim, full"):
        create_detector("huge")
