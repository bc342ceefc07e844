"""The detector's loss: is it a face, where is its box, where are its landmarks."""

from __future__ import annotations

from typing import TypedDict

import torch
from torch import Tensor
from torch.nn import functional

from facepoints.training.detector.targets import BACKGROUND, FACE
from facepoints.training.networks.detector import FacePrediction

__all__ = ["SceneBatch", "detector_loss", "giou", "iou"]

_BOX_WEIGHT = 2.0
_LANDMARK_WEIGHT = 4.0

_SCORE_POWER = 0.5
"""Scores learn this power of the IoU: its square root, since the IoU of a good box on a small face is often low."""


class SceneBatch(TypedDict):
    """A batch of scenes and their targets.

    ``pictures`` is ``(n, size, size, 3)`` uint8; ``labels`` ``(n, k)`` int8, ``boxes`` ``(n, k, 4)`` and ``landmarks``
    ``(n, k, 7, 2)`` as :class:`facepoints.training.detector.targets.GridTargets`.
    """

    pictures: Tensor
    labels: Tensor
    boxes: Tensor
    landmarks: Tensor


def detector_loss(prediction: FacePrediction, batch: SceneBatch) -> dict[str, Tensor]:
    """The loss and its parts, each a mean over the grid points that learn a face.

    Scores learn the quality of their own box (Li et al., "Generalized Focal Loss", NeurIPS 2020); background weighs as
    much as the square of its score, so that the easy part of it does not drown the rest. Boxes learn by 1 - GIoU
    (Rezatofighi et al., CVPR 2019), landmarks by their distance over the face's longer side.
    """
    faces, background = batch["labels"] == FACE, batch["labels"] == BACKGROUND
    count = faces.sum().clamp(min=1)
    true_boxes, boxes = batch["boxes"][faces], prediction.boxes[faces]
    overlap = giou(boxes, true_boxes)
    quality = iou(boxes.detach(), true_boxes) ** _SCORE_POWER
    logits = prediction.logits
    on_faces = functional.binary_cross_entropy_with_logits(logits[faces], quality, reduction="sum")
    empty = logits[background]
    on_background = (functional.softplus(empty) * empty.detach().sigmoid() ** 2).sum()
    parts = {
        "faces": on_faces / count,
        "background": on_background / count,
        "boxes": (1 - overlap).sum() / count,
        "landmarks": _landmark_loss(prediction.landmarks[faces], batch["landmarks"][faces], true_boxes),
    }
    loss = parts["faces"] + parts["background"] + _BOX_WEIGHT * parts["boxes"] + _LANDMARK_WEIGHT * parts["landmarks"]
    return {"loss": loss, **parts}


def _landmark_loss(found: Tensor, true: Tensor, boxes: Tensor) -> Tensor:
    known = torch.isfinite(true[:, 0, 0])
    sides = (boxes[known, 2:] - boxes[known, :2]).amax(dim=1)
    errors = (found[known] - true[known]).abs().mean(dim=(1, 2)) / sides
    return errors.sum() / known.sum().clamp(min=1)


def iou(first: Tensor, second: Tensor) -> Tensor:
    """Intersection over union of two lists of boxes ``(m, 4)``, row by row: ``(m,)``."""
    return _overlaps(first, second)[0]


def giou(first: Tensor, second: Tensor) -> Tensor:
    """Generalised intersection over union, -1 to 1, row by row: ``(m,)``."""
    ratio, union = _overlaps(first, second)
    hull = (torch.maximum(first[:, 2:], second[:, 2:]) - torch.minimum(first[:, :2], second[:, :2])).prod(dim=1)
    return ratio - (hull - union) / hull.clamp(min=1e-6)


def _overlaps(first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
    shared = (torch.minimum(first[:, 2:], second[:, 2:]) - torch.maximum(first[:, :2], second[:, :2])).clamp(min=0)
    intersection = shared.prod(dim=1)
    areas = (first[:, 2:] - first[:, :2]).prod(dim=1) + (second[:, 2:] - second[:, :2]).prod(dim=1)
    union = areas - intersection
    return intersection / union.clamp(min=1e-6), union
