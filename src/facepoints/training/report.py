"""Progress of a run where nobody watches a bar: one line an epoch."""

from __future__ import annotations

import sys
import time

import lightning
from lightning.pytorch.callbacks import Callback

from facepoints.training.module import KeypointModule

__all__ = ["EpochLines"]


class EpochLines(Callback):
    """Write one line to stderr after each validation."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def on_train_epoch_start(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """Start the clock."""
        self._started = time.monotonic()

    def on_validation_end(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """Write the line."""
        assert isinstance(pl_module, KeypointModule)
        speed = pl_module.config.epoch_samples / max(time.monotonic() - self._started, 1e-9)
        values = {
            name: float(value)
            for name, value in trainer.callback_metrics.items()
            if name.startswith("val") or name == "train/loss"
        }
        figures = "  ".join(f"{name} {value:.3f}" for name, value in values.items())
        done = trainer.current_epoch + 1
        print(f"epoch {done}/{trainer.max_epochs}  {speed:.0f} crops/s  {figures}", file=sys.stderr, flush=True)
