"""A small classifier on the 68 points: which actions a face does, such as smiling or closing the eyes.

It knows the points alone, seen from the front and freed from size and place, so it trains in seconds and needs no
pictures; a wrinkled nose, a furrowed brow or a blush, which the points do not show, it cannot know.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor, nn

from facepoints.analysis import frontal_points, head_pose
from facepoints.analysis.face_model import EYE_DISTANCE
from facepoints.arrays import Floats, as_floats
from facepoints.datasets.expressions import ACTIONS, ExpressionSet
from facepoints.errors import InputError
from facepoints.scheme import POINT_COUNT

__all__ = ["ExpressionClassifier", "expression_features", "train_expressions"]

_INNER = slice(17, 68)
"""All but the jaw, whose points slide along the outline as the head turns."""

_HIDDEN = 32
_BATCH = 64
_LEARNING_RATE = 3e-3
_DECAY = 1e-2

_SCALE = 0.1
"""Outer-eye distances. One for all points: with a scale of its own for each, the network learns from points that hardly
vary in made faces what does not hold for real ones."""

_JITTER = 0.02
"""Outer-eye distances: deviation of the noise that is added anew in each epoch, for the same reason."""


def expression_features(keypoints: ArrayLike, size: tuple[int, int]) -> Floats:
    """What the classifier sees: the points from the front without those of the jaw, in outer-eye distances.

    Args:
        keypoints: ``(n, 68, 2)`` pixels.
        size: width and height of the picture in pixels.

    Returns:
        ``(n, 102)``.

    Raises:
        InputError: not such points or size, or the points of a face lie in one place or on one line.
    """
    points = as_floats(keypoints, (None, POINT_COUNT, 2), "keypoints")
    poses = head_pose(points, size)
    if not poses.known.all():
        row = int(np.flatnonzero(~poses.known)[0])
        raise InputError(f"face {row} has no expression: its keypoints lie in one place or on one line")
    frontal = frontal_points(points, poses, size)[:, _INNER]
    return np.asarray(frontal / EYE_DISTANCE, dtype=np.float32).reshape(len(points), 2 * frontal.shape[1])


class ExpressionClassifier:
    """Tells which actions faces do; made by :func:`train_expressions`.

    Args:
        network: gives a logit for each action, ``(n, 102)`` to ``(n, k)``.
        actions: ``k`` names.
        losses: mean loss of each epoch of the training.

    Attributes are the arguments.
    """

    def __init__(self, network: nn.Module, actions: Sequence[str], losses: Sequence[float]) -> None:
        self.network = network.eval()
        self.actions = tuple(actions)
        self.losses = tuple(losses)

    def probabilities(self, keypoints: ArrayLike, size: tuple[int, int]) -> Floats:
        """How likely each face does each action, ``(n, k)``, 0 to 1; a face may do several, or none.

        Args:
            keypoints: ``(n, 68, 2)`` pixels.
            size: width and height of the picture in pixels.

        Raises:
            InputError: not such points or size, or the points of a face lie in one place or on one line.
        """
        features = torch.from_numpy(expression_features(keypoints, size))
        with torch.inference_mode():
            logits: Tensor = self.network(features)
        return np.asarray(logits.sigmoid().numpy(), dtype=np.float32)


class _Scaled(nn.Module):
    """Distances from the mean face, of about 1."""

    def __init__(self, features: Tensor) -> None:
        super().__init__()
        self.register_buffer("mean", features.mean(dim=0))

    def forward(self, features: Tensor) -> Tensor:
        return (features - self.get_buffer("mean")) / _SCALE


def train_expressions(examples: ExpressionSet, *, epochs: int = 30, seed: int = 0) -> ExpressionClassifier:
    """Train a network with one hidden layer; a yes or no for each action, by binary cross-entropy.

    Args:
        examples: such as :func:`facepoints.datasets.expressions.random_expressions` makes.
        epochs: passes over them.
        seed: of the first weights and of the order of the examples.

    Raises:
        InputError: there are no examples, or ``epochs`` is not above 0.
    """
    if not len(examples.keypoints) or epochs < 1:
        raise InputError(f"training needs examples and epochs; got {len(examples.keypoints)} and {epochs}")
    features = torch.from_numpy(expression_features(examples.keypoints, examples.size))
    labels = torch.from_numpy(examples.labels.astype(np.float32))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = _network(features)
        losses = _fit(network, features, labels, epochs)
    return ExpressionClassifier(network, ACTIONS, losses)


def _network(features: Tensor) -> nn.Module:
    return nn.Sequential(
        _Scaled(features), nn.Linear(features.shape[1], _HIDDEN), nn.ReLU(), nn.Linear(_HIDDEN, len(ACTIONS))
    )


def _fit(network: nn.Module, features: Tensor, labels: Tensor, epochs: int) -> list[float]:
    optimiser = torch.optim.AdamW(network.parameters(), lr=_LEARNING_RATE, weight_decay=_DECAY)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for rows in torch.split(torch.randperm(len(features)), _BATCH):
            seen = features[rows] + _JITTER * torch.randn_like(features[rows])
            loss = nn.functional.binary_cross_entropy_with_logits(network(seen), labels[rows])
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()
            total += float(loss.detach()) * len(rows)
        schedule.step()
        losses.append(total / len(features))
    return losses
