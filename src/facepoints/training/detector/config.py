"""Settings of a detector's training run; each field becomes an option of ``facepoints train detector``."""

from __future__ import annotations

from dataclasses import dataclass

from facepoints.errors import InputError
from facepoints.training.config import RunConfig, setting

__all__ = ["DetectorTrainConfig"]


@dataclass(frozen=True)
class DetectorTrainConfig(RunConfig):
    """All that decides what a detector learns."""

    network: str = setting("slim", "Name of the network: slim or full.")
    samples: int = setting(400_000, "Scenes to train on in all, each newly cut and changed.")
    batch_size: int = setting(16, "Scenes a step.")
    epoch_samples: int = setting(20_000, "Scenes between two validations and checkpoints.")
    precision: str = setting("32-true", "bf16-mixed or 32-true.")
    scene_size: int = setting(256, "Side of the scenes in pixels, a multiple of 32.")
    split_seed: int = setting(0, "Seed of the validation split; keep it where a run starts from another's weights.")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.scene_size < 64 or self.scene_size % 32:
            raise InputError(f"scene_size must be a multiple of 32 from 64; got {self.scene_size}")
