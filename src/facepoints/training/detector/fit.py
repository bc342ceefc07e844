"""A detector's training run from pictures to the best checkpoint."""

from __future__ import annotations

from pathlib import Path

import lightning
import torch
from torch.utils.data import DataLoader

from facepoints.datasets.face_pictures import FacePictures
from facepoints.datasets.labelled import split_by_group
from facepoints.errors import InputError
from facepoints.training.detector.config import DetectorTrainConfig
from facepoints.training.detector.data import (
    CountSampler,
    TrainingScenes,
    ValidationPictures,
    collate_scenes,
    first_of,
)
from facepoints.training.detector.losses import SceneBatch
from facepoints.training.detector.module import DetectorModule
from facepoints.training.detector.scenes import SceneConfig, SceneMaker
from facepoints.training.execution import ORDINARY, Execution
from facepoints.training.loaders import RunData, training_loader, validation_loader
from facepoints.training.runs import prepare_folder, run

__all__ = ["fit_detector", "split_pictures"]

_VALIDATION_PICTURES = 200
"""No more of each source are validated on: it takes time that training could use."""


def fit_detector(
    pictures: FacePictures,
    out: Path,
    config: DetectorTrainConfig,
    execution: Execution = ORDINARY,
    *,
    initial: Path | None = None,
    compiled: bool = False,
) -> Path:
    """Train, or continue the run in ``out`` where it stood.

    Args:
        pictures: they are split into training and validation here.
        out: folder of the run: ``config.json``, ``data.json``, ``last.ckpt``, ``best.ckpt`` and TensorBoard's files.
        config: of the run.
        execution: of the run.
        initial: checkpoint of another run, whose weights a new run starts from; its network may have fewer blocks. None
            for random weights.
        compiled: let PyTorch compile the network, which needs a C++ compiler: a quarter faster on CPUs.

    Returns:
        Path of the checkpoint with the highest validation AP.

    Raises:
        InputError: too few pictures, no such accelerator, or ``out`` holds a run with other settings or on other data.
        WeightsError: the checkpoint to continue or to start from is damaged.
    """
    prepare_folder(out, config, execution)
    training, validation = split_pictures(pictures, config)
    lightning.seed_everything(config.seed, verbose=False)
    module = DetectorModule(config, list(validation))
    if initial is not None:
        module.start_from(initial)
    module.network.to(memory_format=torch.channels_last)
    if compiled:
        module.network.compile()
    data = RunData(
        lambda: _training_loader(training, config, execution.workers),
        [validation_loader(ValidationPictures(part), 1, first_of) for part in validation.values()],
    )
    return run(module, data, out, fingerprint=pictures.fingerprint(), execution=execution)


def split_pictures(pictures: FacePictures, config: DetectorTrainConfig) -> tuple[FacePictures, dict[str, FacePictures]]:
    """Training pictures, and validation pictures by source; no person and no photo is in both.

    Raises:
        InputError: there are too few groups to validate on, or no face to train on.
    """
    training: list[int] = []
    validation: dict[str, FacePictures] = {}
    for source in sorted(set(pictures.sources)):
        rows = [row for row, name in enumerate(pictures.sources) if name == source]
        groups = [pictures.groups[row] for row in rows]
        kept, held = split_by_group(groups, config.validation_share, seed=config.split_seed)
        training += [rows[index] for index in kept]
        if held:
            step = max(1, -(-len(held) // _VALIDATION_PICTURES))
            validation[source] = pictures.subset([rows[index] for index in held[::step]])
    if not validation or not any((~pictures.faces[row].ignore).any() for row in training):
        raise InputError("there are too few pictures with faces to train on some and validate on others")
    return pictures.subset(sorted(training)), validation


def _training_loader(pictures: FacePictures, config: DetectorTrainConfig, workers: int) -> DataLoader[SceneBatch]:
    scenes = TrainingScenes(SceneMaker(pictures, config.scene_size, SceneConfig()), config.seed)
    return training_loader(scenes, CountSampler(config.epoch_samples), config.batch_size, collate_scenes, workers)
