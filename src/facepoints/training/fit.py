"""A training run from crops to an exported network."""

from __future__ import annotations

from pathlib import Path

import lightning
import torch
from torch.utils.data import DataLoader

from facepoints.analysis.ratios import rare_expression_weights
from facepoints.datasets.crops import FaceCrops
from facepoints.training.config import ROUNDED_SOURCES, SOURCE_WEIGHTS, TrainConfig
from facepoints.training.data import Batch, DrawSampler, TrainingCrops, ValidationCrops, collate
from facepoints.training.execution import ORDINARY, Execution
from facepoints.training.loaders import RunData, training_loader, validation_loader
from facepoints.training.losses import check_loss
from facepoints.training.module import KeypointModule
from facepoints.training.networks import check_names, head_of, least_batch
from facepoints.training.runs import BEST_CHECKPOINT, LAST_CHECKPOINT, run
from facepoints.training.runs import prepare_folder as prepare_run_folder
from facepoints.training.splits import split_crops
from facepoints.training.teacher import check_teacher, fingerprint, softened
from facepoints.training.transforms import TRANSFORMS, check_transforms

__all__ = ["BEST_CHECKPOINT", "LAST_CHECKPOINT", "Execution", "fit", "prepare_folder"]


def fit(
    crops: FaceCrops,
    out: Path,
    config: TrainConfig,
    execution: Execution = ORDINARY,
    *,
    initial: Path | None = None,
) -> Path:
    """Train, or continue the run in ``out`` where it stood.

    Args:
        crops: faces and background; they are split into training and validation here.
        out: folder of the run: ``config.json``, ``data.json``, ``last.ckpt``, ``best.ckpt`` and TensorBoard's files.
        config: of the run.
        execution: of the run.
        initial: checkpoint of another run, to start from its weights as far as they fit.

    Returns:
        Path of the checkpoint with the lowest validation NME.

    Raises:
        InputError: no faces, no such network, transforms or accelerator, ``out`` holds a run with other settings or
            on other data, or the initial weights are of quite another network.
        WeightsError: the checkpoint to continue or start from is damaged, or the teacher's file.
    """
    prepare_folder(out, config, execution)
    training, validation = split_crops(crops, config)
    lightning.seed_everything(config.seed, verbose=False)
    module = KeypointModule(config, list(validation))
    if initial is not None:
        module.start_from(initial)
    module.network.to(memory_format=torch.channels_last)
    batch_size = max(64, config.batch_size)
    data = RunData(
        lambda: _training_loader(training, module.size, config, execution),
        [validation_loader(ValidationCrops(part, module.size), batch_size, collate) for part in validation.values()],
    )
    return run(module, data, out, fingerprint={**crops.fingerprint(), **fingerprint(config)}, execution=execution)


def prepare_folder(out: Path, config: TrainConfig, execution: Execution = ORDINARY) -> None:
    """Make the folder of a run; cheap, so that wrong use shows before the data are read.

    Raises:
        InputError: no such network, head, loss, transforms or teacher, a batch that the processes cannot share, the
            folder cannot be made, or it holds a run with other settings.
    """
    check_names(config.network, config.head, pretrained=config.pretrained)
    check_loss(config.loss, head_of(config.network, config.head))
    check_transforms(config.transforms)
    check_teacher(config)
    prepare_run_folder(out, config, execution, least_share=least_batch(config.network, config.head))


def _training_loader(crops: FaceCrops, size: int, config: TrainConfig, execution: Execution) -> DataLoader[Batch]:
    crops, styles = softened(crops, config, progress_bar=execution.progress_bar)
    rarity = rare_expression_weights(crops.keypoints)
    sampler = DrawSampler(list(crops.sources), SOURCE_WEIGHTS, config.epoch_samples, config.seed, rarity)
    dataset = TrainingCrops(crops, size, TRANSFORMS[config.transforms], config.seed, styles, _dead_zones(config))
    return training_loader(dataset, sampler, config.batch_size, collate, execution.workers)


def _dead_zones(config: TrainConfig) -> dict[str, float]:
    """Of the sources whose labels are whole numbers. Labels that a teacher moves half of the way keep half of it."""
    kept = 1 - config.teacher_share if config.teacher else 1.0
    return dict.fromkeys(ROUNDED_SOURCES, config.dead_zone * kept)
