"""What the keypoint network learns from: how far off its points are, its heatmaps, and its scores.

A loss is named by its terms, joined by "+": ``"l1+heatmap"``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from facepoints.errors import InputError
from facepoints.training import loss_terms
from facepoints.training.loss_terms import TermInputs
from facepoints.training.networks import KeypointNetwork, Prediction
from facepoints.training.networks.heads import OffsetHead

__all__ = ["LOSSES", "OWN_LOSS", "KeypointLoss", "LossTerm", "check_loss", "point_quality"]

OWN_LOSS = "own"
"""The loss that goes with a head: smooth L1 for coordinates, L1 and cross-entropy for heatmaps."""

_SCORE_WEIGHT = 0.5


@dataclass(frozen=True)
class LossTerm:
    """One term of a loss.

    Attributes:
        function: its value for each point, ``(n, 68)``.
        weight: in the sum, so that all terms push about as hard.
        needs_heatmaps: whether the head must have heatmaps.
        teaches_scores: whether it teaches the scores of faces, which else learn the quality of their points.
    """

    function: Callable[[TermInputs], Tensor]
    weight: float
    needs_heatmaps: bool = False
    teaches_scores: bool = False


LOSSES: dict[str, LossTerm] = {
    "mse": LossTerm(loss_terms.mse, 0.05),
    "l1": LossTerm(loss_terms.l1, 0.5),
    "smooth_l1": LossTerm(loss_terms.smooth_l1, 0.5),
    "wing": LossTerm(loss_terms.wing, 0.15),
    "adaptive_wing": LossTerm(loss_terms.adaptive_wing, 1.0, needs_heatmaps=True),
    "heatmap": LossTerm(loss_terms.heatmap_cross_entropy, 1.0, needs_heatmaps=True),
    "gaussian_nll": LossTerm(loss_terms.gaussian_nll, 0.5, teaches_scores=True),
    "laplace_nll": LossTerm(loss_terms.laplace_nll, 0.5, teaches_scores=True),
}
"""The terms that a loss may have."""


def check_loss(loss: str, head: str) -> list[str]:
    """The names of a loss's terms.

    Args:
        loss: names of terms, or ``"own"``.
        head: of ``HEADS``, that it is to teach.

    Raises:
        InputError: no such term, or they do not go with the head.
    """
    if loss == OWN_LOSS:
        return ["smooth_l1"] if head == "regression" else ["l1", "heatmap"]
    names = loss.split("+")
    unknown = [name for name in names if name not in LOSSES]
    if unknown:
        raise InputError(
            f"there is no loss {unknown[0]!r}; known are {OWN_LOSS}, {', '.join(LOSSES)}, and sums such as l1+heatmap"
        )
    wanting = [name for name in names if LOSSES[name].needs_heatmaps]
    if wanting and head == "regression":
        raise InputError(f"the loss {wanting[0]} needs a head with heatmaps: give --head heatmaps or offsets")
    if head == "offsets" and len(wanting) in (0, len(names)):
        raise InputError(
            f"the loss {loss} teaches cells or offsets alone: --head offsets needs both, such as l1+heatmap"
        )
    return names


def point_quality(distance: Tensor, size: int) -> Tensor:
    """How good a point is, 0 to 1: what its score is trained to predict.

    ``exp(-d^2 / 2 s^2)``, as in COCO's object keypoint similarity, with ``s`` 4 % of the crop's side, which is about a
    twelfth of the outer-eye distance.

    Args:
        distance: to the true point in crop pixels, any shape.
        size: of the crop in pixels.
    """
    return torch.exp(-0.5 * (distance / (loss_terms.QUALITY_SIGMA * size)).square())


class KeypointLoss:
    """The terms of a loss, and binary cross-entropy of the scores to the quality of the points.

    Background crops (points NaN) teach the scores alone.

    Args:
        network: that is trained.
        loss: names of terms, or ``"own"``.

    Raises:
        InputError: no such term, or one that needs heatmaps where the network's head has none.
    """

    def __init__(self, network: KeypointNetwork, loss: str = OWN_LOSS) -> None:
        self.network = network
        self.size = network.size
        head = "offsets" if isinstance(network.head, OffsetHead) else "heatmaps"
        if self._cells() is None:
            head = "regression"
        self.terms = {name: LOSSES[name] for name in check_loss(loss, head)}

    def _cells(self) -> Tensor | None:
        """The heatmaps' cells, which move to another device with the network."""
        return dict(self.network.head.named_buffers()).get("cells")

    def __call__(self, prediction: Prediction, keypoints: Tensor, dead_zone: Tensor | None = None) -> dict[str, Tensor]:
        """The terms, ``"score"``, and their weighted sum ``"loss"``, each a scalar.

        Args:
            prediction: of ``n`` crops.
            keypoints: ``(n, 68, 2)`` true points in crop pixels, NaN for background.
            dead_zone: ``(n,)`` crop pixels by which each coordinate of ``keypoints`` may be off; None for not at all.
                The terms then aim at the place nearest to the prediction that such labels can mean: errors within the
                zone cost nothing, larger ones less by as much. The quality that scores learn is that of the distance
                to the labels as they are.
        """
        is_face = torch.isfinite(keypoints).all(dim=(1, 2))
        truth = torch.where(is_face[:, None, None], keypoints, 0)
        # A point outside the crop has no place in the heatmap: the nearest border must not attract it.
        inside = is_face[:, None] & ((truth > -0.5) & (truth < self.size - 0.5)).all(dim=2)
        points = self.network.head.points_to_train(prediction, truth)
        target = truth
        if dead_zone is not None:
            zone = dead_zone[:, None, None]
            target = truth + (points.detach() - truth).clamp(-zone, zone)
        inputs = TermInputs(
            points, target, prediction.score_logits, prediction.heatmap_logits, self._cells(), self.size
        )
        parts = {name: _mean(term.function(inputs), inside) for name, term in self.terms.items()}
        quality = point_quality((prediction.points.detach() - truth).norm(dim=2), self.size) * inside
        scores = functional.binary_cross_entropy_with_logits(prediction.score_logits, quality, reduction="none")
        if any(term.teaches_scores for term in self.terms.values()):
            scores = scores * ~inside
        parts["score"] = scores.mean()
        total = _SCORE_WEIGHT * parts["score"]
        for name, term in self.terms.items():
            total = total + term.weight * parts[name]
        return {"loss": total, **parts}


def _mean(values: Tensor, inside: Tensor) -> Tensor:
    return (values * inside).sum() / inside.sum().clamp(min=1)
