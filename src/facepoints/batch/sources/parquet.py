"""Parquet files: lists of paths and URLs, and pictures as bytes in rows."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate, groupby
from typing import Any

from facepoints.batch.sources.columns import PictureColumn, picture_column
from facepoints.batch.sources.content import Content, Problem, check_size, problem_of
from facepoints.batch.sources.entry import Entry
from facepoints.batch.sources.opening import open_place, read_place
from facepoints.errors import InputError, MissingExtraError

__all__ = ["find_rows", "read_rows"]

_NAMES_AT_ONCE, _PICTURES_AT_ONCE = 10_000, 8
"""Rows that are in memory at a time."""

_READ_AT_ONCE = 2**20
"""Bytes; unless told so, pyarrow reads all of a column that lies in a row group."""


def find_rows(place: str, name: str, column: str | None) -> Iterator[Entry | str]:
    """What the rows of a Parquet file stand for: an entry each, or a path or URL.

    Args:
        place: path or URL.
        name: that the results show.
        column: with the pictures; None to find it.

    Raises:
        InputError: the file cannot be read, or nobody can tell which column has the pictures.
        MissingExtraError: pyarrow is not installed.
    """
    with _listable(place, name) as file:
        chosen = picture_column(file.schema_arrow, column, name)
        if chosen.kind == "place":
            for row, value in enumerate(_texts(file, chosen.name)):
                yield value or Entry("row", f"{name}#{row}", place, index=row)
            return
        texts = _texts(file, f"{chosen.name}.path" if chosen.has_path else chosen.names)
        taken = set[str]()
        for row in range(file.metadata.num_rows):
            value = next(texts, None)
            # A name that comes again would make two rows of the results look like one picture.
            shown_name = f"{name}#{row}" if not value or value in taken else value
            taken.add(shown_name)
            yield Entry("row", shown_name, place, index=row)


def read_rows(entries: Sequence[Entry], column: str | None) -> Iterator[Content]:
    """The bytes that stand in rows of one Parquet file.

    Args:
        entries: of the file, in rising order.
        column: as of :func:`find_rows`.

    Raises:
        Exception: of pyarrow or the system: the file cannot be opened.
    """
    with _opened(entries[0].place) as file:
        chosen = picture_column(file.schema_arrow, column, entries[0].place)
        sizes = [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)]
        starts = [0, *accumulate(sizes)]
        for group, inside in groupby(entries, lambda entry: bisect_right(starts, entry.index or 0) - 1):
            if group >= len(sizes):
                gone = Problem("missing", "the file has fewer rows than when the run began")
                yield from (Content(entry.name, gone) for entry in inside)
                continue
            yield from _of_group(file, chosen, group, starts[group], list(inside))


def _of_group(file: Any, column: PictureColumn, group: int, first: int, entries: Sequence[Entry]) -> Iterator[Content]:
    """The entries of one row group, whose rows are read from its first one on, since their places are not known."""
    batches = file.iter_batches(_PICTURES_AT_ONCE, row_groups=[group], columns=[column.name], use_threads=False)
    values: list[Any] = []
    done = 0
    try:
        for entry in entries:
            row = (entry.index or 0) - first
            while row >= len(values):
                row, first = row - len(values), first + len(values)
                values = next(batches).column(0)
            yield Content(entry.name, _bytes_of(values[row].as_py()))
            done += 1
    except Exception as error:
        problem = Problem("damaged", f"the Parquet file cannot be read here: {error}")
        yield from (Content(entry.name, problem) for entry in entries[done:])


def _bytes_of(value: Any) -> bytes | Problem:
    data, path = (value.get("bytes"), value.get("path")) if isinstance(value, dict) else (value, None)
    try:
        if isinstance(data, bytes):
            check_size(len(data))
            return data
        if path:
            return read_place(path)
    except Exception as error:
        return problem_of(error)
    return Problem("missing", "there is nothing in this row")


def _texts(file: Any, column: str | None) -> Iterator[str | None]:
    if column is None:
        return
    inner = "" if column in file.schema_arrow.names else column.rpartition(".")[2]
    for batch in file.iter_batches(_NAMES_AT_ONCE, columns=[column], use_threads=False):
        values = batch.column(0).to_pylist()
        yield from ((value or {}).get(inner) for value in values) if inner else values


@contextmanager
def _listable(place: str, name: str) -> Iterator[Any]:
    try:
        with _opened(place) as file:
            yield file
    except (InputError, MissingExtraError):
        raise
    except Exception as error:
        raise InputError(f"{name}: this list cannot be read: {problem_of(error).reason}") from error


@contextmanager
def _opened(place: str) -> Iterator[Any]:
    try:
        import pyarrow.parquet as pq
    except ModuleNotFoundError as error:
        raise MissingExtraError("reading Parquet", "batch") from error
    with open_place(place) as opened, pq.ParquetFile(opened, buffer_size=_READ_AT_ONCE, pre_buffer=False) as file:
        yield file
