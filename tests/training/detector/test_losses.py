"""The detector's loss on cases worked out by hand."""

import math

import pytest

torch = pytest.importorskip("torch")

from facepoints.training.detector.losses import SceneBatch, detector_loss, giou, iou  # noqa: E402
from facepoints.training.networks.detector import FacePrediction  # noqa: E402

NAN = float("nan")


@pytest.mark.parametrize(
    ("first", "second", "overlap", "generalised"),
    [
        ([0, 0, 2, 2], [0, 0, 2, 2], 1.0, 1.0),
        ([0, 0, 2, 2], [1, 0, 3, 2], 1 / 3, 1 / 3),
        ([0, 0, 1, 1], [2, 0, 3, 1], 0.0, -1 / 3),
        ([0, 0, 2, 2], [1, 1, 3, 3], 1 / 7, 1 / 7 - 2 / 9),
    ],
)
def test_overlaps(first: list[float], second: list[float], overlap: float, generalised: float) -> None:
    pair = torch.tensor([first]), torch.tensor([second])
    assert iou(*pair).item() == pytest.approx(overlap)
    assert giou(*pair).item() == pytest.approx(generalised)


def case(logits: list[float], labels: list[int], shift: float = 0.0) -> tuple[FacePrediction, SceneBatch]:
    """Grid points whose true box is (0, 0, 10, 20), found ``shift`` pixels too far right."""
    count = len(logits)
    true = torch.tensor([[0.0, 0, 10, 20]]).repeat(count, 1)
    marks = torch.zeros(count, 7, 2)
    prediction = FacePrediction(
        torch.tensor(logits)[None], (true + torch.tensor([shift, 0, shift, 0]))[None], (marks + shift)[None]
    )
    batch: SceneBatch = {
        "pictures": torch.zeros(1, 32, 32, 3, dtype=torch.uint8),
        "labels": torch.tensor(labels, dtype=torch.int8)[None],
        "boxes": true[None],
        "landmarks": marks[None],
    }
    return prediction, batch


def test_a_perfect_answer_costs_next_to_nothing() -> None:
    assert detector_loss(*case([20.0, -20.0], [1, 0]))["loss"].item() == pytest.approx(0, abs=1e-6)


def test_parts_by_hand() -> None:
    parts = detector_loss(*case([0.0, 0.0, 0.0], [1, 0, -1], shift=2.0))
    assert parts["boxes"].item() == pytest.approx(1 - 8 / 12)
    assert parts["faces"].item() == pytest.approx(math.log(2))  # the same for every target, at a score of a half
    assert parts["background"].item() == pytest.approx(math.log(2) / 4)
    assert parts["landmarks"].item() == pytest.approx(2 / 20)
    total = math.log(2) * 1.25 + 2 / 3 + 0.4
    assert parts["loss"].item() == pytest.approx(total)


def test_scores_learn_the_root_of_the_overlap() -> None:
    target = math.sqrt(8 / 12)
    best = math.log(target / (1 - target))
    losses = [detector_loss(*case([logit], [1], shift=2.0))["faces"].item() for logit in (best - 0.3, best, best + 0.3)]
    assert losses[1] == min(losses)


def test_nothing_to_learn_is_no_error() -> None:
    prediction, batch = case([0.0], [-1])
    assert detector_loss(prediction, batch)["loss"].item() == 0


def test_unknown_landmarks_cost_nothing() -> None:
    prediction, batch = case([20.0], [1])
    batch["landmarks"] = torch.full((1, 1, 7, 2), NAN)
    prediction.logits.requires_grad_()
    parts = detector_loss(prediction, batch)
    assert parts["landmarks"].item() == 0
    parts["loss"].backward()  # type: ignore[no-untyped-call]
    assert torch.isfinite(prediction.logits.grad).all()
