"""Reading the tables in the folder of a collection: numbered parts, each a file of pictures and one of their faces."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from facepoints.arrays import Array
from facepoints.errors import InputError, MissingExtraError

if TYPE_CHECKING:
    import pyarrow
    import pyarrow.parquet

__all__ = ["Part", "count_rows", "find_parts", "numbers", "read_batches", "read_rows"]

_BATCH_ROWS = 65_536
"""Rows of a few narrow columns that are looked at together."""

_WIDE_BATCH_ROWS = 1024
"""The same for all columns of faces: about 1 MB."""


@dataclass(frozen=True)
class Part:
    """The two files of a part.

    Attributes:
        images: a row a picture.
        faces: a row a face, in the order of the pictures.
    """

    images: Path
    faces: Path

    def mismatch(self) -> InputError:
        """The error for two files that do not belong together."""
        return InputError(f"{self.images} and {self.faces} do not tell of the same faces. {_remedy(self.images.name)}")


def find_parts(out: Path) -> list[Part]:
    """The parts in the folder of a collection, by their numbers.

    Raises:
        InputError: the folder holds none, or a part lacks one of its files.
    """
    images, faces = (
        {path.name: path for path in (out / table).glob("part-*.parquet")} for table in ("images", "faces")
    )
    if not images:
        raise InputError(f"{out}: holds no results of facepoints batch (no images/part-*.parquet)")
    for name in sorted(images.keys() ^ faces.keys()):
        lacking = "faces" if name in images else "images"
        raise InputError(f"{out / lacking / name} is missing. {_remedy(name)}")
    return [Part(images[name], faces[name]) for name in sorted(images, key=lambda name: (len(name), name))]


def count_rows(path: Path) -> int:
    """The number of rows of a table.

    Raises:
        InputError: the file cannot be read.
        MissingExtraError: pyarrow is not installed.
    """
    with _opened(path, ()) as table:
        return int(table.metadata.num_rows)


def read_batches(path: Path, columns: Sequence[str], optional: Sequence[str] = ()) -> Iterator[pyarrow.RecordBatch]:
    """The rows of a table, some at a time, so that memory does not grow with its length.

    Args:
        path: of the Parquet file.
        columns: names of those to read.
        optional: names of more columns, to read if they are there.

    Raises:
        InputError: the file cannot be read, or has not these columns.
        MissingExtraError: pyarrow is not installed.
    """
    with _opened(path, columns) as table:
        names = _names(table)
        there = [name for name in optional if name in names]
        yield from table.iter_batches(_BATCH_ROWS, columns=[*columns, *there], use_threads=False)


def read_rows(path: Path, rows: Collection[int], columns: Sequence[str]) -> list[dict[str, Any]]:
    """Some rows of a table, in their order there, as plain Python values; only the row groups that hold them are read.

    Args:
        path: of the Parquet file.
        rows: their numbers from the start of the file.
        columns: names of those to read.

    Raises:
        InputError: the file cannot be read, or has not these columns.
        MissingExtraError: pyarrow is not installed.
    """
    wanted = np.unique(np.asarray(list(rows), dtype=np.int64))
    found: list[dict[str, Any]] = []
    with _opened(path, columns) as table:
        start = 0
        for group in range(table.num_row_groups):
            end = start + table.metadata.row_group(group).num_rows
            if ((wanted >= start) & (wanted < end)).any():
                found += _rows_of_group(table, group, wanted - start, columns)
            start = end
    return found


def numbers(column: pyarrow.Array) -> Array:
    """A column of numbers as float64, NaN where there is none."""
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)


def _rows_of_group(
    table: pyarrow.parquet.ParquetFile, group: int, wanted: Array, columns: Sequence[str]
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    start = 0
    for batch in table.iter_batches(_WIDE_BATCH_ROWS, row_groups=[group], columns=list(columns), use_threads=False):
        here = wanted[(wanted >= start) & (wanted < start + len(batch))] - start
        found += batch.take(here).to_pylist() if len(here) else []
        start += len(batch)
    return found


@contextmanager
def _opened(path: Path, columns: Sequence[str]) -> Iterator[pyarrow.parquet.ParquetFile]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ModuleNotFoundError as error:
        raise MissingExtraError("reading the results of facepoints batch", "batch") from error
    try:
        with pq.ParquetFile(path) as table:
            names = _names(table)
            lacking = [name for name in columns if name not in names]
            if lacking:
                raise InputError(
                    f"{path}: is no table of facepoints batch; it has no column {', '.join(lacking)}. Take it away"
                )
            yield table
    except (pa.ArrowException, OSError) as error:
        reason = str(error).partition("\n")[0]
        raise InputError(f"{path}: cannot be read ({reason}). {_remedy(path.name)}") from error


def _names(table: pyarrow.parquet.ParquetFile) -> frozenset[str]:
    # Not schema_arrow.names, which takes 1 ms with these many columns, each time.
    return frozenset(table.schema.names)


def _remedy(name: str) -> str:
    return (
        f"If the run is not finished, delete images/{name} and faces/{name} and give the same command again: it makes "
        "both anew. Else give it with another folder"
    )
