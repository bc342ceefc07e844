"""The worker as Daft calls it, in a process of its own or on a Ray node."""

from __future__ import annotations

import os
import signal
import threading
from typing import Any

from facepoints.batch.daft_setup import daft
from facepoints.batch.shard import Job, process_shard, reason_of
from facepoints.batch.tables import Counts

__all__ = ["Outcome", "ShardWorker"]

Outcome = dict[str, Any]
"""Number of a shard, its counts, and the reason (or None) why the run cannot go on, as plain values for Daft."""

_OUTCOME = daft.DataType.struct(
    {
        "shard": daft.DataType.int64(),
        "pictures": daft.DataType.int64(),
        "faces": daft.DataType.int64(),
        "failed": daft.DataType.int64(),
        "fatal": daft.DataType.string(),
    }
)


class ShardWorker:
    """Does the shards that Daft hands to it, one at a time."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._parent = os.getppid()
        if threading.current_thread() is threading.main_thread():
            # Ctrl-C goes to all processes of a terminal; the driver decides what becomes of it.
            signal.signal(signal.SIGINT, signal.SIG_IGN)

    @daft.method.batch(return_dtype=_OUTCOME, batch_size=1)
    def process(self, shards: daft.Series) -> list[Outcome]:
        """Process the shards with these numbers."""
        return [self._outcome(shard) for shard in shards.to_pylist()]

    def _outcome(self, shard: int) -> Outcome:
        try:
            counts, fatal = process_shard(self._job, shard, self._check_parent), None
        except OSError as error:  # pictures that cannot be read are rows: this is a disk that is full, or gone
            counts, fatal = Counts(), f"{error.filename or self._job.folder.root}: {reason_of(error)}"
        return {"shard": shard, **vars(counts), "fatal": fatal}

    def _check_parent(self) -> None:
        """End with the driver: nobody would hand out more, and a new one would do this part once more."""
        if os.getppid() != self._parent:
            raise SystemExit
