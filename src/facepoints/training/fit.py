"""A training run from crops to an exported network."""

from __future__ import annotations

from pathlib import Path

import lightning
import torch
from torch.utils.data import DataLoader

from facepoints.datasets.crops import BACKGROUND, FaceCrops
from facepoints.datasets.labelled import split_by_group
from facepoints.errors import InputError
from facepoints.training.augment import AugmentConfig
from facepoints.training.config import SOURCE_WEIGHTS, TrainConfig
from facepoints.training.data import Batch, DrawSampler, TrainingCrops, ValidationCrops, collate, start_worker
from facepoints.training.module import KeypointModule
from facepoints.training.networks import check_name
from facepoints.training.processes import ONE_PROCESS, Processes
from facepoints.training.runs import BEST_CHECKPOINT, LAST_CHECKPOINT, run
from facepoints.training.runs import prepare_folder as prepare_run_folder
from facepoints.training.sharing import SharedBatches, SharedRows

__all__ = ["BEST_CHECKPOINT", "LAST_CHECKPOINT", "fit", "prepare_folder", "split_crops"]


def fit(
    crops: FaceCrops,
    out: Path,
    config: TrainConfig,
    *,
    workers: int = 2,
    accelerator: str = "auto",
    processes: Processes = ONE_PROCESS,
    progress_bar: bool = True,
) -> Path:
    """Train, or continue the run in ``out`` where it stood.

    Args:
        crops: faces and background; they are split into training and validation here.
        out: folder of the run: ``config.json``, ``data.json``, ``last.ckpt``, ``best.ckpt`` and TensorBoard's files.
        config: of the run.
        workers: loader processes; they change the speed, not the result.
        accelerator: ``"auto"``, ``"cpu"``, ``"gpu"`` or ``"mps"``.
        processes: that train together; further ones on this machine are started here, with this program's own command
            line. Without ``SyncBatchNorm`` (CPUs) they change the result a little.
        progress_bar: a live bar beside the one line an epoch.

    Returns:
        Path of the checkpoint with the lowest validation NME.

    Raises:
        InputError: no faces, no such network or accelerator, or ``out`` holds a run with other settings or
            on other data.
        WeightsError: the checkpoint to continue from is damaged.
    """
    prepare_folder(out, config, processes)
    training, validation = split_crops(crops, config)
    lightning.seed_everything(config.seed, verbose=False)
    module = KeypointModule(config, list(validation))
    module.network.to(memory_format=torch.channels_last)
    return run(
        module,
        _training_loader(training, module.size, config, workers),
        [_validation_loader(part, module.size, config) for part in validation.values()],
        out,
        fingerprint=crops.fingerprint(),
        accelerator=accelerator,
        processes=processes,
        progress_bar=progress_bar,
    )


def prepare_folder(out: Path, config: TrainConfig, processes: Processes = ONE_PROCESS) -> None:
    """Make the folder of a run; cheap, so that wrong use shows before the data are read.

    Raises:
        InputError: no such network, a batch that the processes cannot share, the folder cannot be made, or it holds a
            run with other settings.
    """
    check_name(config.network)
    prepare_run_folder(out, config, processes)


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


def _training_loader(crops: FaceCrops, size: int, config: TrainConfig, workers: int) -> DataLoader[Batch]:
    sampler = DrawSampler(list(crops.sources), SOURCE_WEIGHTS, config.epoch_samples, config.seed)
    return DataLoader(
        TrainingCrops(crops, size, AugmentConfig(), config.seed),  # type: ignore[arg-type]
        batch_sampler=SharedBatches(sampler, config.batch_size),
        num_workers=workers,
        collate_fn=collate,
        worker_init_fn=start_worker,
        persistent_workers=workers > 0,
        prefetch_factor=8 if workers else None,
        pin_memory=torch.cuda.is_available(),
    )


def _validation_loader(crops: FaceCrops, size: int, config: TrainConfig) -> DataLoader[Batch]:
    return DataLoader(
        ValidationCrops(crops, size),  # type: ignore[arg-type]
        batch_size=max(64, config.batch_size),
        sampler=SharedRows(len(crops)),
        collate_fn=collate,
    )
