"""CSV: a header, then one row a face."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TextIO

import numpy as np

from facepoints.arrays import Array
from facepoints.errors import InputError
from facepoints.faces import Faces
from facepoints.formats.details import Details, detail_values
from facepoints.scheme import POINT_COUNT

__all__ = ["CsvWriter", "read_csv"]

_ABOUT = ("image", "width", "height", "face")
_COLUMNS = tuple(Faces.empty().to_columns())


class CsvWriter:
    """A header, then one row a face: ``image``, ``width``, ``height``, ``face`` (its number on the picture, from 0)
    and the columns of :meth:`facepoints.Faces.to_columns`, then those of the details. A picture without faces has no
    row.

    Args:
        stream: open for text, with ``newline=""``.
        details: the columns for details, from :func:`facepoints.formats.detail_columns`.
    """

    def __init__(self, stream: TextIO, details: Sequence[str] = ()) -> None:
        self._details = tuple(details)
        csv.writer(stream, lineterminator="\n").writerow((*_ABOUT, *_COLUMNS, *self._details))
        # Names stand in quotes: before Python 3.13, csv leaves out those that a carriage return in a name needs.
        self._rows = csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)

    def write(self, name: str, width: int, height: int, faces: Faces, details: Details | None = None) -> None:
        """Add the rows of a picture; what ``details`` says and no column is for is left out."""
        columns = [_rounded(column, values) for column, values in faces.to_columns().items()]
        for face, values in enumerate(zip(*columns, strict=True)):
            more = detail_values(details[face] if details else {}, self._details)
            self._rows.writerow((name, width, height, face, *values, *more))

    def close(self) -> None:
        """Nothing is left to write."""


def read_csv(path: Path) -> Iterator[tuple[str, Faces]]:
    """The pictures of a CSV file: rows that follow each other, with the same image and ``face`` rising from 0.

    Raises:
        InputError: a column is missing, or a row holds something other than numbers.
    """
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        table = csv.DictReader(file)
        missing = [name for name in ("image", "face", *_COLUMNS) if name not in (table.fieldnames or ())]
        if missing:
            raise InputError(f"{path}: this is no table of faces; it has no column {missing[0]!r}")
        name = ""
        rows: list[list[float]] = []
        for row in table:
            if rows and (row["image"] != name or row["face"] == "0"):
                yield name, _faces(rows, path)
                rows = []
            name = row["image"]
            rows.append(_numbers(row, f"{path}, line {table.line_num}"))
        if rows:
            yield name, _faces(rows, path)


def _rounded(column: str, values: Array) -> list[float]:
    # The same digits as in the JSON; track ids are whole numbers and stay so.
    if column == "track_id":
        return [int(value) for value in values]
    digits = 4 if column.endswith("score") else 2
    return [round(float(value), digits) for value in values]


def _numbers(row: Mapping[str, str | None], place: str) -> list[float]:
    try:
        return [float(row[column] or "") for column in _COLUMNS]
    except ValueError as error:
        raise InputError(f"{place}: a number is missing or is none: {error}") from error


def _faces(rows: list[list[float]], path: Path) -> Faces:
    values = np.asarray(rows, dtype=np.float64)
    points = values[:, 6:].reshape(len(values), POINT_COUNT, 3)
    track_ids = values[:, 5].astype(np.int64)
    try:
        return Faces(
            values[:, :4].astype(np.float32),
            values[:, 4].astype(np.float32),
            points[:, :, :2].astype(np.float32),
            points[:, :, 2].astype(np.float32),
            None if (track_ids < 0).any() else track_ids,
        )
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
