"""How the parts of a run get to its workers: one query of Daft, on this machine or on a Ray cluster."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from facepoints.batch.shard import Job
from facepoints.errors import FacepointsError, InputError, MissingExtraError

if TYPE_CHECKING:
    from facepoints.batch.daft_worker import Outcome

__all__ = ["Runner", "RunnerError", "on_ray", "on_this_machine"]

Runner = Callable[[Job, Sequence[int], int], Iterator["Outcome"]]
"""Takes the job, the numbers of the shards and the number of workers; yields an outcome a shard, in any order.

Raises:
    RunnerError: the query has failed, for a worker died; it may be asked again for the shards that are not done.
"""

_MOST_PARTITIONS = 2000
_SECONDS_TO_ANSWER = 5.0
_TICK = 0.5


class RunnerError(FacepointsError):
    """A query has failed before all of its shards were done."""


def on_this_machine(job: Job, shards: Sequence[int], workers: int) -> Iterator[Outcome]:
    """A process for each worker, on this machine."""
    from facepoints.batch.daft_setup import daft
    from facepoints.batch.daft_worker import ShardWorker

    _choose("native", daft.set_runner_native)
    worker = daft.cls(ShardWorker, use_process=True, max_concurrency=min(workers, len(shards)))(job)
    yield from _outcomes(daft.from_pydict({"shard": list(shards)}), worker)


def on_ray(address: str) -> Runner:
    """The runner for a Ray cluster, all processors of which are workers.

    All nodes must reach the sources and the folder of the results under the same names, and have facepoints installed.

    Args:
        address: ``HOST:PORT`` of the cluster's head.

    Raises:
        InputError: nobody answers there.
    """
    _check_address(address)

    def run(job: Job, shards: Sequence[int], workers: int) -> Iterator[Outcome]:
        from facepoints.batch.daft_setup import daft
        from facepoints.batch.daft_worker import ShardWorker

        _connect(address)
        _choose("ray", lambda: daft.set_runner_ray(address))
        # A pool of actors (max_concurrency) would wait for ever for the node that has gone; tasks are given to others.
        worker = daft.cls(ShardWorker)(job)
        rows = daft.from_pydict({"shard": list(shards)})
        yield from _outcomes(rows.into_partitions(min(len(shards), _MOST_PARTITIONS)), worker)

    return run


def _check_address(address: str) -> None:
    # Ray itself would try for more than a minute.
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), _SECONDS_TO_ANSWER).close()
    except (OSError, ValueError, OverflowError) as error:
        raise InputError(
            f"{address}: there is no Ray cluster at this address ({error}). It must be HOST:PORT of the head, which "
            "is started with: ray start --head --port 6379"
        ) from error


def _connect(address: str) -> None:
    """Join the cluster before Daft does, whose way of doing so prints the log of every worker.

    Raises:
        MissingExtraError: Ray is not installed.
    """
    try:
        import ray
    except ModuleNotFoundError as error:
        raise MissingExtraError("--runner ray", "cluster") from error
    if not ray.is_initialized():
        # Workers of a cluster do not inherit the environment of this process.
        quiet = {name: os.environ[name] for name in ("DAFT_ANALYTICS_ENABLED", "DO_NOT_TRACK", "DAFT_PROGRESS_BAR")}
        ray.init(address, log_to_driver=False, logging_level=logging.ERROR, runtime_env={"env_vars": quiet})


def _choose(runner: str, choose: Callable[[], object]) -> None:
    """Tell Daft where to run its queries, which it can be told once in the life of a process.

    Raises:
        InputError: it was told otherwise.
    """
    from facepoints.batch.daft_setup import daft

    try:
        choose()
    except ValueError as error:
        chosen = daft.get_or_infer_runner_type()
        if chosen != runner:
            raise InputError(
                f"this process has used Daft's runner {chosen!r} before, and cannot use {runner!r} as well. Start "
                "another process for it"
            ) from error


def _outcomes(rows: Any, worker: Any) -> Iterator[Outcome]:
    """The outcomes of a query, which runs in a thread of its own.

    Daft's code does not give way to Python while it waits for a worker, and Python handles Ctrl-C in the main thread
    alone: there, nothing could be done about it until that worker has finished its part.
    """
    from facepoints.batch.daft_setup import daft

    results: SimpleQueue[Outcome | BaseException | None] = SimpleQueue()

    def run() -> None:
        try:
            # In order, the parts are given to workers in turn: all would wait for the one with the longest part.
            with daft.execution_config_ctx(maintain_order=False):
                for row in rows.select(worker.process(daft.col("shard")).alias("outcome")).iter_rows():
                    results.put(row["outcome"])
        except BaseException as error:
            results.put(error)
        results.put(None)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    while (result := _next(results)) is not None:
        if isinstance(result, Exception):
            # Daft says in words only that a process of its has ended.
            raise RunnerError(str(result).partition("\n")[0]) from result
        if isinstance(result, BaseException):  # Daft takes Ctrl-C by itself, even where Python was told to ignore it
            raise result
        yield result
    thread.join()


def _next(results: SimpleQueue[Outcome | BaseException | None]) -> Outcome | BaseException | None:
    while True:
        with suppress(Empty):
            return results.get(timeout=_TICK)  # on Windows, Ctrl-C is seen between two waits only
