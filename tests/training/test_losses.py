import math

import pytest

torch = pytest.importorskip("torch")

from facepoints.training.losses import KeypointLoss, point_quality  # noqa: E402
from facepoints.training.networks import Prediction  # noqa: E402

SIZE = 32
CELLS = torch.tensor([[x, y] for y in (3.5, 11.5, 19.5, 27.5) for x in (3.5, 11.5, 19.5, 27.5)])
CONFIDENT = 1e4


def loss() -> KeypointLoss:
    return KeypointLoss(CELLS, SIZE)


def truth(count: int = 1) -> torch.Tensor:
    """All points in the middle of cell 5."""
    return CELLS[5].expand(count, 68, 2).clone()


def prediction(points: torch.Tensor, scores: float = 0.0) -> Prediction:
    """Points anywhere, even heatmaps, all scores alike; each a leaf that collects gradients."""
    count = len(points)
    return Prediction(
        points.clone().requires_grad_(),
        torch.full((count, 68), scores, requires_grad=True),
        torch.zeros(count, 68, 4, 4, requires_grad=True),
    )


def test_golden_values() -> None:
    parts = loss()(prediction(truth() + torch.tensor([3.0, -1.0])), truth())
    # Pixels of a crop of 128: (3 + 1) / 2 * 128 / 32.
    assert parts["distance"].item() == pytest.approx(8.0)
    # Even heatmaps cost the logarithm of the number of cells, whatever the target.
    assert parts["heatmap"].item() == pytest.approx(math.log(16), rel=1e-5)
    assert parts["score"].item() == pytest.approx(math.log(2), rel=1e-5)
    assert parts["loss"].item() == pytest.approx(0.5 * 8 + math.log(16) + 0.5 * math.log(2), rel=1e-5)


def test_the_heatmap_s_target_is_a_gaussian() -> None:
    given = prediction(truth())
    loss()(given, truth())["heatmap"].backward()
    # The gradient of a cross-entropy is prediction minus target; sigma is 0.8 cells.
    weights = torch.exp(-0.5 * (CELLS - CELLS[5]).square().sum(dim=1) / (0.8 * 8) ** 2)
    expected = (1 / 16 - weights / weights.sum()) / 68
    assert given.heatmap_logits.grad is not None
    torch.testing.assert_close(given.heatmap_logits.grad.flatten(2)[0, 0], expected, atol=1e-6, rtol=1e-4)


def test_a_perfect_prediction_costs_nothing_but_the_width_of_the_target() -> None:
    sharp = KeypointLoss(CELLS, SIZE, sigma=0.05)
    heatmaps = torch.zeros(1, 68, 16)
    heatmaps[..., 5] = CONFIDENT
    perfect = Prediction(truth(), torch.full((1, 68), CONFIDENT), heatmaps.reshape(1, 68, 4, 4))
    assert sharp(perfect, truth())["loss"].item() == pytest.approx(0, abs=1e-5)


def test_background_teaches_the_scores_alone() -> None:
    given = prediction(truth(), scores=1.0)
    parts = loss()(given, torch.full((1, 68, 2), float("nan")))
    assert parts["distance"].item() == parts["heatmap"].item() == 0
    parts["loss"].backward()
    assert given.points.grad is not None
    assert given.heatmap_logits.grad is not None
    assert given.score_logits.grad is not None
    assert not given.points.grad.any()
    assert not given.heatmap_logits.grad.any()
    assert (given.score_logits.grad > 0).all()  # down


def test_background_does_not_water_down_the_faces() -> None:
    faces = truth()
    mixed = torch.cat([faces, torch.full_like(faces, float("nan"))])
    alone = loss()(prediction(faces + 2), faces)
    together = loss()(prediction(torch.cat([faces, faces]) + 2), mixed)
    for name in ("distance", "heatmap"):
        assert together[name].item() == pytest.approx(alone[name].item(), rel=1e-5)


@pytest.mark.parametrize(("x", "pulled"), [(-0.6, False), (-0.4, True), (31.4, True), (31.6, False)])
def test_points_outside_the_crop_do_not_pull(x: float, pulled: bool) -> None:
    target = truth()
    target[0, 7, 0] = x
    given = prediction(truth() + 1)
    loss()(given, target)["loss"].backward()
    for gradient in (given.points.grad, given.heatmap_logits.grad):
        assert gradient is not None
        assert bool(gradient[0, 7].any()) == pulled
        assert gradient[0, 8].any()


def test_quality_falls_with_the_distance() -> None:
    distance = torch.tensor([0.0, 0.04 * 128, 0.08 * 128, 1000.0])
    expected = torch.tensor([1.0, math.exp(-0.5), math.exp(-2), 0.0])
    torch.testing.assert_close(point_quality(distance, 128), expected)
