"""Pictures in zip archives."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator, Sequence
from functools import lru_cache

from facepoints.batch.sources.content import Content, SourceError, check_size, problem_of
from facepoints.batch.sources.entry import Entry
from facepoints.batch.sources.names import is_picture_member, is_url, shown_member
from facepoints.batch.sources.opening import open_place

__all__ = ["find_in_zip", "read_from_zip"]


def find_in_zip(place: str, name: str) -> Iterator[Entry]:
    """The pictures of an archive, in its order.

    Args:
        place: path or URL.
        name: that the results show.

    Raises:
        OSError, SourceError: it cannot be opened.
        zipfile.BadZipFile: it is damaged.
    """
    archive, _ = _open(place)
    for info in archive.infolist():
        if is_picture_member(info.filename) and not info.is_dir():
            member = info.filename
            yield Entry("member", shown_member(name, member), place, member, info.header_offset, info.file_size)


def read_from_zip(entries: Sequence[Entry]) -> Iterator[Content]:
    """The bytes of members of one archive.

    Raises:
        OSError, SourceError: the archive cannot be opened.
        zipfile.BadZipFile: it is damaged as a whole.
    """
    archive, members = _open(entries[0].place)
    for entry in entries:
        try:
            yield Content(entry.name, _read(archive, members.get(entry.index)))
        except Exception as error:
            yield Content(entry.name, problem_of(error))


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo | None) -> bytes:
    if info is None:
        raise SourceError("missing", "it is not in the archive any more, which has changed since the run began")
    check_size(info.file_size)
    try:
        return archive.read(info)
    except RuntimeError as error:  # NotImplementedError of unknown compression, too
        raise SourceError("unreadable", f"it cannot be unpacked: {error}") from error


def _open(place: str) -> tuple[zipfile.ZipFile, dict[int | None, zipfile.ZipInfo]]:
    if is_url(place):
        return _opened(place, None)
    about = os.stat(place)  # noqa: PTH116
    return _opened(place, (about.st_mtime_ns, about.st_size))


# The directory of a large archive takes a second to read, and a worker reads many parts of the same archive in turn.
@lru_cache(maxsize=1)
def _opened(place: str, state: object) -> tuple[zipfile.ZipFile, dict[int | None, zipfile.ZipInfo]]:
    archive = zipfile.ZipFile(place if state is not None else open_place(place))
    return archive, {info.header_offset: info for info in archive.infolist()}
