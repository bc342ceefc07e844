"""Progress of a run on stderr: one line an epoch, and in a terminal a bar over the whole run."""

from __future__ import annotations

import time
from typing import Any

import lightning
from lightning.pytorch.callbacks import Callback
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from facepoints.training.trained_module import TrainedModule

__all__ = ["RunReport"]


class RunReport(Callback):
    """Write where the run stands.

    Args:
        bar: show a live bar.
        console: where to write; None for stderr.
    """

    def __init__(self, bar: bool, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._progress = Progress(
            TextColumn("training"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("steps"),
            TimeElapsedColumn(),
            TextColumn("left:"),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            disable=not bar,
        )
        self._task = self._progress.add_task("")
        self._epoch_started = time.monotonic()
        self._seconds = 1.0
        self._best = float("inf")
        self._silent = False

    def setup(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule, stage: str) -> None:
        """Leave the word to the first of several processes."""
        self._silent = not trainer.is_global_zero

    def on_train_start(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """Say what is trained, and where a continued run stands."""
        assert isinstance(pl_module, TrainedModule)
        parameters = sum(parameter.numel() for parameter in pl_module.parameters())
        epochs = trainer.max_epochs or 1
        steps = int(trainer.estimated_stepping_batches)
        device = trainer.strategy.root_device
        where = str(device) if trainer.world_size == 1 else f"{device.type} in {trainer.world_size} processes"
        self._say(
            f"{pl_module.title}: {parameters:,} parameters; {epochs} epochs of "
            f"{steps // epochs:,} steps on {where}; results in {trainer.default_root_dir}"
        )
        if trainer.current_epoch:
            self._say(f"continuing after epoch {trainer.current_epoch}")
        self._progress.update(self._task, total=steps, completed=trainer.global_step)
        if not self._silent:
            self._progress.start()

    def on_train_epoch_start(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """Start the clock."""
        self._epoch_started = time.monotonic()

    def on_train_batch_end(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Move the bar."""
        self._progress.update(self._task, completed=trainer.global_step)

    def on_validation_start(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """Stop the clock."""
        self._seconds = max(time.monotonic() - self._epoch_started, 1e-9)

    def on_validation_end(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """Write the line of this epoch."""
        assert isinstance(pl_module, TrainedModule)
        values = {name: float(value) for name, value in trainer.callback_metrics.items()}
        parts = [f"epoch {trainer.current_epoch + 1}/{trainer.max_epochs}"]
        if "train/loss" in values:
            parts.append(f"loss {values['train/loss']:.3f}")
        parts += pl_module.describe(values)
        parts.append(f"{pl_module.config.epoch_samples / self._seconds:,.0f} {pl_module.inputs}/s")
        figure = values[pl_module.monitor] * (1 if pl_module.mode == "min" else -1)
        self._say("  ".join(parts) + ("  (best so far)" if figure < self._best else ""))
        self._best = min(self._best, figure)

    def on_train_end(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """Take the bar away."""
        assert isinstance(pl_module, TrainedModule)
        self._progress.stop()
        if trainer.max_epochs and trainer.current_epoch < trainer.max_epochs:
            patience = pl_module.config.patience
            self._say(f"stopped early, as {pl_module.monitor_title} does not get better (patience {patience})")

    def on_exception(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule, exception: BaseException
    ) -> None:
        """Say how to go on after Ctrl-C."""
        self._progress.stop()
        if isinstance(exception, KeyboardInterrupt):
            self._say(f"stopped after epoch {trainer.current_epoch}; the same command continues from there")

    def state_dict(self) -> dict[str, Any]:
        """What a continued run must know."""
        return {"best": self._best}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restore :meth:`state_dict`."""
        self._best = state_dict["best"]

    def _say(self, line: str) -> None:
        if not self._silent:
            self._console.print(line, markup=False, highlight=False, soft_wrap=True)
