"""The keypoint network as Lightning trains it."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import lightning
import torch
from torch import Tensor

from facepoints.training.config import TrainConfig
from facepoints.training.data import Batch
from facepoints.training.losses import KeypointLoss
from facepoints.training.networks import create

__all__ = ["CHECKPOINT_KEY", "KeypointModule"]

CHECKPOINT_KEY = "facepoints_config"


class KeypointModule(lightning.LightningModule):
    """Loss, optimiser, schedule and validation.

    Args:
        config: of the run.
        validation_sources: names of the data sets, one for each validation loader.
    """

    def __init__(self, config: TrainConfig, validation_sources: list[str]) -> None:
        super().__init__()
        self.config = config
        self.validation_sources = validation_sources
        self.network = create(config.network)
        self.size = self.network.config.input_size
        self._errors: list[list[Tensor]] = []
        self._scores: list[list[Tensor]] = []

    def training_step(self, batch: Batch, batch_index: int) -> Tensor:
        """One step of the optimiser."""
        criterion = KeypointLoss(self.network.get_buffer("cells"), self.size)
        parts = criterion(self.network(batch["crops"]), batch["keypoints"])
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
        nmes = []
        for source, errors, scores in zip(self.validation_sources, self._errors, self._scores, strict=True):
            self.log(f"val/score_{source}", torch.cat(scores).mean())
            nme = 100 * torch.cat(errors).mean()
            if torch.isfinite(nme):
                self.log(f"val/nme_{source}", nme)
                nmes.append(nme)
        self.log("val_nme", torch.stack(nmes).mean() if nmes else torch.tensor(math.inf))

    def configure_optimizers(self) -> Any:
        """AdamW; linear warm-up, then a cosine to zero, a value a step."""
        config = self.config
        matrices = [parameter for parameter in self.network.parameters() if parameter.ndim > 1]
        others = [parameter for parameter in self.network.parameters() if parameter.ndim <= 1]
        groups = [{"params": matrices, "weight_decay": config.weight_decay}, {"params": others, "weight_decay": 0.0}]
        optimiser = torch.optim.AdamW(groups, lr=config.learning_rate)
        steps = int(self.trainer.estimated_stepping_batches)
        warm_up = max(1, round(config.warm_up * steps))

        def factor(step: int) -> float:
            if step < warm_up:
                return (step + 1) / warm_up
            return 0.5 * (1 + math.cos(math.pi * min(1.0, (step - warm_up) / max(1, steps - warm_up))))

        schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, factor)
        return {"optimizer": optimiser, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Keep the settings with the weights, so that a checkpoint alone can be exported."""
        checkpoint[CHECKPOINT_KEY] = asdict(self.config)
