"""Where the results of a command go: stdout, or files of one output folder, none of which may replace an input."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath

from facepoints import formats
from facepoints.cli.inputs import Picture
from facepoints.errors import InputError
from facepoints.faces import Faces

__all__ = ["OutputFolder", "WriteResult", "open_results"]

WriteResult = Callable[[Picture, int, int, Faces, formats.Details], None]
"""Writes the faces of a picture of some width and height, and what else is known of each."""

_SUFFIXES = {"coco": ".coco.json"}

_LISTED = 10
"""Up to so many files are named in a summary."""


class OutputFolder:
    """The folder named by ``--out``, which is made, and its subfolders as they are needed.

    Raises:
        InputError: ``root`` is a file, or the folder cannot be made.
    """

    def __init__(self, root: Path, inputs: Sequence[Picture]) -> None:
        if root.exists() and not root.is_dir():
            raise InputError(f"{root}: this is a file; --out takes the name of a folder")
        self.root = root
        self._inputs = {os.path.realpath(picture.path) for picture in inputs}
        self._count = 0
        self._first: list[Path] = []
        self.folder_of(PurePath("any"))

    @contextmanager
    def file(self, stem: PurePath, suffix: str) -> Iterator[Path]:
        """The path of an output file, whose folder exists; the file counts as written when the block ends well.

        Raises:
            InputError: the file would replace an input picture.
        """
        path = self.folder_of(stem) / f"{stem.name}{suffix}"
        if os.path.realpath(path) in self._inputs:
            raise InputError(f"{path}: the result would replace an input picture; choose another folder with --out")
        yield path
        self._count += 1
        if self._count <= _LISTED:
            self._first.append(path)

    def folder_of(self, stem: PurePath) -> Path:
        """The folder for files of this stem; it exists from now on."""
        folder = self.root / stem.parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{folder}: the folder cannot be made: {error.strerror or error}") from error
        return folder

    def summary(self) -> str:
        """Where the results are: ``in FOLDER``, and if they are few, their paths, one a line."""
        listed = self._first if self._count <= _LISTED else []
        return "\n".join([f"in {self.root}", *map(str, listed)])


@contextmanager
def open_results(format_name: str, folder: OutputFolder | None, details: Sequence[str] = ()) -> Iterator[WriteResult]:
    """What writes each picture's faces: to stdout if there is no ``folder``, else into files there.

    Args:
        format_name: one of ``formats.FORMATS``.
        folder: for the files.
        details: the columns of a CSV file for details.

    Raises:
        InputError: ``pts`` without a folder, or a file cannot be written.
    """
    if folder is None:
        if format_name == "pts":
            raise InputError("--format pts writes one file a face: say where with --out DIR")
        # A whole JSON document would have to wait for its end; on stdout, each picture gets a line at once.
        format_name = "jsonl" if format_name == "json" else format_name
        with formats.open_writer(format_name, sys.stdout, details=details) as writer:
            yield _by_name(writer)
    elif format_name in ("json", "pts"):
        yield _json_files(folder) if format_name == "json" else _pts_files(folder)
    else:
        with (
            folder.file(PurePath("faces"), _SUFFIXES.get(format_name, f".{format_name}")) as path,
            formats.open_writer(format_name, path, details=details) as writer,
        ):
            yield _by_name(writer)


def _by_name(writer: formats.ResultWriter) -> WriteResult:
    return lambda picture, width, height, faces, details: writer.write(picture.name, width, height, faces, details)


def _json_files(folder: OutputFolder) -> WriteResult:
    def write(picture: Picture, width: int, height: int, faces: Faces, details: formats.Details) -> None:
        with folder.file(picture.stem, ".json") as path, formats.open_writer("json", path) as writer:
            writer.write(picture.name, width, height, faces, details)

    return write


def _pts_files(folder: OutputFolder) -> WriteResult:
    writers: dict[Path, formats.PtsWriter] = {}

    def write(picture: Picture, width: int, height: int, faces: Faces, details: formats.Details) -> None:
        place = folder.folder_of(picture.stem)
        if place not in writers:
            writers[place] = formats.PtsWriter(place)
        # The writer takes the name's suffix off.
        writers[place].write(f"{picture.stem.name}.pts", width, height, faces)

    return write
