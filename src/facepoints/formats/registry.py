"""Which formats there are, and the two functions that choose one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, TextIO

from facepoints.errors import InputError
from facepoints.faces import Faces
from facepoints.files import atomic_write
from facepoints.formats.base import ResultWriter
from facepoints.formats.batch_folder import is_batch_folder, read_batch_folder
from facepoints.formats.coco import CocoWriter
from facepoints.formats.json import JsonLinesWriter, JsonWriter, read_json, read_json_lines
from facepoints.formats.parquet_reading import read_parquet
from facepoints.formats.pts import PtsWriter
from facepoints.formats.pts_reading import has_pts_files, read_pts_results
from facepoints.formats.results import Result
from facepoints.formats.table import CsvWriter, read_csv

__all__ = ["FORMATS", "SOURCES", "Source", "open_writer", "read", "read_results", "source_of"]

FORMATS: MappingProxyType[str, Callable[[Any], ResultWriter]] = MappingProxyType(
    {"json": JsonWriter, "jsonl": JsonLinesWriter, "csv": CsvWriter, "pts": PtsWriter, "coco": CocoWriter}
)
"""Name of a format to its writer. All writers take an open text stream, but that of ``pts``, which takes a folder."""


@dataclass(frozen=True)
class Source:
    """A kind of file or folder that results are read from.

    Attributes:
        name: for people.
        matches: whether a path is of this kind; must not fail where nothing is there.
        read: its pictures, lazily.
    """

    name: str
    matches: Callable[[Path], bool]
    read: Callable[[Path], Iterator[Result]]


def _by_ending(ending: str, read: Callable[[Path], Iterator[Result]]) -> Source:
    return Source(ending, lambda path: path.suffix.lower() == ending and not path.is_dir(), read)


SOURCES: tuple[Source, ...] = (
    _by_ending(".json", read_json),
    _by_ending(".jsonl", read_json_lines),
    _by_ending(".csv", read_csv),
    _by_ending(".parquet", read_parquet),
    _by_ending(".pts", read_pts_results),
    Source("the folder of a facepoints batch", is_batch_folder, read_batch_folder),
    Source("a folder of .pts files", has_pts_files, read_pts_results),
)
"""The kinds that :func:`read` knows; the first that matches is taken."""


@contextmanager
def open_writer(
    format_name: str, destination: TextIO | str | os.PathLike[str], *, details: Sequence[str] = (), frames: bool = False
) -> Iterator[ResultWriter]:
    """A writer for use in a ``with`` block, which completes the result at its end.

    A file appears under its name only when the block ends without error. What goes to a stream is completed in any
    case, so that an interrupted run leaves a valid result of the pictures so far.

    Args:
        format_name: one of ``FORMATS``.
        destination: an open text stream such as ``sys.stdout``, or the path of a file; a folder for ``pts``.
        details: the columns of ``csv`` for details; the JSON formats need no such announcement.
        frames: whether ``csv`` has the columns ``frame`` and ``time``, for frames of videos.

    Raises:
        InputError: unknown format, or the destination does not exist or cannot be written to.
    """
    if format_name not in FORMATS:
        raise InputError(f"unknown format {format_name!r}; known are {', '.join(FORMATS)}")
    make = partial(CsvWriter, details=details, frames=frames) if format_name == "csv" else FORMATS[format_name]
    if format_name == "pts":
        yield make(destination)
    elif isinstance(destination, (str, os.PathLike)):
        with atomic_write(destination) as temporary, _open_text(temporary) as stream, closing(make(stream)) as writer:
            yield writer
    else:
        with closing(make(destination)) as writer:
            yield writer


def read(path: str | os.PathLike[str]) -> Iterator[tuple[str, Faces]]:
    """The name of each picture in a result and its faces; what kind of result it is follows from ending or content.

    The name is what stands as ``image`` in the file: for the frames of a video, that of the video.
    :func:`read_results` tells their numbers as well. A picture without faces comes back from JSON, COCO and the folder
    of ``facepoints batch`` with empty faces; it has no row in a CSV or Parquet file and no ``.pts`` file, and so does
    not come back from these. Pictures that ``facepoints batch`` could not read are left out.

    Args:
        path: of a .json (this package's or COCO), .jsonl, .csv, .parquet or .pts file, or of a folder that
            ``facepoints batch`` has filled or that has .pts files in it or below.

    Raises:
        InputError: no such file, another ending, or (while iterating) not such a result; the message names the file
            and, where there is one, the line.
        LabelError: while iterating, a .pts file is damaged.
        ImageError: while iterating, the picture of a .pts file is damaged.
        MissingExtraError: while iterating, pyarrow is not installed, and Parquet needs it.
    """
    return ((result.image, result.faces) for result in read_results(path) if result.error is None)


def read_results(path: str | os.PathLike[str], sources: Sequence[Source] = SOURCES) -> Iterator[Result]:
    """All that a result says about each picture or frame, lazily; the others are as of :func:`read`.

    Args:
        path: of a file or folder.
        sources: the kinds to try.

    Raises:
        InputError: as of :func:`read`.
        LabelError: as of :func:`read`.
        ImageError: as of :func:`read`.
        MissingExtraError: as of :func:`read`.
    """
    return source_of(path, sources).read(Path(path))


def source_of(path: str | os.PathLike[str], sources: Sequence[Source] = SOURCES) -> Source:
    """The first kind that matches.

    Raises:
        InputError: nothing is there, or none matches.
    """
    path = Path(path)
    found = next((source for source in sources if source.matches(path)), None)
    if path.is_dir() and found is None:
        raise InputError(f"{path}: this folder is not one of facepoints batch, and has no .pts file")
    if found is None and (path.suffix or path.exists()):
        known = ", ".join(source.name for source in sources)
        raise InputError(f"{path}: unknown ending for a result; known are {known}")
    if found is None or not path.exists():
        raise InputError(f"{path}: there is no such file. Check the path")
    return found


def _open_text(path: Path) -> TextIO:
    # File names need not be valid text on Linux; such bytes pass through as they are.
    return path.open("w", encoding="utf-8", errors="surrogateescape", newline="")
