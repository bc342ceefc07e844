"""What the keypoint network learns from: distance, heatmap and score."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from facepoints.training.networks.compact import Prediction

__all__ = ["KeypointLoss", "LossWeights", "point_quality"]


@dataclass(frozen=True)
class LossWeights:
    """Weights of the parts of :class:`KeypointLoss`."""

    distance: float = 0.5
    heatmap: float = 1.0
    score: float = 0.5


def point_quality(distance: Tensor, size: int) -> Tensor:
    """How good a point is, 0 to 1: what its score is trained to predict.

    ``exp(-d^2 / 2 s^2)``, as in COCO's object keypoint similarity, with ``s`` 4 % of the crop's side, which is about a
    twelfth of the outer-eye distance.

    Args:
        distance: to the true point in crop pixels, any shape.
        size: of the crop in pixels.
    """
    return torch.exp(-0.5 * (distance / (0.04 * size)).square())


class KeypointLoss:
    """L1 distance of the points, cross-entropy of the heatmaps to a small Gaussian, and cross-entropy of the scores.

    Background crops (points NaN) teach the scores alone.

    Args:
        cells: ``(m, 2)`` centres of the heatmap's cells in crop pixels.
        size: of the crop in pixels.
        weights: of the three parts.
        sigma: of the Gaussian, in cells.
    """

    def __init__(self, cells: Tensor, size: int, weights: LossWeights | None = None, sigma: float = 0.8) -> None:
        self.cells = cells
        self.size = size
        self.weights = weights or LossWeights()
        self.sigma = sigma * size / cells.shape[0] ** 0.5

    def __call__(self, prediction: Prediction, keypoints: Tensor) -> dict[str, Tensor]:
        """The parts and their weighted sum ``"loss"``, each a scalar.

        Args:
            prediction: of ``n`` crops.
            keypoints: ``(n, 68, 2)`` true points in crop pixels, NaN for background.
        """
        is_face = torch.isfinite(keypoints).all(dim=(1, 2))
        truth = torch.where(is_face[:, None, None], keypoints, 0)
        # A point outside the crop has no place in the heatmap: the nearest border must not attract it.
        inside = (is_face[:, None] & ((truth > -0.5) & (truth < self.size - 0.5)).all(dim=2)).float()
        count = inside.sum().clamp(min=1)
        offset = (prediction.points - truth) * 128 / self.size
        distance = (offset.abs().sum(dim=2) * inside).sum() / (2 * count)
        heatmap = (self._heatmap(prediction.heatmap_logits, truth) * inside).sum() / count
        quality = point_quality((prediction.points.detach() - truth).norm(dim=2), self.size) * inside
        score = functional.binary_cross_entropy_with_logits(prediction.score_logits, quality)
        weights = self.weights
        total = weights.distance * distance + weights.heatmap * heatmap + weights.score * score
        return {"loss": total, "distance": distance, "heatmap": heatmap, "score": score}

    def _heatmap(self, logits: Tensor, truth: Tensor) -> Tensor:
        """Cross-entropy ``(n, 68)`` of the heatmaps to Gaussians at the true points."""
        cells = self.cells.to(truth)
        # |a - b|^2 in parts: the table of all differences would be the largest tensor of the training.
        nearness = (truth @ cells.T) - 0.5 * cells.square().sum(dim=1)
        target = torch.softmax(nearness / self.sigma**2, dim=-1)
        return -(target * functional.log_softmax(logits.flatten(2).float(), dim=-1)).sum(dim=-1)
