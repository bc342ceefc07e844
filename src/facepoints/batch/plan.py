"""The plan of a run: every picture of its sources, written down once and cut into parts (shards).

A part is what a worker takes at a time and what a restart may have to do again. The plan is what makes a run that was
interrupted go on with the same parts, whatever has happened to the sources since.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facepoints.batch.sources.entry import Entry
from facepoints.batch.sources.names import is_url
from facepoints.errors import InputError, MissingExtraError

if TYPE_CHECKING:
    import pyarrow

__all__ = ["Plan", "cut", "expected_pictures", "read_plan", "read_shard", "write_plan"]

_SHARDS_A_FILE = 1000
"""Each shard is a row group, and the footer of a file, which has all of them, is read for each shard."""

_SMALLEST, _USUAL, _LARGEST = 8, 256, 10_000
"""Pictures in a shard: at least, of a collection that is not large, and at most."""

_GROWTH = 400
"""A shard grows to this fraction of what lies before it, so that a billion pictures make 100,000 files, not millions.
"""

_SHARDS_A_WORKER = 4
"""At least, as long as that does not make them too small, for all workers to end at about the same time."""

_ABOUT = "plan.json"


@dataclass(frozen=True)
class Plan:
    """How much there is to do.

    Attributes:
        shards: number of parts.
        pictures: that are expected in all of them.
        exact: whether that number is sure: some videos and archives tell only when they have been read.
    """

    shards: int
    pictures: int
    exact: bool


def cut(entries: Iterable[Entry], workers: int, shard_size: int | None = None) -> Iterator[list[Entry]]:
    """Cut a row of entries into shards.

    Args:
        entries: of the run; taken lazily, and no more of them at a time than it takes to tell small runs from others.
        workers: that shall share the work.
        shard_size: pictures in a shard; None for a size that fits the run.
    """
    rest = iter(entries)
    if shard_size is None:
        wanted = workers * _SHARDS_A_WORKER
        start = list(islice(rest, wanted * _USUAL))
        shard_size = max(_SMALLEST, -(-len(start) // wanted))
        largest = _LARGEST
        rest = chain(start, rest)
    else:
        largest = shard_size
    shard: list[Entry] = []
    before = 0
    for entry in rest:
        if entry.holds_many or entry.pictures is None:
            yield [entry]
            continue
        shard.append(entry)
        if len(shard) >= max(shard_size, min(before // _GROWTH, largest)):
            yield shard
            before += len(shard)
            shard = []
    if shard:
        yield shard


def write_plan(shards: Iterable[list[Entry]], folder: Path, progress: Callable[[int], None] | None = None) -> Plan:
    """Write a plan; ``folder`` appears when it is whole.

    Args:
        shards: from :func:`cut`.
        folder: of the plan; must not exist.
        progress: called with the number of pictures so far.

    Raises:
        InputError: from the sources, while the shards are taken from them.
        MissingExtraError: pyarrow is not installed.
    """
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    count, pictures, exact = 0, 0, True
    with _PlanFiles(unfinished) as files:
        for shard in shards:
            files.write(shard)
            count += 1
            pictures += expected_pictures(shard)
            exact = exact and all(entry.pictures is not None for entry in shard)
            if progress is not None:
                progress(pictures)
    plan = Plan(count, pictures, exact)
    (unfinished / _ABOUT).write_text(json.dumps(asdict(plan)), encoding="utf-8")
    unfinished.rename(folder)
    return plan


def read_plan(folder: Path) -> Plan | None:
    """The plan in a folder, or None if there is none.

    Raises:
        InputError: it is damaged.
    """
    path = folder / _ABOUT
    try:
        return Plan(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise InputError(f"{path}: the plan of this run cannot be read: {error}. Give another folder") from error


def read_shard(folder: Path, shard: int) -> list[Entry]:
    """The entries of one shard."""
    import pyarrow.parquet as pq

    file, group = divmod(shard, _SHARDS_A_FILE)
    rows = pq.ParquetFile(_file(folder, file)).read_row_group(group).to_pylist()
    return [Entry(**{**row, **{name: _decoded(row[name]) for name in _BYTES}}) for row in rows]


def expected_pictures(entries: Iterable[Entry]) -> int:
    """How many pictures these entries hold; 1 for what nobody knows."""
    return sum(1 if entry.pictures is None else entry.pictures for entry in entries)


_BYTES = ("name", "place", "member")
"""Columns for file names, which need not be valid text."""


class _PlanFiles:
    """Writes shards as row groups, so many a file."""

    def __init__(self, folder: Path) -> None:
        try:
            import pyarrow as pa
            import pyarrow.parquet as pq
        except ModuleNotFoundError as error:
            raise MissingExtraError("facepoints batch", "batch") from error
        self._pa, self._pq, self._folder = pa, pq, folder
        self._schema = _schema(pa)
        self._writer: Any = None
        self._shards = 0

    def __enter__(self) -> _PlanFiles:
        return self

    def __exit__(self, *error: object) -> None:
        self._close()

    def write(self, shard: list[Entry]) -> None:
        file, group = divmod(self._shards, _SHARDS_A_FILE)
        if group == 0:
            self._close()
            self._writer = self._pq.ParquetWriter(_file(self._folder, file), self._schema, compression="zstd")
        rows = [_row(entry) for entry in shard]
        self._writer.write_table(self._pa.Table.from_pylist(rows, self._schema), row_group_size=len(rows))
        self._shards += 1

    def _close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None


def _row(entry: Entry) -> dict[str, Any]:
    # Absolute, for workers may run elsewhere, and the same command may be given from another folder.
    place = entry.place if is_url(entry.place) else os.path.abspath(entry.place)  # noqa: PTH100 - keeps symbolic links
    texts = {"name": entry.name, "place": place, "member": entry.member}
    return {**asdict(entry), **{name: _encoded(text) for name, text in texts.items()}}


def _schema(pa: Any) -> pyarrow.Schema:
    texts = {"kind": pa.string(), **{name: pa.binary() for name in _BYTES}}
    return pa.schema({**texts, "index": pa.int64(), "size": pa.int64(), "pictures": pa.int64()})


def _file(folder: Path, number: int) -> Path:
    return folder / f"{number:05}.parquet"


def _encoded(text: str | None) -> bytes | None:
    return None if text is None else os.fsencode(text)


def _decoded(content: bytes | None) -> str | None:
    return None if content is None else os.fsdecode(content)
