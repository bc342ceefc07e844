"""Training runs that take less than a second.

``python -m tests.training.tiny_run FOLDER`` is a run that is killed half-way.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import torch

from facepoints.training.config import TrainConfig
from facepoints.training.data import Item, TrainingCrops
from facepoints.training.fit import Execution, fit
from facepoints.training.networks import NETWORKS, NetworkSpec
from facepoints.training.networks.pyramid import PyramidConfig, PyramidEncoder
from tests.training.samples import face_crops

TINY = NetworkSpec(
    lambda _: PyramidEncoder(PyramidConfig(widths=(4, 8, 8, 12, 12), blocks=(0, 0, 1, 0))),
    size=64,
    head_options={"width": 12},
)

DEADLY_DRAW = 2 * 32 + 20
"""Of the third epoch, in its third step."""


def tiny_config(**changes: Any) -> TrainConfig:
    """Settings of a run of 4 epochs of 4 steps, which gives the same on every machine of one kind."""
    settings: dict[str, Any] = {
        "network": "tiny",
        "samples": 128,
        "epoch_samples": 32,
        "batch_size": 8,
        "learning_rate": 5e-3,
        "validation_share": 0.25,
        "precision": "32-true",
    }
    return TrainConfig(**{**settings, **changes})


def run(folder: Path, *, bar: bool = False, **changes: Any) -> Path:
    """Train in ``folder``; the network ``tiny`` must be known."""
    config = tiny_config(**changes)
    return fit(face_crops(), folder, config, Execution(workers=0, accelerator="cpu", progress_bar=bar))


class DeadlyCrops(TrainingCrops):
    """Ends the program without any warning at the draw ``DEADLY_DRAW``."""

    def __getitem__(self, index: tuple[int, int]) -> Item:
        if index[0] == DEADLY_DRAW:
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))  # on Windows both end it at once
        return super().__getitem__(index)


def main(folder: Path) -> None:
    """A run that is killed in the middle of its third epoch."""
    torch.set_num_threads(1)
    NETWORKS["tiny"] = TINY
    with mock.patch("facepoints.training.fit.TrainingCrops", DeadlyCrops):
        run(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
