"""From one format of results to another."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType

from facepoints.errors import InputError
from facepoints.formats.base import ResultWriter
from facepoints.formats.details import detail_columns
from facepoints.formats.pts_folder import PtsFolderWriter
from facepoints.formats.registry import SOURCES, Source, open_writer, source_of
from facepoints.formats.results import Result

__all__ = ["TARGETS", "Converted", "Target", "convert"]

Rereadable = Callable[[], Iterator[Result]]
"""Gives the results from the first on each time that it is called."""


@dataclass(frozen=True)
class Target:
    """A format to write to.

    Attributes:
        open: a writer for a path, in a ``with`` block; it may look through the results before they are written.
        needs_size: whether it must know width and height of each picture.
        is_folder: whether it writes a folder of files, not one file.
    """

    open: Callable[[Path, Rereadable], AbstractContextManager[ResultWriter]]
    needs_size: bool = True
    is_folder: bool = False


@dataclass(frozen=True)
class Converted:
    """What a conversion has done.

    Attributes:
        pictures: that were written, frames of videos each for itself.
        faces: on them.
        left_out: pictures left out, since whoever made the source could not read them.
    """

    pictures: int
    faces: int
    left_out: int


def _open_csv(path: Path, results: Rereadable) -> AbstractContextManager[ResultWriter]:
    """CSV has its columns first, so the results are looked through for what they have."""
    columns: dict[str, None] = {}
    frames = False
    for result in results():
        frames = frames or result.frame is not None
        for detail in result.details:
            columns.update(dict.fromkeys(detail_columns(detail)))
    return open_writer("csv", path, details=tuple(columns), frames=frames)


@contextmanager
def _open_pts(path: Path, results: Rereadable) -> Iterator[ResultWriter]:
    yield PtsFolderWriter(path)


def _text(format_name: str) -> Target:
    return Target(lambda path, results: open_writer(format_name, path))


TARGETS: Mapping[str, Target] = MappingProxyType(
    {
        "coco": _text("coco"),
        "pts": Target(_open_pts, needs_size=False, is_folder=True),
        "json": _text("json"),
        "jsonl": _text("jsonl"),
        "csv": Target(_open_csv),
    }
)
"""Name of a format to how it is written."""


def convert(
    source: str | os.PathLike[str],
    format_name: str,
    destination: str | os.PathLike[str],
    *,
    sources: Sequence[Source] = SOURCES,
    targets: Mapping[str, Target] = TARGETS,
) -> Converted:
    """Write the results of one file or folder in another format, picture by picture.

    All that the new format has a place for is kept: details such as poses, and of a video frames and times. In ``coco``
    and ``pts``, a frame becomes a part of the name: ``clip.mp4#120``. Pictures that ``facepoints batch`` could not read
    are left out. A file appears only when it is complete; ``.pts`` files appear one by one.

    Args:
        source: as of :func:`facepoints.formats.read`.
        format_name: one of ``targets``.
        destination: path of a file; for ``pts`` a folder, which is made, and in it the folders of the pictures' names.
        sources: the kinds of source to try.
        targets: the formats that there are.

    Raises:
        InputError: unknown format, source or ending, the destination would replace the source or cannot be written, or
            the size of a picture is needed and not known.
        LabelError: a ``.pts`` file is damaged.
        ImageError: the picture of a ``.pts`` file is damaged.
        MissingExtraError: pyarrow is not installed, and Parquet needs it.
    """
    if format_name not in targets:
        raise InputError(f"unknown format {format_name!r}; known are {', '.join(targets)}")
    read = partial(source_of(source, sources).read, Path(source))
    target = targets[format_name]
    _check_apart(Path(source), Path(destination), target)
    pictures = faces = left_out = 0
    with target.open(Path(destination), read) as writer:
        for result in read():
            if result.error is not None:
                left_out += 1
                continue
            width, height = _size(result, required=target.needs_size)
            details = result.details or None
            writer.write(result.image, width, height, result.faces, details, frame=result.frame, time=result.time)
            pictures += 1
            faces += len(result.faces)
    return Converted(pictures, faces, left_out)


def _size(result: Result, *, required: bool) -> tuple[int, int]:
    if result.width is not None and result.height is not None:
        return result.width, result.height
    if required:
        raise InputError(
            f"{result.image}: width and height are not known, and this format needs them. Of .pts files, the picture "
            "must lie beside them; --to pts needs no size"
        )
    return 0, 0


def _check_apart(source: Path, destination: Path, target: Target) -> None:
    new, old = Path(os.path.realpath(destination)), Path(os.path.realpath(source))
    # Files in the folder that they are made from would be read as a part of it by the next run.
    if new == old or (target.is_folder and old in new.parents):
        raise InputError(f"{destination}: the result would replace the source or mix with it; choose another place")
