"""CSV: a header, then one row a face."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from facepoints.arrays import Array
from facepoints.errors import InputError
from facepoints.faces import Faces
from facepoints.formats.details import Details, detail_values, nested_detail
from facepoints.formats.frame_rows import TIME_DIGITS
from facepoints.formats.results import Result, faces_of_columns, frame_name

__all__ = ["CsvWriter", "read_csv"]

_ABOUT = ("image", "width", "height")
_FRAME = ("frame", "time")
_COLUMNS = tuple(Faces.empty().to_columns())
_TEXT_COLUMNS = frozenset({"model"})


class CsvWriter:
    """A header, then one row a face: ``image``, ``width``, ``height``, ``face`` (its number on the picture, from 0)
    and the columns of :meth:`facepoints.Faces.to_columns`, then those of the details. A picture without faces has no
    row.

    Args:
        stream: open for text, with ``newline=""``.
        details: the columns for details, from :func:`facepoints.formats.detail_columns`.
        frames: have columns ``frame`` and ``time`` before ``face``; without them, a frame becomes a part of the name.
    """

    def __init__(self, stream: TextIO, details: Sequence[str] = (), *, frames: bool = False) -> None:
        self._details = tuple(details)
        self._frames = frames
        about = (*_ABOUT, *(_FRAME if frames else ()), "face")
        csv.writer(stream, lineterminator="\n").writerow((*about, *_COLUMNS, *self._details))
        # Names stand in quotes: before Python 3.13, csv leaves out those that a carriage return in a name needs.
        self._rows = csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)

    def write(
        self,
        name: str,
        width: int,
        height: int,
        faces: Faces,
        details: Details | None = None,
        *,
        frame: int | None = None,
        time: float | None = None,
    ) -> None:
        """Add the rows of a picture; what ``details`` says and no column is for is left out."""
        about: tuple[Any, ...] = (name, width, height, frame, None if time is None else round(time, TIME_DIGITS))
        if not self._frames:
            about = (frame_name(name, frame), width, height)
        columns = [_rounded(column, values) for column, values in faces.to_columns().items()]
        for face, values in enumerate(zip(*columns, strict=True)):
            more = detail_values(details[face] if details else {}, self._details)
            self._rows.writerow((*about, face, *values, *more))

    def close(self) -> None:
        """Nothing is left to write."""


def read_csv(path: Path) -> Iterator[Result]:
    """The pictures of a CSV file: rows that follow each other, with the same image and ``face`` rising from 0.

    Raises:
        InputError: a column is missing, or a row holds something other than numbers.
    """
    try:
        yield from _results(path)
    except (csv.Error, OSError) as error:
        raise InputError(f"{path}: the file cannot be read as CSV: {error}") from error


def _results(path: Path) -> Iterator[Result]:
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        table = csv.DictReader(file)
        columns = table.fieldnames or ()
        missing = [name for name in ("image", "face", *_COLUMNS) if name not in columns]
        if missing:
            raise InputError(f"{path}: this is no table of faces; it has no column {missing[0]!r}")
        more = [name for name in columns if name not in (*_ABOUT, *_FRAME, "face", *_COLUMNS)]
        rows: list[dict[str, str | None]] = []
        numbers: list[list[float]] = []
        for row in table:
            if rows and (row["face"] == "0" or any(row.get(key) != rows[0].get(key) for key in ("image", "frame"))):
                yield _result(rows, numbers, more, str(path))
                rows, numbers = [], []
            rows.append(row)
            numbers.append(_numbers(row, f"{path}, line {table.line_num}"))
        if rows:
            yield _result(rows, numbers, more, str(path))


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


def _result(rows: list[dict[str, str | None]], numbers: list[list[float]], more: list[str], place: str) -> Result:
    """The faces of one picture, which is what the first row says it is."""
    details = [nested_detail({column: _cell(column, row[column]) for column in more}) for row in rows]
    values = np.asarray(numbers, dtype=np.float64)
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # what is no finite float32 is refused
            faces = faces_of_columns(values[:, :4], values[:, 4], values[:, 6:], values[:, 5].astype(np.int64))
    except InputError as error:
        raise InputError(f"{place}: {error}") from error
    return Result(rows[0]["image"] or "", faces, **_about(rows[0], place), details=details if any(details) else ())


def _about(row: Mapping[str, str | None], place: str) -> dict[str, Any]:
    try:
        # An empty cell is as good as no column.
        known = {column: text for column in (*_ABOUT[1:], *_FRAME) if (text := row.get(column))}
        return {column: float(text) if column == "time" else int(text) for column, text in known.items()}
    except ValueError as error:
        raise InputError(f"{place}: image {row['image']}: {error}") from error


def _cell(column: str, text: str | None) -> Any:
    """A cell of a detail: a number where it is one."""
    if not text or column in _TEXT_COLUMNS:
        return text or None
    for kind in (int, float):
        with suppress(ValueError):
            return kind(text)
    return text
