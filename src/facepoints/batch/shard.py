"""What a worker does with a part of the collection: read its pictures, find the faces, write two tables."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from facepoints.batch.careful import read_carefully
from facepoints.batch.finding import find_all, finder_of
from facepoints.batch.folder import ResultFolder
from facepoints.batch.marker import Marker, Place, begin
from facepoints.batch.pictures import Picture, read_pictures
from facepoints.batch.plan import read_shard
from facepoints.batch.settings import BatchSettings
from facepoints.batch.sources.entry import Entry
from facepoints.batch.tables import Counts, ShardTables

__all__ = ["Job", "process_shard", "reason_of"]

_NOTE_EVERY = 1.0
"""Seconds between two notes of progress: a thousand workers share one file system."""


@dataclass(frozen=True)
class Job:
    """What all workers of a run have to know.

    Attributes:
        folder: of the results.
        settings: of the run.
        model: what stands in the column of that name.
        run: names this life of the driver.
    """

    folder: ResultFolder
    settings: BatchSettings
    model: str
    run: str


def process_shard(job: Job, shard: int, after_batch: Callable[[], None] = lambda: None) -> Counts:
    """Do one part, unless it is done; it counts as done when its tables are whole.

    Args:
        job: of the run.
        shard: number of the part.
        after_batch: called every few pictures; what it raises ends the work on this part.

    Raises:
        OSError: the tables cannot be written.
    """
    folder = job.folder
    if folder.is_finished(shard):  # by a worker that was thought to be lost
        return Counts()
    finder = finder_of(job.settings.finder)
    entries = read_shard(folder.plan, shard)
    path = folder.marker(shard)
    marker = begin(path, job.run)
    noted = time.monotonic()
    with ShardTables(folder, shard, job.settings.details, job.model) as tables:
        pictures = _pictures(entries, job.settings, marker, path)
        # One by one, what kills the worker is the picture that was noted last.
        for batch in find_all(finder, pictures, job.settings, one_by_one=marker.careful):
            for looked in batch:
                tables.add(looked.picture, looked.faces, looked.details, looked.problem, looked.ms)
            if not marker.careful and time.monotonic() - noted >= _NOTE_EVERY:
                noted = time.monotonic()
                replace(marker, done=tables.counts.pictures, faces=tables.counts.faces).write(path)
            after_batch()
        tables.publish()
    path.unlink(missing_ok=True)
    return tables.counts


def reason_of(error: OSError) -> str:
    """Why a file cannot be written, for people: pyarrow wraps the reason up in words of its own."""
    return os.strerror(error.errno) if error.errno else str(error)


def _pictures(entries: Sequence[Entry], settings: BatchSettings, marker: Marker, path: Path) -> Iterator[Picture]:
    if not marker.careful:
        yield from read_pictures(entries, settings.sources())
        return
    done = 0

    def note(place: Place) -> None:
        replace(marker, place=place, done=done).write(path)

    for _, picture in read_carefully(entries, settings.sources(), marker.blamed, note):
        yield picture
        done += 1
