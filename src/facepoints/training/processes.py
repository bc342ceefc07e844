"""How many processes train one network together, and whether this is the first of them."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from facepoints.errors import InputError

__all__ = ["ONE_PROCESS", "Processes", "chosen_processes", "end_with_parent", "is_first_process"]

_FOR_SEVERAL_MACHINES = ("MASTER_ADDR", "MASTER_PORT", "NODE_RANK")


@dataclass(frozen=True)
class Processes:
    """The processes of a run, one a device.

    Attributes:
        devices: on each machine; None for one a GPU, or a single one where there is no GPU.
        nodes: machines.

    Raises:
        InputError: a number is below 1.
    """

    devices: int | None = 1
    nodes: int = 1

    def __post_init__(self) -> None:
        if (self.devices is not None and self.devices < 1) or self.nodes < 1:
            raise InputError("the numbers of devices and nodes must be 1 or more")

    @property
    def count(self) -> int:
        """Of all processes; where the number of GPUs is not known yet, the least that it can be."""
        return (self.devices or 1) * self.nodes

    def check_batch_size(self, batch_size: int) -> None:
        """Check that all processes get equal shares of a batch.

        Raises:
            InputError: they do not.
        """
        if batch_size % self.count:
            raise InputError(
                f"{self.count} processes cannot share batches of {batch_size} evenly; "
                f"give a --batch-size that {self.count} divides"
            )


ONE_PROCESS = Processes()
"""An ordinary run."""


def chosen_processes(
    devices: str | None = None, nodes: int | None = None, environment: Mapping[str, str] = os.environ
) -> Processes:
    """The processes that the options of a command ask for, or that torchrun has started.

    Args:
        devices: a number, ``"auto"`` for one process a GPU, or None for 1.
        nodes: machines; None for 1.
        environment: variables, of which torchrun sets some.

    Raises:
        InputError: ``devices`` is no number, torchrun has started another number of processes, or there are several
            machines and no variables that tell how they find each other.
    """
    if devices not in (None, "auto") and not (devices.isascii() and devices.isdigit()):
        raise InputError(f"--devices must be a number or auto; got {devices!r}")
    asked = Processes(None if devices == "auto" else int(devices or 1), 1 if nodes is None else nodes)
    if "TORCHELASTIC_RUN_ID" in environment:
        started = _started_by_torchrun(environment)
        if (devices not in (None, "auto") and asked.devices != started.devices) or nodes not in (None, started.nodes):
            raise InputError(
                f"torchrun has started {started.devices} processes on each of {started.nodes} machines; leave out "
                "--devices and --nodes, or give the same numbers"
            )
        return started
    missing = [name for name in _FOR_SEVERAL_MACHINES if name not in environment]
    if asked.nodes > 1 and missing:
        raise InputError(
            f"to train on {asked.nodes} machines, start the command with torchrun on each of them, or set "
            f"{', '.join(missing)} there"
        )
    return asked


def _started_by_torchrun(environment: Mapping[str, str]) -> Processes:
    devices, count = int(environment["LOCAL_WORLD_SIZE"]), int(environment["WORLD_SIZE"])
    if count % devices:
        raise InputError("torchrun must start the same number of processes on each machine")
    return Processes(devices, count // devices)


def is_first_process(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether this process is the one that writes the files of a run and speaks; true outside of any run.

    Torchrun sets RANK; Lightning sets LOCAL_RANK for the processes that it starts, and reads NODE_RANK and
    SLURM_PROCID.
    """
    names = ("RANK",) if "RANK" in environment else ("LOCAL_RANK", "NODE_RANK", "SLURM_PROCID")
    return all(environment.get(name, "0") == "0" for name in names)


def end_with_parent(every: float = 5.0) -> None:
    """End this process as soon as the one that started it has ended, by whatever signal.

    Without it, the other processes of a run whose first was killed can wait for it for half an hour, and keep their
    GPUs. On Windows, where an orphan cannot be told, nothing is done.

    Args:
        every: seconds between two looks.
    """
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(every)
        os._exit(1)

    if os.name == "posix":
        threading.Thread(target=watch, name="parent-watch", daemon=True).start()
