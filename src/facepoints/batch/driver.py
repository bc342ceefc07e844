"""A run from its sources to its tables: plan once, hand out the parts, and go on after whatever happened."""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from facepoints.batch.entries import find_entries
from facepoints.batch.folder import ResultFolder
from facepoints.batch.marker import read_marker
from facepoints.batch.plan import Plan, cut, read_plan, write_plan
from facepoints.batch.record import RunRecord, claim
from facepoints.batch.runners import Runner, RunnerError, on_this_machine
from facepoints.batch.settings import BatchSettings, model_name
from facepoints.batch.shard import Job, reason_of
from facepoints.batch.tables import Counts
from facepoints.errors import InputError, MissingExtraError, OutputError

if TYPE_CHECKING:
    from facepoints.batch.daft_worker import Outcome
    from facepoints.batch.tally import Tally

__all__ = ["Finished", "Watch", "finish", "run_parts"]

Watch = Callable[[Plan, Callable[[], Counts]], AbstractContextManager[object]]
"""Shows progress within a ``with`` block: takes the plan and what tells the counts so far."""

_ROUNDS_IN_VAIN = 6
"""So often may a query fail before a part is finished or a deadly picture is found: the second takes four."""

_PATIENCE = 30.0
"""Seconds for the other workers to finish their parts, when one of them has died."""


@dataclass(frozen=True)
class Finished:
    """A run whose parts are all there.

    Attributes:
        folder: of the results.
        plan: of the run.
        record: of the run.
        pictures: that were looked at since this command was given.
        seconds: that it took.
    """

    folder: ResultFolder
    plan: Plan
    record: RunRecord
    pictures: int
    seconds: float


@contextmanager
def run_parts(
    sources: Sequence[str],
    out: Path,
    settings: BatchSettings,
    workers: int,
    runner: Runner = on_this_machine,
    watch: Watch | None = None,
    planned: Callable[[int], None] | None = None,
) -> Iterator[Finished | None]:
    """Do all that is still to do of a run, and hold its folder within the ``with`` block.

    Args:
        sources: folders, globs, lists, archives, videos, URLs.
        out: folder for the results.
        settings: of the run.
        workers: processes that share the work.
        runner: how the parts get to them.
        watch: shows progress.
        planned: called with the number of pictures while the sources are searched.

    Yields:
        What was done, or None if the same run has been done before.

    Raises:
        InputError: a source is not there, or ``out`` holds something else, or is in use.
        OutputError: the results cannot be written.
        RunnerError: the workers die again and again, and not for one of the pictures.
        MissingExtraError: packages are missing.
    """
    folder = ResultFolder(Path(out).resolve())
    model = model_name(settings.finder)
    settings.finder.make()  # whatever is wrong with it shall show before pictures are searched for
    if folder.record.exists() and claim(folder, sources, settings, model).done:
        shutil.rmtree(folder.part, ignore_errors=True)  # where finishing it was interrupted
        yield None
        return
    folder.make()
    with _alone(folder):
        record = claim(folder, sources, settings, model)
        if record.done:  # by another command, a moment ago
            shutil.rmtree(folder.part, ignore_errors=True)
            yield None
            return
        folder.sweep()
        plan = read_plan(folder.plan) if folder.record.exists() else None
        if plan is None:
            plan = _plan(sources, folder, settings, workers, planned)
            record.save(folder)
        job = Job(folder, settings, model, secrets.token_hex(8))
        start, pictures = time.monotonic(), _hand_out(job, plan, workers, runner, watch)
        yield Finished(folder, plan, record, pictures, time.monotonic() - start)


def finish(finished: Finished) -> None:
    """Note that the run is done and delete what only an unfinished one needs."""
    replace(finished.record, done=True).save(finished.folder)
    shutil.rmtree(finished.folder.part, ignore_errors=True)


def _plan(
    sources: Sequence[str],
    folder: ResultFolder,
    settings: BatchSettings,
    workers: int,
    planned: Callable[[int], None] | None,
) -> Plan:
    if folder.finished():  # they are parts of a plan that would not be made in the same way again
        raise InputError(
            f"{folder.root}: the list of pictures of this run, {folder.plan}, is gone, so that it cannot go on. Give "
            "another folder, or delete this one"
        )
    shutil.rmtree(folder.plan, ignore_errors=True)  # of a run that was killed before its record was written
    entries = find_entries(sources, settings.sources(left_out=folder.root))
    try:
        return write_plan(cut(entries, workers, settings.shard_size), folder.plan, planned)
    except OSError as error:
        folder.forsake()
        raise OutputError(f"{folder.root}: the list of pictures cannot be written: {reason_of(error)}") from error
    except BaseException:
        folder.forsake()
        raise


def _alone(folder: ResultFolder) -> AbstractContextManager[object]:
    """Holds the folder: two runs that write to it would do everything twice."""
    try:
        from filelock import FileLock, Timeout
    except ModuleNotFoundError as error:
        raise MissingExtraError("facepoints batch", "batch") from error
    try:
        return FileLock(folder.part / "lock").acquire(timeout=0)
    except Timeout:
        raise InputError(f"{folder.root}: another run is writing to this folder at the moment") from None


def _hand_out(job: Job, plan: Plan, workers: int, runner: Runner, watch: Watch | None) -> int:
    """Have all parts done; returns the number of pictures looked at."""
    from facepoints.batch.tally import Tally

    tally = Tally(job.folder, job.run)
    before = tally.total.pictures
    state, in_vain = _state(job.folder), 0
    with nullcontext() if watch is None else watch(plan, tally.now):
        while todo := sorted(set(range(plan.shards)) - tally.finished):
            failure = None
            try:
                _do(runner(job, todo, workers), tally)
            except RunnerError as error:
                failure = error
            except BaseException:
                _end_workers(job, 0)
                raise
            tally.refresh()
            if len(tally.finished) < plan.shards:  # perhaps without a failure: Daft ends a query for Ctrl-C by itself
                _end_workers(job, _PATIENCE)
                tally.refresh()
            last, state = state, _state(job.folder)
            in_vain = in_vain + 1 if state == last else 0
            if in_vain >= _ROUNDS_IN_VAIN:
                raise RunnerError(
                    f"the workers die again and again ({failure or 'for no reason that is known'}). Is there enough "
                    "memory? With fewer --workers it may do; the same command goes on where this one stopped"
                ) from failure
    return tally.total.pictures - before


def _do(outcomes: Iterator[Outcome], tally: Tally) -> None:
    for outcome in outcomes:
        if outcome["fatal"]:
            raise OutputError(
                f"the results cannot be written: {outcome['fatal']}. When that is put right, give the same command "
                "again: it goes on where this one stopped"
            )
        if outcome["pictures"]:
            tally.add(outcome["shard"], Counts(outcome["pictures"], outcome["faces"], outcome["failed"]))


def _end_workers(job: Job, patience: float) -> None:
    from facepoints.batch.workers import end_workers

    end_workers(job.folder, job.run, patience)


def _state(folder: ResultFolder) -> tuple[int, int]:
    """What tells whether there was progress: parts that are finished, and pictures that are to be left out."""
    markers = (read_marker(path) for path in folder.marked().values())
    return len(folder.finished()), sum(len(marker.blamed) for marker in markers if marker is not None)
