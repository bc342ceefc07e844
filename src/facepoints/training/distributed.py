"""What Lightning's data-parallel training leaves to the program when several processes train together."""

from __future__ import annotations

import re
import signal
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import lightning
import torch
from lightning.pytorch.callbacks import Callback
from torch.nn.modules.batchnorm import _NormBase

from facepoints.errors import FacepointsError, InputError

__all__ = ["SeveralProcesses", "average_statistics", "check_agreement", "lost_processes"]

_GLOO = "/gloo/"
"""Marks the errors of the library through which processes without GPUs talk; they have no class of their own."""


class SeveralProcesses(Callback):
    """Keep the processes of a run alike; to be listed after the callback that averages weights.

    Args:
        facts: plain values that all processes must agree on, by what they are.
    """

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.facts = dict(facts)

    def setup(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule, stage: str) -> None:
        """Check that all processes do the same.

        Raises:
            InputError: in each of them, if they do not; else they would wait for each other in vain.
        """
        everyones: list[Any] = [None] * trainer.world_size
        torch.distributed.all_gather_object(everyones, self.facts)
        check_agreement(everyones)

    def on_train_start(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """Let SIGTERM stop the run as Ctrl-C does.

        Lightning would send a message to the other processes from within its handler, amid whatever they are sending
        at that moment, and all could wait for ever.
        """
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, signal.default_int_handler)

    def on_validation_start(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """Level the statistics of the weights in training: the checkpoint, which this process may write, has them."""
        average_statistics(pl_module)

    def on_validation_epoch_start(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """Level those of the averaged weights, which are in place by now, so that all processes validate the same."""
        average_statistics(pl_module)


def average_statistics(module: torch.nn.Module) -> None:
    """Set the running statistics of batch normalisation to their mean over all processes.

    Each process sees the statistics of its own part of a batch. SyncBatchNorm, which there is for GPUs alone, has them
    equal already.
    """
    for layer in module.modules():
        if isinstance(layer, _NormBase) and not isinstance(layer, torch.nn.SyncBatchNorm):
            for value in (layer.running_mean, layer.running_var):
                if value is not None:
                    torch.distributed.all_reduce(value)
                    value /= torch.distributed.get_world_size()


def check_agreement(facts: Sequence[Mapping[str, Any]]) -> None:
    """Check that the values of all processes are those of the first.

    Args:
        facts: of each process, by what they are.

    Raises:
        InputError: some are not.
    """
    for rank, own in enumerate(facts):
        for name, value in facts[0].items():
            if own[name] != value:
                raise InputError(
                    f"process {rank} has another {name} than process 0. All of them need the same command and the same "
                    "data, and on several machines an --out folder on a disk that all machines share"
                )


def lost_processes(error: BaseException) -> FacepointsError | None:
    """The error for people where one came of a broken connection to the other processes; None for any other error."""
    of_gloo = isinstance(error, RuntimeError) and _GLOO in str(error)
    if not of_gloo and not isinstance(error, torch.distributed.DistError):
        return None
    text = re.sub(r"^\[[^\]]*\]\s*", "", str(error).strip()) or type(error).__name__
    reason = text.splitlines()[0].split(". ")[0]
    return FacepointsError(
        f"lost the other processes of this run ({reason}). If one of them has failed, it says why. The same command "
        "continues after the last epoch"
    )
