"""What the training of every network shares: optimiser, schedule, and the settings inside the checkpoint."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, ClassVar, Literal

import lightning
import numpy as np
import torch

from facepoints.training.config import RunConfig
from facepoints.training.sharing import place

__all__ = ["CHECKPOINT_KEY", "CHECKPOINT_KIND", "TrainedModule"]

CHECKPOINT_KEY = "facepoints_config"
CHECKPOINT_KIND = "facepoints_kind"


class TrainedModule(lightning.LightningModule):
    """Base of the modules that Lightning trains.

    Args:
        network: whose parameters are trained.
        config: of the run.
    """

    title: str
    """Of the network, for people."""

    kind: ClassVar[str]
    """What the network is: ``"keypoints"`` or ``"detector"``."""

    monitor: ClassVar[str]
    """Name of the figure that tells the best checkpoint."""

    monitor_title: ClassVar[str]
    """The figure in words."""

    mode: ClassVar[Literal["min", "max"]]
    """Whether it should be small or large."""

    inputs: ClassVar[str]
    """What the network is trained on, in the plural: ``"crops"``."""

    def __init__(self, network: torch.nn.Module, config: RunConfig) -> None:
        super().__init__()
        self.network = network
        self.config = config
        # A validation set may have fewer rows than the run has processes.
        self.allow_zero_length_dataloader_with_multiple_devices = True

    @abstractmethod
    def describe(self, values: Mapping[str, float]) -> list[str]:
        """The figures of a validation in words, for the line of an epoch."""

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

    def on_train_epoch_start(self) -> None:
        """Seed chance inside the network (dropout) anew, so that a continued run has that of an undisturbed one."""
        seed = np.random.SeedSequence((self.config.seed, self.current_epoch, place().rank))
        torch.manual_seed(int(seed.generate_state(1)[0]))

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Keep the settings with the weights, so that a checkpoint alone can be exported."""
        checkpoint[CHECKPOINT_KIND] = self.kind
        checkpoint[CHECKPOINT_KEY] = asdict(self.config)
