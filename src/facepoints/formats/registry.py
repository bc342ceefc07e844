"""Which formats there are, and the two functions that choose one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, TextIO

from facepoints.errors import InputError
from facepoints.faces import Faces
from facepoints.files import atomic_write
from facepoints.formats.base import ResultWriter
from facepoints.formats.json import JsonLinesWriter, JsonWriter, read_json, read_json_lines
from facepoints.formats.pts import PtsWriter
from facepoints.formats.table import CsvWriter, read_csv

__all__ = ["FORMATS", "open_writer", "read"]

FORMATS: MappingProxyType[str, Callable[[Any], ResultWriter]] = MappingProxyType(
    {"json": JsonWriter, "jsonl": JsonLinesWriter, "csv": CsvWriter, "pts": PtsWriter}
)
"""Name of a format to its writer. All writers take an open text stream, but that of ``pts``, which takes a folder."""

_READERS = {".json": read_json, ".jsonl": read_json_lines, ".csv": read_csv}


@contextmanager
def open_writer(
    format_name: str, destination: TextIO | str | os.PathLike[str], *, details: Sequence[str] = ()
) -> Iterator[ResultWriter]:
    """A writer for use in a ``with`` block, which completes the result at its end.

    A file appears under its name only when the block ends without error. What goes to a stream is completed in any
    case, so that an interrupted run leaves a valid result of the pictures so far.

    Args:
        format_name: one of ``FORMATS``.
        destination: an open text stream such as ``sys.stdout``, or the path of a file; a folder for ``pts``.
        details: the columns of ``csv`` for details; the JSON formats need no such announcement.

    Raises:
        InputError: unknown format, or the destination does not exist or cannot be written to.
    """
    if format_name not in FORMATS:
        raise InputError(f"unknown format {format_name!r}; known are {', '.join(FORMATS)}")
    make = partial(CsvWriter, details=details) if format_name == "csv" else FORMATS[format_name]
    if format_name == "pts":
        yield make(destination)
    elif isinstance(destination, (str, os.PathLike)):
        with atomic_write(destination) as temporary, _open_text(temporary) as stream:
            writer = make(stream)
            yield writer
            writer.close()
    else:
        writer = make(destination)
        try:
            yield writer
        finally:
            writer.close()


def read(path: str | os.PathLike[str]) -> Iterator[tuple[str, Faces]]:
    """The name of each picture in a result file and its faces; the format follows from the ending.

    A picture without faces has no row in a CSV file and so does not come back from one.

    Raises:
        InputError: no such file, an ending other than .json, .jsonl and .csv, or (while iterating) not such a result;
            the message names the file and, where there is one, the line.
    """
    path = Path(path)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise InputError(f"{path}: unknown ending for a result; known are {', '.join(_READERS)}")
    if not path.is_file():
        raise InputError(f"{path}: there is no such file. Check the path")
    return reader(path)


def _open_text(path: Path) -> TextIO:
    # File names need not be valid text on Linux; such bytes pass through as they are.
    return path.open("w", encoding="utf-8", errors="surrogateescape", newline="")
