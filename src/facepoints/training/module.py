"""The keypoint network as Lightning trains it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Literal

import torch
from torch import Tensor

from facepoints.errors import InputError
from facepoints.training.checkpoints import read_checkpoint
from facepoints.training.config import TrainConfig
from facepoints.training.data import Batch
from facepoints.training.losses import KeypointLoss
from facepoints.training.networks import KeypointNetwork, create
from facepoints.training.sharing import gather_lists
from facepoints.training.trained_module import TrainedModule

__all__ = ["KeypointModule"]


class KeypointModule(TrainedModule):
    """Loss and validation.

    Args:
        config: of the run.
        validation_sources: names of the data sets, one for each validation loader.
    """

    kind: ClassVar[str] = "keypoints"
    monitor: ClassVar[str] = "val_nme"
    monitor_title: ClassVar[str] = "the NME"
    mode: ClassVar[Literal["min", "max"]] = "min"
    inputs: ClassVar[str] = "crops"

    network: KeypointNetwork

    def __init__(self, config: TrainConfig, validation_sources: list[str]) -> None:
        network = create(config.network, config.head, pretrained=config.pretrained)
        super().__init__(network, config)
        self.criterion = KeypointLoss(network, config.loss)
        self.validation_sources = validation_sources
        self.title = f"network {config.network}, head {config.head}, loss {config.loss}"
        self.size = network.size
        self._errors: list[list[Tensor]] = []
        self._scores: list[list[Tensor]] = []

    def start_from(self, checkpoint: Path) -> None:
        """Take the weights of another run's checkpoint, as far as they fit.

        Raises:
            WeightsError: no such checkpoint.
            InputError: it is of quite another network.
        """
        other = read_checkpoint(checkpoint)
        if other.kind != self.kind:
            raise InputError(f"cannot start from {checkpoint}: it is the checkpoint of a {other.kind}")
        try:
            self.network.start_from(other.weights)
        except InputError as error:
            raise InputError(f"cannot start from {checkpoint}: {error}") from error

    def training_step(self, batch: Batch, batch_index: int) -> Tensor:
        """One step of the optimiser."""
        parts = self.criterion(self.network(batch["crops"]), batch["keypoints"], batch["dead_zone"])
        self.log_dict({f"train/{name}": value.detach() for name, value in parts.items()})
        return parts["loss"]

    def on_validation_epoch_start(self) -> None:
        """Forget the last validation."""
        self._errors = [[] for _ in self.validation_sources]
        self._scores = [[] for _ in self.validation_sources]

    def validation_step(self, batch: Batch, batch_index: int, dataloader_idx: int = 0) -> None:
        """Collect the errors of one batch."""
        prediction = self.network(batch["crops"])
        errors = (prediction.points - batch["keypoints"]).norm(dim=2).mean(dim=1) / batch["scale"]
        self._errors[dataloader_idx].append(errors)
        self._scores[dataloader_idx].append(prediction.score_logits.sigmoid().mean(dim=1))

    def on_validation_epoch_end(self) -> None:
        """Log the NME of each data set in percent, their mean as ``val_nme``, and the mean score of each."""
        self._errors, self._scores = gather_lists(self._errors), gather_lists(self._scores)
        nmes = []
        for source, errors, scores in zip(self.validation_sources, self._errors, self._scores, strict=True):
            self.log(f"val/score_{source}", torch.cat(scores).mean())
            nme = 100 * torch.cat(errors).mean()
            if torch.isfinite(nme):
                self.log(f"val/nme_{source}", nme)
                nmes.append(nme)
        self.log("val_nme", torch.stack(nmes).mean() if nmes else torch.tensor(math.inf))

    def describe(self, values: Mapping[str, float]) -> list[str]:
        """The NME, that of each data set, and the mean scores."""
        return [
            f"NME {values['val_nme']:.2f} %",
            *_by_source(values, "val/nme_", "{:.2f} %"),
            *_by_source(values, "val/score_", "score {:.2f}"),
        ]


def _by_source(values: Mapping[str, float], prefix: str, text: str) -> list[str]:
    chosen = {name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix)}
    return [f"{source} {text.format(value)}" for source, value in sorted(chosen.items())]
