"""Turns the paths of a command line (files, folders, globs) into a list of pictures."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from facepoints.cli.messages import Failure
from facepoints.images import SUFFIXES

__all__ = ["Picture", "UniqueNames", "find_pictures"]


@dataclass(frozen=True)
class Picture:
    """An input picture.

    Attributes:
        path: of the file.
        stem: path without suffix, relative to the output folder, for what is made of this picture; unique in a run.
    """

    path: Path
    stem: PurePath

    @property
    def name(self) -> str:
        """The path as the user wrote it, with forward slashes on every system."""
        return self.path.as_posix()


class UniqueNames:
    """Hands out relative paths of which no two are the same, not even where upper and lower case are one."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def claim(self, wanted: PurePath) -> PurePath:
        """``wanted`` if it is free, else the first free one of ``wanted-2``, ``wanted-3`` and so on."""
        name, number = wanted, 1
        while name.as_posix().casefold() in self._taken:
            number += 1
            name = wanted.with_name(f"{wanted.name}-{number}")
        self._taken.add(name.as_posix().casefold())
        return name


def find_pictures(arguments: Sequence[str], out: Path | None = None) -> tuple[list[Picture], list[Failure]]:
    """Expand files, folders (recursively; hidden ones are left out) and globs that the shell left alone.

    In folders and globs the suffix tells what is a picture; a file that is named itself is tried whatever its suffix.

    Args:
        arguments: of the command line.
        out: folder of the results; where it lies inside a folder to search, what an earlier run left there is no input.

    Returns:
        the pictures in the order of the arguments, those of a folder sorted by path, none twice; and a failure for
        each argument that is missing or holds no picture, and each folder that cannot be listed.
    """
    pictures: list[Picture] = []
    failures: list[Failure] = []
    names, seen = UniqueNames(), set[str]()
    for argument in arguments:
        known = len(failures)
        found = _expand(argument, out, failures)
        if not found and len(failures) == known:
            failures.append(Failure(argument, _why_nothing(argument)))
        for path, stem in found:
            place = os.path.realpath(path)
            if place not in seen:
                seen.add(place)
                pictures.append(Picture(path, names.claim(stem)))
    return pictures, failures


def _expand(argument: str, out: Path | None, failures: list[Failure]) -> list[tuple[Path, PurePath]]:
    """The files that one argument stands for, each with the stem of its outputs."""
    path = Path(argument)
    if _is_folder(argument):
        return [(file, file.relative_to(path).with_suffix("")) for file in sorted(_walk(path, out, failures))]
    if os.path.lexists(argument):
        return [(path, PurePath(path.stem))]
    # Path.glob takes no absolute patterns.
    matches = sorted(Path(match) for match in glob.glob(argument, recursive=True))  # noqa: PTH207
    return [(file, PurePath(file.stem)) for file in matches if _is_picture_name(file.name) and file.is_file()]


def _walk(folder: Path, out: Path | None, failures: list[Failure]) -> Iterator[Path]:
    left_out = None if out is None else os.path.realpath(out)

    def note(error: OSError) -> None:  # os.walk would leave out what it cannot list, without a word
        failures.append(Failure(str(error.filename), f"this folder cannot be listed: {error.strerror}"))

    for root, folders, files in os.walk(folder, onerror=note):
        folders[:] = [
            name for name in folders if not name.startswith(".") and os.path.realpath(Path(root, name)) != left_out
        ]
        yield from (Path(root, name) for name in files if _is_picture_name(name))


def _why_nothing(argument: str) -> str:
    if _is_folder(argument):
        return f"no picture in this folder (looked for {', '.join(SUFFIXES)})"
    return "no picture matches this pattern" if glob.has_magic(argument) else "no such file or folder"


def _is_folder(argument: str) -> bool:
    # Path("") is the current folder, and Path.is_dir raises for names that are too long.
    return os.path.isdir(argument)  # noqa: PTH112


def _is_picture_name(name: str) -> bool:
    return not name.startswith(".") and PurePath(name).suffix.lower() in SUFFIXES
