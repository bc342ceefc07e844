"""A training run in its folder: start it, or continue it where it stood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import lightning
import torch
from lightning.fabric.utilities.exceptions import MisconfigurationException
from lightning.pytorch.callbacks import Callback, EarlyStopping, EMAWeightAveraging, ModelCheckpoint
from lightning.pytorch.loggers import TensorBoardLogger
from torch.utils.data import DataLoader

from facepoints.errors import InputError, WeightsError
from facepoints.training.config import RunConfig, keep_or_check
from facepoints.training.quiet import one_opencv_thread, quiet_lightning, real_interrupts
from facepoints.training.report import RunReport
from facepoints.training.trained_module import TrainedModule

__all__ = ["BEST_CHECKPOINT", "LAST_CHECKPOINT", "keep_fingerprint", "prepare_folder", "run"]

BEST_CHECKPOINT = "best.ckpt"
LAST_CHECKPOINT = "last.ckpt"


def prepare_folder(out: Path, config: RunConfig) -> None:
    """Make the folder of a run and keep its settings there; call it before work that takes minutes.

    Raises:
        InputError: the folder cannot be made, or holds a run with other settings.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot make the folder {out}: {error.strerror or error}") from error
    keep_or_check(asdict(config), out / "config.json", kind="settings", continued=(out / LAST_CHECKPOINT).exists())


def keep_fingerprint(fingerprint: Mapping[str, Any], out: Path) -> None:
    """Keep what tells the data of a run, or check that a continued run has the same.

    Raises:
        InputError: the run in ``out`` was on other data.
    """
    keep_or_check(fingerprint, out / "data.json", kind="data", continued=(out / LAST_CHECKPOINT).exists())


def run(
    module: TrainedModule,
    training: DataLoader[Any],
    validation: Sequence[DataLoader[Any]],
    out: Path,
    *,
    accelerator: str,
    progress_bar: bool,
) -> Path:
    """Train to the end.

    Args:
        module: what is trained.
        training: batches of one epoch.
        validation: batches of each validation set.
        out: folder made by :func:`prepare_folder`; gets ``last.ckpt``, ``best.ckpt`` and TensorBoard's files.
        accelerator: ``"auto"``, ``"cpu"``, ``"gpu"`` or ``"mps"``.
        progress_bar: a live bar beside the one line an epoch.

    Returns:
        Path of the best checkpoint.

    Raises:
        InputError: no such accelerator.
        WeightsError: the checkpoint to continue from is damaged.
    """
    with quiet_lightning(), real_interrupts(), one_opencv_thread():
        _trainer(out, module, accelerator, progress_bar).fit(
            module, training, list(validation), ckpt_path=_checkpoint_to_continue(out), weights_only=True
        )
    return out / BEST_CHECKPOINT


def _checkpoint_to_continue(out: Path) -> str | None:
    path = out / LAST_CHECKPOINT
    if not path.exists():
        return None
    try:
        torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch.load raises whatever the damaged bytes lead it to
        raise WeightsError(
            f"cannot continue from {path}, which is damaged; delete it to start again ({error})"
        ) from error
    return str(path)


def _trainer(out: Path, module: TrainedModule, accelerator: str, progress_bar: bool) -> lightning.Trainer:
    config = module.config
    callbacks: list[Callback] = [
        EMAWeightAveraging(decay=config.ema_decay),
        ModelCheckpoint(
            out,
            filename=BEST_CHECKPOINT.removesuffix(".ckpt"),
            monitor=module.monitor,
            mode=module.mode,
            enable_version_counter=False,
        ),
        # Of its own: with `save_last`, Lightning writes the last state only when it is the best one, too.
        ModelCheckpoint(out, filename=LAST_CHECKPOINT.removesuffix(".ckpt"), enable_version_counter=False),
        RunReport(progress_bar),
    ]
    if config.patience:
        callbacks.append(EarlyStopping(module.monitor, mode=module.mode, patience=config.patience))
    try:
        return _make_trainer(out, config, accelerator, callbacks)
    except (MisconfigurationException, ValueError) as error:
        raise InputError(f"cannot train on the accelerator {accelerator!r}: {error}") from error


def _make_trainer(out: Path, config: RunConfig, accelerator: str, callbacks: list[Callback]) -> lightning.Trainer:
    return lightning.Trainer(
        accelerator=accelerator,
        devices=1,
        max_epochs=config.epochs,
        precision=config.precision,  # type: ignore[arg-type]
        logger=TensorBoardLogger(out, name="", version="tensorboard"),
        callbacks=callbacks,
        default_root_dir=out,
        enable_model_summary=False,
        enable_progress_bar=False,
        num_sanity_val_steps=0,
        log_every_n_steps=50,
        gradient_clip_val=5.0,
    )
