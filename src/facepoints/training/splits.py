"""Which crops a run trains on, and which it validates on."""

from __future__ import annotations

from facepoints.datasets.crops import BACKGROUND, FaceCrops
from facepoints.datasets.labelled import split_by_group
from facepoints.datasets.self_training import UNLABELLED
from facepoints.errors import InputError
from facepoints.training.config import TrainConfig

__all__ = ["split_crops"]


def split_crops(crops: FaceCrops, config: TrainConfig) -> tuple[FaceCrops, dict[str, FaceCrops]]:
    """Training crops, and validation crops by source; no person and no photo is in both.

    Faces whose labels a network made are trained on alone: agreeing with them would prove nothing.

    Raises:
        InputError: there is no face, or too few groups to validate on.
    """
    training: list[int] = []
    validation: dict[str, FaceCrops] = {}
    for source in sorted(set(crops.sources)):
        rows = [row for row, name in enumerate(crops.sources) if name == source]
        if source == UNLABELLED:
            training += rows
            continue
        groups = [crops.groups[row] for row in rows]
        kept, held = split_by_group(groups, config.validation_share, seed=config.seed)
        training += [rows[index] for index in kept]
        if held:
            validation[source] = crops.subset([rows[index] for index in held])
    if not set(validation) - {BACKGROUND} or {crops.sources[row] for row in training} <= {BACKGROUND, UNLABELLED}:
        raise InputError(
            "there are too few people or photos to train on some and validate on others; label more of them, or take "
            f"another validation share than {config.validation_share:g}"
        )
    return crops.subset(sorted(training)), validation
