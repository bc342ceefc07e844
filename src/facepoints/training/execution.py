"""How a training run is carried out: processes, accelerator, loaders."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from facepoints.errors import InputError
from facepoints.training.processes import ONE_PROCESS, Processes

__all__ = ["ORDINARY", "Execution"]


@dataclass(frozen=True)
class Execution:
    """How a run is carried out, which changes its speed but, several processes without ``SyncBatchNorm`` apart, not its
    result.

    Attributes:
        workers: loader processes, of each process.
        accelerator: ``"auto"``, ``"cpu"``, ``"gpu"`` or ``"mps"``.
        processes: that train together; further ones on this machine are started by the run, with this program's own
            command line. Those on CPUs, without ``SyncBatchNorm``, change the result a little.
        progress_bar: a live bar beside the one line an epoch.
    """

    workers: int = 2
    accelerator: str = "auto"
    processes: Processes = ONE_PROCESS
    progress_bar: bool = True

    @property
    def gpus(self) -> int:
        """Those of this machine that the run may use."""
        return torch.cuda.device_count() if self.accelerator in ("auto", "gpu", "cuda") else 0

    def check_batch_size(self, batch_size: int, least: int = 1) -> None:
        """Check that all processes get equal shares of a batch that are large enough.

        Args:
            batch_size: of all processes together.
            least: inputs that batch normalisation must see at once.

        Raises:
            InputError: they do not.
        """
        self.processes.check_batch_size(batch_size)
        together = self.processes.count > 1 and self.gpus > 0  # SyncBatchNorm sees the shares of all
        share = batch_size if together else batch_size // self.processes.count
        if share < least:
            raise InputError(
                f"the batch normalisation of this network's dense layers needs {least} inputs a step and process, not "
                f"{share}: give a larger --batch-size"
            )


ORDINARY = Execution()
"""One process, on the GPU where there is one."""
