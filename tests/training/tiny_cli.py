"""``python -m tests.training.tiny_cli`` is ``facepoints`` with the network ``tiny``, of which a run takes a second.

Where the environment variable DEADLY_DRAW holds the number of a draw, all processes of the run are killed there.
"""

from __future__ import annotations

import os
import signal
from unittest import mock

import torch

from facepoints.cli import main
from facepoints.training.data import Item, TrainingCrops
from facepoints.training.networks import NETWORKS
from tests.training.tiny_run import TINY


class DeadlyCrops(TrainingCrops):
    """Kills the processes of its group; who starts the run must give it one of its own."""

    def __getitem__(self, index: tuple[int, int]) -> Item:
        if str(index[0]) == os.environ.get("DEADLY_DRAW"):
            os.killpg(0, signal.SIGKILL)
        return super().__getitem__(index)


if __name__ == "__main__":
    torch.set_num_threads(1)
    NETWORKS["tiny"] = TINY
    with mock.patch("facepoints.training.fit.TrainingCrops", DeadlyCrops):
        main()
