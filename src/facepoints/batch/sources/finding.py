"""The entries that one file stands for: itself, or what lies in it."""

from __future__ import annotations

from collections.abc import Iterator

from facepoints.batch.sources.content import problem_of
from facepoints.batch.sources.entry import Entry, SourceOptions
from facepoints.batch.sources.lists import lines_of
from facepoints.batch.sources.names import is_url, kind_of, local_path, shown
from facepoints.batch.sources.parquet import find_rows
from facepoints.batch.sources.seen import Seen
from facepoints.batch.sources.tars import find_in_tar
from facepoints.batch.sources.videos import find_video
from facepoints.batch.sources.zips import find_in_zip
from facepoints.errors import InputError, MissingExtraError

__all__ = ["entries_of_file", "entries_of_list"]

_STOPS = ("missing", "unreadable", "unreachable")
"""Problems with an archive that the user has named for which a run need not begin."""


def entries_of_file(
    place: str, size: int | None, options: SourceOptions, seen: Seen, *, named: bool = False
) -> Iterator[Entry | None]:
    """The entries of a picture, video or archive.

    Args:
        place: path or URL.
        size: in bytes, where it is known.
        options: of the run.
        seen: what was found before.
        named: whether the user has named it, rather than a folder, pattern or list.

    Yields:
        Entries; None for what was found before.

    Raises:
        InputError: a named archive is not there or cannot be opened.
    """
    name = shown(place)
    kind = kind_of(place)
    if kind == "video" and options.frames is None:
        return
    if not seen.is_new(place):
        yield None
    elif kind == "video":
        yield find_video(place, name, size, options.frames)
    elif kind == "packed tar" or (kind == "tar" and is_url(place)):
        yield Entry("stream", name, place, size=size, pictures=None)
    elif kind in ("zip", "tar"):
        yield from _members(kind, place, name, named)
    else:
        yield Entry("file", name, place, size=size)


def entries_of_list(place: str, options: SourceOptions, seen: Seen) -> Iterator[Entry | None]:
    """The entries of the rows of a list, a text or a Parquet file; those with a path or URL may be archives, too.

    Yields:
        Entries; None for what was found before.

    Raises:
        InputError: the list cannot be read.
        MissingExtraError: a package for reading it is not installed.
    """
    name = shown(place)
    if not seen.is_new(place):
        yield None
        return
    for row in lines_of(place, name) if kind_of(place) == "text" else find_rows(place, name, options.column):
        if isinstance(row, Entry):
            yield row
        else:
            yield from entries_of_file(local_path(row), None, options, seen)


def _members(kind: str, place: str, name: str, named: bool) -> Iterator[Entry]:
    """The pictures of an archive; and if it cannot be read, or not to its end, an entry that gives the error."""
    try:
        yield from (find_in_zip if kind == "zip" else find_in_tar)(place, name)
    except MissingExtraError:
        raise
    except Exception as error:
        problem = problem_of(error)
        if named and problem.kind in _STOPS:
            raise InputError(f"{name}: {problem.reason}") from error
        yield Entry("file", name, place)
