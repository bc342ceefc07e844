"""The terms that a loss may have: each gives a value for each point, ``(n, 68)``.

Distances are in 1/128 of the crop's side, so that a term means the same at every size of input.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

__all__ = [
    "QUALITY_SIGMA",
    "TermInputs",
    "adaptive_wing",
    "gaussian_nll",
    "heatmap_cross_entropy",
    "l1",
    "laplace_nll",
    "mse",
    "smooth_l1",
    "wing",
]

QUALITY_SIGMA = 0.04
"""The error, over the crop's side, at which a point's quality is ``exp(-1/2)``."""

_UNITS = 128.0
_HEATMAP_SIGMA = 0.8
"""Of the Gaussian that a heatmap should be, in cells."""

_LEAST_SPREAD = 0.05
"""No point is surer than this: else one wrong label would outweigh all others."""


class TermInputs(NamedTuple):
    """What terms see.

    Attributes:
        points: ``(n, 68, 2)`` predicted, in crop pixels.
        truth: ``(n, 68, 2)``; 0 for background.
        score_logits: ``(n, 68)``.
        heatmap_logits: ``(n, 68, cells, cells)``, or None.
        cells: ``(cells * cells, 2)`` centres of the heatmaps' cells in crop pixels, or None.
        size: of the crop in pixels.
    """

    points: Tensor
    truth: Tensor
    score_logits: Tensor
    heatmap_logits: Tensor | None
    cells: Tensor | None
    size: int

    @property
    def offset(self) -> Tensor:
        """``(n, 68, 2)`` from the truth to the predicted points."""
        return (self.points - self.truth) * (_UNITS / self.size)

    @property
    def spread(self) -> Tensor:
        """``(n, 68)``, the error that the scores predict: the distance whose quality is the score."""
        softplus = functional.softplus(-self.score_logits.float())
        return (QUALITY_SIGMA * _UNITS * (2 * softplus).sqrt()).clamp(min=_LEAST_SPREAD)


def mse(inputs: TermInputs) -> Tensor:
    """Squared error, mean over x and y."""
    return inputs.offset.square().mean(dim=2)


def l1(inputs: TermInputs) -> Tensor:
    """Absolute error, mean over x and y."""
    return inputs.offset.abs().mean(dim=2)


def smooth_l1(inputs: TermInputs) -> Tensor:
    """Squared below 1 unit, absolute above (Girshick, "Fast R-CNN", ICCV 2015)."""
    return functional.smooth_l1_loss(
        inputs.points * _UNITS / inputs.size, inputs.truth * _UNITS / inputs.size, reduction="none"
    ).mean(dim=2)


def wing(inputs: TermInputs, width: float = 5.0, curvature: float = 1.0) -> Tensor:
    """Logarithmic near zero, where L1 pushes too little, absolute from ``width`` on (Feng et al., "Wing Loss", CVPR
    2018; their 10 and 2 are for crops of 256 pixels)."""
    distance = inputs.offset.abs()
    inner = width * torch.log1p(distance / curvature)
    outer = distance - (width - width * math.log1p(width / curvature))
    return torch.where(distance < width, inner, outer).mean(dim=2)


def heatmap_cross_entropy(inputs: TermInputs) -> Tensor:
    """Cross-entropy of the heatmaps to small Gaussians at the true points."""
    logits, nearness, sigma = _heatmap_inputs(inputs)
    target = torch.softmax(nearness / sigma**2, dim=-1)
    return -(target * functional.log_softmax(logits, dim=-1)).sum(dim=-1)


def adaptive_wing(
    inputs: TermInputs, alpha: float = 2.1, omega: float = 14.0, epsilon: float = 1.0, theta: float = 0.5
) -> Tensor:
    """Wing loss on the heatmaps' values, whose shape changes with the true value, ten times heavier on and near the
    point (Wang, Bo and Fuxin, "Adaptive Wing Loss", ICCV 2019); mean over cells.

    The heatmap is the sigmoid of its logits; its true value is 1 at the point.
    """
    logits, nearness, sigma = _heatmap_inputs(inputs)
    truth = inputs.truth[..., None, :].square().sum(dim=-1)
    target = torch.exp((nearness - 0.5 * truth) / sigma**2)
    difference = (logits.sigmoid() - target).abs()
    power = alpha - target
    slope = omega / (1 + (theta / epsilon) ** power) * power * (theta / epsilon) ** (power - 1) / epsilon
    constant = theta * slope - omega * torch.log1p((theta / epsilon) ** power)
    inner = omega * torch.log1p((difference.clamp(min=1e-6) / epsilon) ** power)
    value = torch.where(difference < theta, inner, slope * difference - constant)
    return (value * (1 + 10 * (target >= 0.2))).mean(dim=-1)


def gaussian_nll(inputs: TermInputs) -> Tensor:
    """Negative log-likelihood under a round Gaussian whose mean squared distance is what the score predicts (Kendall
    and Gal, "What Uncertainties Do We Need", NeurIPS 2017)."""
    spread = inputs.spread
    return inputs.offset.square().sum(dim=2) / spread.square() + 2 * spread.log()


def laplace_nll(inputs: TermInputs) -> Tensor:
    """Negative log-likelihood under a round Laplace distribution whose mean distance is what the score predicts (after
    Kumar et al., "LUVLi Face Alignment", CVPR 2020)."""
    spread = inputs.spread
    # The square root of the squares: its slope at 0 is 0, not infinite.
    distance = (inputs.offset.square().sum(dim=2) + 1e-6).sqrt()
    return 2 * distance / spread + 2 * spread.log()


def _heatmap_inputs(inputs: TermInputs) -> tuple[Tensor, Tensor, float]:
    """Logits ``(n, 68, cells)``; minus half the squared distance of each cell to the true point, but for a constant of
    the point; and the Gaussian's sigma, in crop pixels."""
    assert inputs.heatmap_logits is not None
    assert inputs.cells is not None
    cells = inputs.cells.to(inputs.truth)
    # |a - b|^2 in parts: the table of all differences would be the largest tensor of the training. In 16 bits, to which
    # autocast takes products of matrices, the target would lie pixels off.
    with torch.autocast(inputs.truth.device.type, enabled=False):
        nearness = (inputs.truth @ cells.T) - 0.5 * cells.square().sum(dim=1)
    return inputs.heatmap_logits.flatten(2).float(), nearness, _HEATMAP_SIGMA * inputs.size / len(cells) ** 0.5
