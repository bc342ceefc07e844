"""The detector network as Lightning trains it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
from torch import Tensor

from facepoints.arrays import Array, Floats
from facepoints.evaluation.detector_metrics import DROPPED, average_precision, match_boxes, precision_recall
from facepoints.geometry import nms
from facepoints.training.detector.config import DetectorTrainConfig
from facepoints.training.detector.data import KnownBoxes, ValidationPicture
from facepoints.training.detector.export import load_detector_checkpoint
from facepoints.training.detector.losses import SceneBatch, detector_loss
from facepoints.training.networks.detector import DetectorNetwork, create_detector
from facepoints.training.sharing import gather_lists
from facepoints.training.trained_module import TrainedModule

__all__ = ["DetectorModule"]

_MATCH_IOU = 0.4
"""The validation asks the question of a user: is the face found? Boxes of small faces are labelled coarsely."""

_SIZES = (16.0, 32.0)
"""Validation AP is taken for faces from so many pixels on."""

_FOUND_SCORE = 0.4
_CANDIDATES = 400
_NMS_IOU = 0.4


class DetectorModule(TrainedModule):
    """Loss and validation of a detector.

    Args:
        config: of the run.
        validation_sources: names of the data sets, one for each validation loader.
    """

    kind: ClassVar[str] = "detector"
    monitor: ClassVar[str] = "val_ap"
    monitor_title: ClassVar[str] = "the AP"
    mode: ClassVar[Literal["min", "max"]] = "max"
    inputs: ClassVar[str] = "scenes"

    network: DetectorNetwork

    def __init__(self, config: DetectorTrainConfig, validation_sources: list[str]) -> None:
        super().__init__(create_detector(config.network), config)
        self.title = f"detector {config.network}"
        self.validation_sources = validation_sources
        self._pictures: list[list[tuple[Floats, Floats, KnownBoxes]]] = []

    def start_from(self, checkpoint: Path) -> None:
        """Take the weights of another run's checkpoint, whose network may have fewer blocks.

        Raises:
            WeightsError: no such checkpoint of a detector.
            InputError: it is of a network of another shape.
        """
        self.network.start_from(load_detector_checkpoint(checkpoint)[0].state_dict())

    def training_step(self, batch: SceneBatch, batch_index: int) -> Tensor:
        """One step of the optimiser."""
        parts = detector_loss(self.network(batch["pictures"]), batch)
        self.log_dict({f"train/{name}": value.detach() for name, value in parts.items()})
        return parts["loss"]

    def on_validation_epoch_start(self) -> None:
        """Forget the last validation."""
        self._pictures = [[] for _ in self.validation_sources]

    def validation_step(self, batch: ValidationPicture, batch_index: int, dataloader_idx: int = 0) -> None:
        """Collect the boxes of one picture."""
        # Not through `network(...)`, which may be compiled for the one size of the scenes.
        prediction = self.network.forward(batch["picture"])
        scores, boxes = prediction.logits[0].sigmoid().float().cpu().numpy(), prediction.boxes[0].cpu().numpy()
        best = np.argsort(-scores)[:_CANDIDATES]
        kept = best[nms(boxes[best], scores[best], _NMS_IOU)]
        self._pictures[dataloader_idx].append((boxes[kept], scores[kept], batch["known"]))

    def on_validation_epoch_end(self) -> None:
        """Log the AP on pictures whose faces are all labelled, and the share found and the other boxes on the rest."""
        self._pictures = gather_lists(self._pictures)
        precisions: list[float] = []
        shares: list[float] = []
        for source, pictures in zip(self.validation_sources, self._pictures, strict=True):
            if all(known.complete for _, _, known in pictures):
                for size in _SIZES:
                    value = _average_precision(pictures, size)
                    self.log(f"val/ap_{source}_{size:g}", value)
                    precisions.append(value)
            else:
                found, others = _found(pictures)
                shares.append(found)
                self.log(f"val/found_{source}", found)
                self.log(f"val/others_{source}", others)
        self.log("val_ap", float(np.mean(precisions or shares)))

    def describe(self, values: Mapping[str, float]) -> list[str]:
        """The AP by size, and what was found where one face is labelled."""
        names = sorted(name for name in values if name.startswith("val/"))
        return [f"AP {values['val_ap']:.4f}", *(f"{name.removeprefix('val/')} {values[name]:.4f}" for name in names)]


def _average_precision(pictures: list[tuple[Floats, Floats, KnownBoxes]], smallest: float) -> float:
    outcomes: list[Array] = []
    scores: list[Array] = []
    count = 0
    for boxes, picture_scores, known in pictures:
        faces = known.boxes
        ignore = known.ignore | ((faces[:, 2:] - faces[:, :2]).max(axis=1, initial=0) < smallest)
        outcomes.append(match_boxes(boxes, picture_scores, faces, ignore, _MATCH_IOU))
        scores.append(picture_scores)
        count += int((~ignore).sum())
    return float(average_precision(precision_recall(outcomes, scores, count)))


def _found(pictures: list[tuple[Floats, Floats, KnownBoxes]]) -> tuple[float, float]:
    """Share of the labelled faces that a sure box finds, and further sure boxes a picture."""
    found = others = faces = 0
    for boxes, scores, known in pictures:
        sure = scores >= _FOUND_SCORE
        outcome = match_boxes(boxes[sure], scores[sure], known.boxes, known.ignore, _MATCH_IOU)
        found += int((outcome >= 0).sum())
        others += int((outcome < 0).sum() - (outcome == DROPPED).sum())
        faces += int((~known.ignore).sum())
    return found / max(faces, 1), others / max(len(pictures), 1)
