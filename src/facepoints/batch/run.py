"""The whole of a run: the tables, then the summary and the report."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from pathlib import Path

from facepoints.batch.driver import Finished, Watch, finish, run_parts
from facepoints.batch.folder import ResultFolder
from facepoints.batch.report import write_report
from facepoints.batch.reread import SampleReader
from facepoints.batch.runners import Runner, on_this_machine
from facepoints.batch.samples import choose_samples
from facepoints.batch.settings import BatchSettings
from facepoints.batch.summary import Summary, summarise
from facepoints.errors import InputError
from facepoints.files import atomic_write

__all__ = ["processors", "run"]


def run(
    sources: Sequence[str | os.PathLike[str]],
    out: str | os.PathLike[str],
    settings: BatchSettings | None = None,
    *,
    workers: int | None = None,
    runner: Runner = on_this_machine,
    watch: Watch | None = None,
    planned: Callable[[int], None] | None = None,
) -> Summary:
    """Find the faces in all pictures of a collection and write them to ``out`` as Parquet tables.

    A run that was interrupted, whatever by, goes on where it stood when it is called again with the same arguments; one
    that is done is not done again. A picture that cannot be read is a row with its error.

    Args:
        sources: folders, globs, lists (.txt, .parquet), archives (zip, tar), videos, single pictures, and the
            addresses (``s3://``, ``https://``) of such.
        out: folder for ``images/*.parquet``, ``faces/*.parquet``, ``summary.json`` and ``report.html``.
        settings: what to look for and to tell; None for the defaults.
        workers: processes that share the work; None for one a processor. A Ray cluster has its own number.
        runner: how the parts get to the workers; :func:`facepoints.batch.on_ray` makes one for a cluster.
        watch: shows progress: takes the plan and a function that tells the counts so far, gives a context manager.
        planned: called with the number of pictures so far while the sources are searched.

    Returns:
        What came of it, in numbers.

    Raises:
        InputError: a source is not there; ``out`` holds something else, or another run is writing to it.
        OutputError: the results cannot be written.
        RunnerError: the workers die again and again, and not for one of the pictures.
        MissingExtraError: ``pip install 'facepoints[batch]'`` is needed.
    """
    if workers is not None and workers < 1:
        raise InputError(f"there must be at least 1 worker; got {workers}")
    if isinstance(sources, (str, os.PathLike)) or not sources:
        raise InputError(f"sources must be a list with at least one folder, file or address; got {sources!r}")
    names = [os.fspath(source) for source in sources]
    chosen = BatchSettings() if settings is None else settings
    with run_parts(names, Path(out), chosen, workers or processors(), runner, watch, planned) as finished:
        if finished is not None:
            _sum_up(finished, names, chosen)
            finish(finished)
    return _read_summary(ResultFolder(Path(out)))


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _read_summary(folder: ResultFolder) -> Summary:
    try:
        return Summary.from_dict(json.loads(folder.summary.read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError):  # deleted since the run, or changed
        return summarise(folder.root)


def _sum_up(finished: Finished, sources: Sequence[str], settings: BatchSettings) -> None:
    root = finished.folder.root
    summary = summarise(root)
    speed = finished.pictures / max(finished.seconds, 1e-3)
    about = {
        "Sources": " ".join(sources),
        "Networks": finished.record.model,
        "Smallest face": f"{settings.finder.min_face} pixels",
        "Done": f"{datetime.now(timezone.utc):%Y-%m-%d %H:%M} UTC",
        "Speed": f"{speed:,.1f} pictures a second ({finished.pictures:,} in {finished.seconds:,.0f} seconds)",
    }
    samples = choose_samples(root)
    write_report(root, summary, samples, about, SampleReader(finished.folder, samples, settings.sources()))
    facts = {"sources": list(sources), "model": finished.record.model, "pictures_per_second": round(speed, 2)}
    with atomic_write(finished.folder.summary) as temporary:
        text = json.dumps({**facts, **summary.to_dict()}, indent=1, ensure_ascii=False)
        temporary.write_text(text + "\n", encoding="utf-8")
