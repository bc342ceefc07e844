"""Reading tables of faces in Parquet, by pyarrow, some rows at a time."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from facepoints.arrays import Array
from facepoints.errors import InputError, MissingExtraError
from facepoints.formats.details import nested_detail
from facepoints.formats.frame_rows import ABOUT, BOX, POINTS
from facepoints.formats.results import Result, faces_of_columns

if TYPE_CHECKING:
    import pyarrow

__all__ = ["parquet_errors", "read_parquet", "record_batches"]

_NUMBERS = (*BOX, "score", *POINTS)
_ROWS_AT_ONCE = 1024
"""About 1 MB."""


def read_parquet(path: Path) -> Iterator[Result]:
    """The pictures or frames of a Parquet file with a row a face: rows that follow each other, with the same image and
    frame and ``face`` rising from 0. A picture without faces has no row and does not come back.

    Memory stays flat: it holds one group of rows of the file, as it was written.

    Raises:
        InputError: no Parquet file, a damaged one, or one without a column that is needed.
        MissingExtraError: pyarrow is not installed.
    """
    for _, rows in itertools.groupby(_numbered(_rows(path)), key=lambda pair: pair[0]):
        yield _result([row for _, row in rows], str(path))


Row = tuple[dict[str, Any], Array, int, dict[str, Any]]
"""What it is about, the columns ``_NUMBERS``, the track id, the details."""


def _numbered(rows: Iterator[Row]) -> Iterator[tuple[int, Row]]:
    """Each row with the number of its picture."""
    number, before = 0, None
    for row in rows:
        about = row[0]
        picture = (about["image"], about.get("frame"))
        if picture != before or about["face"] == 0:
            number, before = number + 1, picture
        yield number, row


def _rows(path: Path) -> Iterator[Row]:
    for batch in record_batches(path, ("image", "face", *_NUMBERS)):
        names = batch.schema.names
        with parquet_errors(path):
            about = batch.select([name for name in ABOUT if name in names]).to_pylist()
            details = batch.select([name for name in names if name not in (*ABOUT, *_NUMBERS, "track_id")]).to_pylist()
            ids = batch.column("track_id").to_pylist() if "track_id" in names else [-1] * len(batch)
        try:
            columns = [batch.column(name).to_numpy(zero_copy_only=False) for name in _NUMBERS]
            numbers = np.stack(columns, axis=1).astype(np.float32)
        except ValueError as error:
            raise InputError(f"{path}: a number is missing or is none: {error}") from error
        yield from zip(about, numbers, ids, details or [{}] * len(batch), strict=True)


def _result(rows: Sequence[Row], place: str) -> Result:
    abouts, numbers, ids, details = zip(*rows, strict=True)
    about = {key: value for key, value in abouts[0].items() if key not in ("image", "face")}
    image = str(abouts[0]["image"])
    values = np.stack(numbers)
    track_ids = None if None in ids else np.asarray(ids, dtype=np.int64)
    try:
        faces = faces_of_columns(values[:, :4], values[:, 4], values[:, 5:], track_ids)
    except InputError as error:
        raise InputError(f"{place}: image {image}: {error}") from error
    nested = [nested_detail(detail) for detail in details]
    return Result(image, faces, **about, details=nested if any(nested) else ())


def record_batches(
    path: Path, needed: Sequence[str], columns: Sequence[str] | None = None
) -> Iterator[pyarrow.RecordBatch]:
    """The rows of a Parquet file, some at a time.

    Args:
        path: of the file.
        needed: columns that must be there.
        columns: to read; None for all.

    Raises:
        InputError: as of :func:`read_parquet`.
        MissingExtraError: pyarrow is not installed.
    """
    try:
        import pyarrow.parquet as pq
    except ModuleNotFoundError as error:
        raise MissingExtraError("reading Parquet", "batch") from error
    with parquet_errors(path), pq.ParquetFile(path) as file:
        missing = [name for name in needed if name not in file.schema_arrow.names]
        if missing:
            raise InputError(f"{path}: this is no table of such results; it has no column {missing[0]!r}")
        yield from file.iter_batches(batch_size=_ROWS_AT_ONCE, columns=columns)


@contextmanager
def parquet_errors(path: Path) -> Iterator[None]:
    """Turns what pyarrow raises into an error for people; texts are decoded, or not, when they are made Python's."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: the file cannot be read as Parquet: {error}") from error
