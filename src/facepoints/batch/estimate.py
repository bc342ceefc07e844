"""What a run would do and take, from its sources and a few of their pictures."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from facepoints.batch.entries import find_entries
from facepoints.batch.finding import find_all, finder_of
from facepoints.batch.pictures import read_pictures
from facepoints.batch.plan import expected_pictures
from facepoints.batch.settings import BatchSettings
from facepoints.batch.sources.entry import Entry

__all__ = ["KINDS", "Estimate", "estimate"]

KINDS = {
    "file": "single pictures",
    "member": "pictures in archives",
    "row": "pictures in Parquet files",
    "video": "videos",
    "stream": "archives that are read from front to back",
}
"""The kinds of entries, for people."""

_SAMPLE, _OF_EACH = 48, 4
"""Entries that are tried, and pictures of each of them at most, for videos hold many."""

_BYTES_A_PICTURE, _BYTES_A_FACE = 24, 937
"""In the tables: measured on 20,000 pictures, without pose and ratios (docs/collections.md)."""


@dataclass(frozen=True)
class Estimate:
    """What a run would do and take.

    Attributes:
        entries: number of things of each kind of ``KINDS``.
        pictures: that are expected in all.
        exact: whether that number is sure.
        tried: pictures that were looked at for this estimate.
        failed: of these, those that could not be read.
        ms: milliseconds that one of these took on average; 0 where none was tried.
        seconds: that the run would take.
        size: of the results in bytes.
    """

    entries: dict[str, int]
    pictures: int
    exact: bool
    tried: int
    failed: int
    ms: float
    seconds: float
    size: float


def estimate(
    sources: Sequence[str],
    settings: BatchSettings,
    workers: int,
    planned: Callable[[int], None] | None = None,
) -> Estimate:
    """Search the sources and look at a few pictures, drawn by lot; nothing is written.

    Args:
        sources: as of :func:`facepoints.batch.run`.
        settings: of the run.
        workers: that would share the work.
        planned: called with the number of pictures so far while the sources are searched.

    Raises:
        InputError: a source is not there.
        MissingExtraError: a source needs a package that is not installed.
    """
    kinds: Counter[str] = Counter()
    pictures, exact = 0, True

    def counted() -> Iterator[Entry]:
        nonlocal pictures, exact
        for number, entry in enumerate(find_entries(sources, settings.sources())):
            kinds[entry.kind] += 1
            pictures += expected_pictures([entry])
            exact = exact and entry.pictures is not None
            if planned is not None and number % 1000 == 0:
                planned(pictures)
            yield entry

    sample = _drawn_by_lot(counted(), _SAMPLE)
    tried, failed, faces, seconds = _try(sample, settings)
    mean = seconds / max(tried, 1)
    return Estimate(
        entries=dict(kinds),
        pictures=pictures,
        exact=exact,
        tried=tried,
        failed=failed,
        ms=1000 * mean,
        seconds=mean * pictures / workers,
        size=pictures * (_BYTES_A_PICTURE + _BYTES_A_FACE * faces / max(tried, 1)),
    )


def _try(sample: Sequence[Entry], settings: BatchSettings) -> tuple[int, int, int, float]:
    """Pictures, those of them that failed, faces, and seconds."""
    finder = finder_of(settings.finder)
    options = settings.sources()
    pictures = chain.from_iterable(islice(read_pictures([entry], options), _OF_EACH) for entry in sample)
    start = time.perf_counter()
    looked = [looked for batch in find_all(finder, pictures, settings) for looked in batch]
    seconds = time.perf_counter() - start
    return len(looked), sum(one.problem is not None for one in looked), sum(len(one.faces) for one in looked), seconds


def _drawn_by_lot(entries: Iterable[Entry], count: int) -> list[Entry]:
    """So many of the entries, each as likely as any other, in their order (Vitter's algorithm R, 1985)."""
    lots = random.Random(0)  # the same sources, the same estimate
    drawn: list[tuple[int, Entry]] = []
    for number, entry in enumerate(entries):
        if number < count:
            drawn.append((number, entry))
        elif (place := lots.randrange(number + 1)) < count:
            drawn[place] = (number, entry)
    return [entry for _, entry in sorted(drawn, key=lambda pair: pair[0])]
