"""A training run from crops to an exported network."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import lightning
import torch
from lightning.fabric.utilities.exceptions import MisconfigurationException
from lightning.pytorch.callbacks import Callback, EarlyStopping, EMAWeightAveraging, ModelCheckpoint
from lightning.pytorch.loggers import TensorBoardLogger
from torch.utils.data import DataLoader

from facepoints.datasets.crops import BACKGROUND, FaceCrops
from facepoints.datasets.labelled import split_by_group
from facepoints.errors import InputError, WeightsError
from facepoints.training.augment import AugmentConfig
from facepoints.training.config import SOURCE_WEIGHTS, TrainConfig, keep_or_check
from facepoints.training.data import Batch, DrawSampler, TrainingCrops, ValidationCrops, collate, start_worker
from facepoints.training.module import KeypointModule
from facepoints.training.networks import check_name
from facepoints.training.quiet import one_opencv_thread, quiet_lightning, real_interrupts
from facepoints.training.report import RunReport

__all__ = ["BEST_CHECKPOINT", "LAST_CHECKPOINT", "fit", "prepare_folder", "split_crops"]

BEST_CHECKPOINT = "best.ckpt"
LAST_CHECKPOINT = "last.ckpt"


def fit(
    crops: FaceCrops,
    out: Path,
    config: TrainConfig,
    *,
    workers: int = 2,
    accelerator: str = "auto",
    progress_bar: bool = True,
) -> Path:
    """Train, or continue the run in ``out`` where it stood.

    Args:
        crops: faces and background; they are split into training and validation here.
        out: folder of the run: ``config.json``, ``data.json``, ``last.ckpt``, ``best.ckpt`` and TensorBoard's files.
        config: of the run.
        workers: loader processes; they change the speed, not the result.
        accelerator: ``"auto"``, ``"cpu"``, ``"gpu"`` or ``"mps"``.
        progress_bar: a live bar beside the one line an epoch.

    Returns:
        Path of the checkpoint with the lowest validation NME.

    Raises:
        InputError: no faces, no such network or accelerator, or ``out`` holds a run with other settings or
            on other data.
        WeightsError: the checkpoint to continue from is damaged.
    """
    prepare_folder(out, config)
    keep_or_check(crops.fingerprint(), out / "data.json", kind="data", continued=(out / LAST_CHECKPOINT).exists())
    training, validation = split_crops(crops, config)
    lightning.seed_everything(config.seed, verbose=False)
    module = KeypointModule(config, list(validation))
    module.network.to(memory_format=torch.channels_last)
    size = module.size
    with quiet_lightning(), real_interrupts(), one_opencv_thread():
        _trainer(out, config, accelerator, progress_bar).fit(
            module,
            _training_loader(training, size, config, workers),
            [_validation_loader(part, size, config) for part in validation.values()],
            ckpt_path=_checkpoint_to_continue(out),
            weights_only=True,
        )
    return out / BEST_CHECKPOINT


def prepare_folder(out: Path, config: TrainConfig) -> None:
    """Make the folder of a run; cheap, so that wrong use shows before the data are read.

    Raises:
        InputError: no such network, the folder cannot be made, or it holds a run with other settings.
    """
    check_name(config.network)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot make the folder {out}: {error.strerror or error}") from error
    keep_or_check(asdict(config), out / "config.json", kind="settings", continued=(out / LAST_CHECKPOINT).exists())


def split_crops(crops: FaceCrops, config: TrainConfig) -> tuple[FaceCrops, dict[str, FaceCrops]]:
    """Training crops, and validation crops by source; no person and no photo is in both.

    Raises:
        InputError: there is no face, or too few groups to validate on.
    """
    training: list[int] = []
    validation: dict[str, FaceCrops] = {}
    for source in sorted(set(crops.sources)):
        rows = [row for row, name in enumerate(crops.sources) if name == source]
        groups = [crops.groups[row] for row in rows]
        kept, held = split_by_group(groups, config.validation_share, seed=config.seed)
        training += [rows[index] for index in kept]
        if held:
            validation[source] = crops.subset([rows[index] for index in held])
    if not set(validation) - {BACKGROUND} or {crops.sources[row] for row in training} <= {BACKGROUND}:
        raise InputError("there are too few people or photos to train on some and validate on others")
    return crops.subset(sorted(training)), validation


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


def _trainer(out: Path, config: TrainConfig, accelerator: str, progress_bar: bool) -> lightning.Trainer:
    callbacks: list[Callback] = [
        EMAWeightAveraging(decay=config.ema_decay),
        ModelCheckpoint(
            out, filename=BEST_CHECKPOINT.removesuffix(".ckpt"), monitor="val_nme", enable_version_counter=False
        ),
        # Of its own: with `save_last`, Lightning writes the last state only when it is the best one, too.
        ModelCheckpoint(out, filename=LAST_CHECKPOINT.removesuffix(".ckpt"), enable_version_counter=False),
        RunReport(progress_bar),
    ]
    if config.patience:
        callbacks.append(EarlyStopping("val_nme", patience=config.patience))
    try:
        return _make_trainer(out, config, accelerator, callbacks)
    except (MisconfigurationException, ValueError) as error:
        raise InputError(f"cannot train on the accelerator {accelerator!r}: {error}") from error


def _make_trainer(out: Path, config: TrainConfig, accelerator: str, callbacks: list[Callback]) -> lightning.Trainer:
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


def _training_loader(crops: FaceCrops, size: int, config: TrainConfig, workers: int) -> DataLoader[Batch]:
    sampler = DrawSampler(list(crops.sources), SOURCE_WEIGHTS, config.epoch_samples, config.seed)
    return DataLoader(
        TrainingCrops(crops, size, AugmentConfig(), config.seed),  # type: ignore[arg-type]
        batch_size=config.batch_size,
        sampler=sampler,
        num_workers=workers,
        collate_fn=collate,
        worker_init_fn=start_worker,
        persistent_workers=workers > 0,
        prefetch_factor=8 if workers else None,
        drop_last=True,
        pin_memory=torch.cuda.is_available(),
    )


def _validation_loader(crops: FaceCrops, size: int, config: TrainConfig) -> DataLoader[Batch]:
    return DataLoader(ValidationCrops(crops, size), batch_size=max(64, config.batch_size), collate_fn=collate)  # type: ignore[arg-type]
