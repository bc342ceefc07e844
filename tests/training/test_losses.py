import math

import pytest

torch = pytest.importorskip("torch")

from facepoints.errors import InputError  # noqa: E402
from facepoints.training.config import LOSS_NAMES  # noqa: E402
from facepoints.training.loss_terms import TermInputs  # noqa: E402
from facepoints.training.losses import LOSSES, KeypointLoss, check_loss, point_quality  # noqa: E402
from facepoints.training.networks import KeypointNetwork, NetworkSpec, Prediction  # noqa: E402
from facepoints.training.networks.base import expectation  # noqa: E402
from facepoints.training.networks.pyramid import PyramidConfig, PyramidEncoder  # noqa: E402
from facepoints.training.networks.registry import build  # noqa: E402

SIZE = 32
CELLS = torch.tensor([[x, y] for y in (3.5, 11.5, 19.5, 27.5) for x in (3.5, 11.5, 19.5, 27.5)])
CONFIDENT = 1e4


def network(head: str = "heatmaps") -> KeypointNetwork:
    shape = PyramidConfig(widths=(2, 2, 2, 2, 2), blocks=(0, 0, 0, 0))
    return build(NetworkSpec(lambda _: PyramidEncoder(shape), size=SIZE), head)


def loss(name: str = "l1+heatmap") -> KeypointLoss:
    return KeypointLoss(network(), name)


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
    assert parts["l1"].item() == pytest.approx(8.0)
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
    weights = torch.exp(-0.5 * (CELLS - CELLS[5]).square().sum(dim=1) / (0.8 * 8) ** 2)
    target = weights / weights.sum()
    heatmaps = target.log().expand(1, 68, 16).reshape(1, 68, 4, 4)
    parts = loss()(Prediction(truth(), torch.full((1, 68), CONFIDENT), heatmaps), truth())
    entropy = -(target * target.log()).sum().item()
    assert parts["heatmap"].item() == pytest.approx(entropy, rel=1e-5)
    assert parts["loss"].item() == pytest.approx(entropy, rel=1e-5)


def test_background_teaches_the_scores_alone() -> None:
    given = prediction(truth(), scores=1.0)
    parts = loss()(given, torch.full((1, 68, 2), float("nan")))
    assert parts["l1"].item() == parts["heatmap"].item() == 0
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
    for name in ("l1", "heatmap"):
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


@pytest.mark.parametrize(
    ("off", "left"), [((0.4, -0.3), (0.0, 0.0)), ((0.4, -1.5), (0.0, -1.0)), ((3.0, 0.5), (2.5, 0.0))]
)
@pytest.mark.parametrize("name", ["mse", "l1", "smooth_l1", "wing", "laplace_nll"])
def test_errors_within_the_dead_zone_cost_nothing(
    name: str, off: tuple[float, float], left: tuple[float, float]
) -> None:
    """An error costs what one that is smaller by the zone costs otherwise, coordinate by coordinate."""
    zone = torch.full((1,), 0.5)
    given, exact = prediction(truth() + torch.tensor(off)), prediction(truth() + torch.tensor(left))
    parts, expected = loss(name)(given, truth(), zone), loss(name)(exact, truth())
    assert parts[name].item() == pytest.approx(expected[name].item(), rel=1e-5, abs=1e-6)
    parts[name].backward()
    assert given.points.grad is not None
    still = given.points.grad.abs().amax(dim=(0, 1)) < 1e-6
    assert still.tolist() == [value == 0 for value in left]


def test_a_dead_zone_of_each_crop() -> None:
    places = truth().expand(2, -1, -1)
    given = prediction(places + 0.4)
    loss("l1")(given, places, torch.tensor([0.5, 0.0]))["l1"].backward()
    assert given.points.grad is not None
    assert [bool(gradient.any()) for gradient in given.points.grad] == [False, True]


def test_without_a_dead_zone_the_loss_is_as_ever() -> None:
    places = torch.rand(3, 68, 2, generator=torch.Generator().manual_seed(1)) * 31
    places[2] = float("nan")
    given = prediction(truth().expand(3, -1, -1) + 0.3)
    for name in ("own", "wing", "heatmap", "adaptive_wing", "gaussian_nll"):
        parts, same = loss(name)(given, places), loss(name)(given, places, torch.zeros(3))
        assert {key: value.item() for key, value in parts.items()} == {key: value.item() for key, value in same.items()}


def test_quality_falls_with_the_distance() -> None:
    distance = torch.tensor([0.0, 0.04 * 128, 0.08 * 128, 1000.0])
    expected = torch.tensor([1.0, math.exp(-0.5), math.exp(-2), 0.0])
    torch.testing.assert_close(point_quality(distance, 128), expected)


def term(name: str, offset: tuple[float, float], logit: float = 0.0, heatmap: float = 0.0) -> float:
    """The value of one term for points that are off by so many pixels of a crop of 128."""
    points = torch.tensor(offset).expand(1, 68, 2) + 40
    cells = torch.tensor([[39.5, 39.5], [103.5, 39.5], [39.5, 103.5], [103.5, 103.5]])
    logits = torch.full((1, 68, 2, 2), heatmap)
    inputs = TermInputs(points, torch.full((1, 68, 2), 39.5) + 0.5, torch.full((1, 68), logit), logits, cells, 128)
    values = LOSSES[name].function(inputs)
    assert values.shape == (1, 68)
    return float(values[0, 0])


SURE = 5.12 * math.sqrt(2 * math.log(2))
"""The error that a score of a half predicts, in pixels of a crop of 128."""


@pytest.mark.parametrize(
    ("name", "offset", "expected"),
    [
        ("mse", (3.0, -1.0), 5.0),
        ("l1", (3.0, -1.0), 2.0),
        ("smooth_l1", (3.0, -0.5), (2.5 + 0.125) / 2),
        ("wing", (0.0, 0.0), 0.0),
        ("wing", (1.0, -3.0), 5 * (math.log(2) + math.log(4)) / 2),
        # From its width on it goes on as a straight line, without a step.
        ("wing", (5.0, -9.0), (5 * math.log(6) + 5 * math.log(6) + 4) / 2),
        ("gaussian_nll", (3.0, 4.0), 25 / SURE**2 + 2 * math.log(SURE)),
        ("laplace_nll", (3.0, 4.0), 10 / SURE + 2 * math.log(SURE)),
    ],
)
def test_terms_by_hand(name: str, offset: tuple[float, float], expected: float) -> None:
    assert term(name, offset) == pytest.approx(expected, rel=1e-4, abs=1e-6)


def test_adaptive_wing_by_hand() -> None:
    # The true heatmap is about 1 in the first of four cells, and exp(-.5 (64 / 51.2)^2) in its neighbours; the
    # predicted one is a half everywhere.
    def value(true: float) -> float:
        power, off = 2.1 - true, abs(0.5 - true)
        if off < 0.5:
            raw = 14 * math.log1p(off**power)
        else:
            slope = 14 / (1 + 0.5**power) * power * 0.5 ** (power - 1)
            raw = slope * off - (0.5 * slope - 14 * math.log1p(0.5**power))
        return raw * (11 if true >= 0.2 else 1)

    squares = [(x**2 + y**2) for y in (0.5, 63.5) for x in (0.5, 63.5)]
    expected = sum(value(math.exp(-0.5 * square / 51.2**2)) for square in squares) / 4
    assert term("adaptive_wing", (0.0, 0.0)) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("name", ["gaussian_nll", "laplace_nll"])
def test_likelihoods_teach_the_scores_to_predict_the_error(name: str) -> None:
    """The best score is the quality of the error: of 5 pixels in a crop of 128."""
    logit = torch.zeros(1, requires_grad=True)
    optimiser = torch.optim.Adam([logit], lr=0.1)
    points = torch.full((1, 68, 2), 16.0)
    off = points + torch.tensor([3.0, 4.0]) * SIZE / 128
    for _ in range(200):
        optimiser.zero_grad()
        loss(name)(Prediction(off, logit.expand(1, 68)), points)["loss"].backward()
        optimiser.step()
    expected = math.exp(-0.5 * (5 / 5.12) ** 2)
    assert logit.sigmoid().item() == pytest.approx(expected, abs=0.02)


def test_the_names_that_the_command_line_tells() -> None:
    assert tuple(LOSSES) == LOSS_NAMES


def test_wrong_names() -> None:
    with pytest.raises(InputError, match=r"there is no loss 'l3'; known are own, mse, l1, .* sums such as l1\+heatmap"):
        check_loss("l1+l3", "heatmaps")
    with pytest.raises(
        InputError, match="the loss heatmap needs a head with heatmaps: give --head heatmaps or offsets"
    ):
        KeypointLoss(network("regression"), "l1+heatmap")
    for name in ("heatmap", "l1"):
        with pytest.raises(InputError, match=f"the loss {name} teaches cells or offsets alone: --head"):
            KeypointLoss(network("offsets"), name)


@pytest.mark.parametrize(("head", "terms"), [("regression", ["smooth_l1"]), ("heatmaps", ["l1", "heatmap"])])
def test_the_loss_that_goes_with_a_head(head: str, terms: list[str]) -> None:
    assert list(KeypointLoss(network(head)).terms) == terms


def test_autocast_leaves_places_alone() -> None:
    """In 16 bits, a target would lie pixels off, and so would the points."""
    shape = PyramidConfig(widths=(2, 2, 2, 2, 2), blocks=(0, 0, 0, 0))
    large = build(NetworkSpec(lambda _: PyramidEncoder(shape), size=128))
    cells = large.head.get_buffer("cells")
    places = torch.rand(3, 68, 2, generator=torch.Generator().manual_seed(0)) * 127
    logits = -0.5 * (places[..., None, :] - cells).square().sum(dim=-1) / 40
    expected = expectation(logits.softmax(dim=-1), cells)
    even = Prediction(places, torch.zeros(3, 68), torch.zeros(3, 68, 16, 16, requires_grad=True))
    exact = KeypointLoss(large, "heatmap")(even, places)["heatmap"]
    (target,) = torch.autograd.grad(exact, even.heatmap_logits)
    with torch.autocast("cpu", torch.bfloat16):
        torch.testing.assert_close(expectation(logits.softmax(dim=-1), cells), expected, atol=1e-3, rtol=0)
        rough = KeypointLoss(large, "heatmap")(even, places)["heatmap"]
    (rough_target,) = torch.autograd.grad(rough, even.heatmap_logits)
    torch.testing.assert_close(rough_target, target, atol=1e-7, rtol=1e-4)
