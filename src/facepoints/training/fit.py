"""A training run from crops to an exported network."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import lightning
import torch
from torch.utils.data import DataLoader

from facepoints.analysis.ratios import rare_expression_weights
from facepoints.arrays import Floats
from facepoints.datasets.crops import FaceCrops
from facepoints.training.config import ROUNDED_SOURCES, SOURCE_WEIGHTS, TrainConfig
from facepoints.training.data import Batch, DrawSampler, TrainingCrops, ValidationCrops, collate, start_worker
from facepoints.training.losses import check_loss
from facepoints.training.module import KeypointModule
from facepoints.training.networks import check_names, head_of
from facepoints.training.processes import ONE_PROCESS, Processes
from facepoints.training.runs import BEST_CHECKPOINT, LAST_CHECKPOINT, run
from facepoints.training.runs import prepare_folder as prepare_run_folder
from facepoints.training.sharing import SharedBatches, SharedRows
from facepoints.training.splits import split_crops
from facepoints.training.teacher import check_teacher, fingerprint, softened
from facepoints.training.transforms import TRANSFORMS, check_transforms

__all__ = ["BEST_CHECKPOINT", "LAST_CHECKPOINT", "fit", "prepare_folder"]


def fit(
    crops: FaceCrops,
    out: Path,
    config: TrainConfig,
    *,
    workers: int = 2,
    accelerator: str = "auto",
    processes: Processes = ONE_PROCESS,
    progress_bar: bool = True,
    initial: Path | None = None,
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
        initial: checkpoint of another run, to start from its weights as far as they fit.

    Returns:
        Path of the checkpoint with the lowest validation NME.

    Raises:
        InputError: no faces, no such network, transforms or accelerator, ``out`` holds a run with other settings or
            on other data, or the initial weights are of quite another network.
        WeightsError: the checkpoint to continue or start from is damaged, or the teacher's file.
    """
    prepare_folder(out, config, processes)
    training, validation = split_crops(crops, config)
    lightning.seed_everything(config.seed, verbose=False)
    module = KeypointModule(config, list(validation))
    if initial is not None:
        module.start_from(initial)
    training, styles = softened(training, config, progress_bar=progress_bar)
    module.network.to(memory_format=torch.channels_last)
    return run(
        module,
        _training_loader(training, styles, module.size, config, workers),
        [_validation_loader(part, module.size, config) for part in validation.values()],
        out,
        fingerprint={**crops.fingerprint(), **fingerprint(config)},
        accelerator=accelerator,
        processes=processes,
        progress_bar=progress_bar,
    )


def prepare_folder(out: Path, config: TrainConfig, processes: Processes = ONE_PROCESS) -> None:
    """Make the folder of a run; cheap, so that wrong use shows before the data are read.

    Raises:
        InputError: no such network, head, loss, transforms or teacher, a batch that the processes cannot share, the
            folder cannot be made, or it holds a run with other settings.
    """
    check_names(config.network, config.head, pretrained=config.pretrained)
    check_loss(config.loss, head_of(config.network, config.head))
    check_transforms(config.transforms)
    check_teacher(config)
    prepare_run_folder(out, config, processes)


def _training_loader(
    crops: FaceCrops, styles: Mapping[str, Floats], size: int, config: TrainConfig, workers: int
) -> DataLoader[Batch]:
    rarity = rare_expression_weights(crops.keypoints)
    sampler = DrawSampler(list(crops.sources), SOURCE_WEIGHTS, config.epoch_samples, config.seed, rarity)
    return DataLoader(
        TrainingCrops(crops, size, TRANSFORMS[config.transforms], config.seed, styles, _dead_zones(config)),  # type: ignore[arg-type]
        batch_sampler=SharedBatches(sampler, config.batch_size),
        num_workers=workers,
        collate_fn=collate,
        worker_init_fn=start_worker,
        persistent_workers=workers > 0,
        prefetch_factor=8 if workers else None,
        pin_memory=torch.cuda.is_available(),
    )


def _dead_zones(config: TrainConfig) -> dict[str, float]:
    """Of the sources whose labels are whole numbers. Labels that a teacher moves half of the way keep half of it."""
    kept = 1 - config.teacher_share if config.teacher else 1.0
    return dict.fromkeys(ROUNDED_SOURCES, config.dead_zone * kept)


def _validation_loader(crops: FaceCrops, size: int, config: TrainConfig) -> DataLoader[Batch]:
    return DataLoader(
        ValidationCrops(crops, size),  # type: ignore[arg-type]
        batch_size=max(64, config.batch_size),
        sampler=SharedRows(len(crops)),
        collate_fn=collate,
    )
