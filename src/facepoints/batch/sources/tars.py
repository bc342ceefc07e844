"""Pictures in tar archives: those of WebDataset, too, whose other members are passed over."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from facepoints.batch.sources.content import Content, Problem, SourceError, check_size, problem_of
from facepoints.batch.sources.entry import Entry
from facepoints.batch.sources.names import is_picture_member, shown_member
from facepoints.batch.sources.opening import open_place

__all__ = ["find_in_tar", "read_from_tar", "read_tar_stream"]

_STREAM_BLOCK = 2**20
"""Bytes that are read at once of an archive that is read from front to back."""


class _StrictHeader(tarfile.TarInfo):
    """A damaged header is an error; Python's own class takes it for the end of the archive."""

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> _StrictHeader:
        try:
            return super().fromtarfile(archive)
        except (tarfile.InvalidHeaderError, tarfile.TruncatedHeaderError) as error:  # type: ignore[attr-defined]
            raise tarfile.ReadError(str(error)) from error


def find_in_tar(place: str, name: str) -> Iterator[Entry]:
    """The pictures of a tar archive that is not compressed, in its order.

    Args:
        place: path or URL.
        name: that the results show.

    Raises:
        OSError, SourceError: it cannot be opened.
        tarfile.TarError: it is damaged; those before the damage have been given.
    """
    with open_place(place) as file, tarfile.open(fileobj=file, mode="r:", tarinfo=_StrictHeader) as archive:
        for info in _pictures(archive):
            yield Entry("member", shown_member(name, info.name), place, info.name, info.offset_data, info.size)


def read_from_tar(entries: Sequence[Entry]) -> Iterator[Content]:
    """The bytes of members of one archive.

    Raises:
        OSError, SourceError: the archive cannot be opened.
    """
    with open_place(entries[0].place) as file:
        for entry in entries:
            try:
                check_size(entry.size)
                file.seek(entry.index or 0)
                data = file.read(entry.size or 0)
                if len(data) < (entry.size or 0):
                    raise SourceError("damaged", "the archive ends in the middle of it. Copy or download it again")
                yield Content(entry.name, data)
            except Exception as error:
                yield Content(entry.name, problem_of(error))


def read_tar_stream(entry: Entry) -> Iterator[Content]:
    """The pictures of a tar archive that is read from front to back, because it is compressed or remote.

    Raises:
        OSError, SourceError: it cannot be opened or read.
        tarfile.TarError, EOFError, zlib.error, lzma.LZMAError: it is damaged; those before the damage have been given.
    """
    with open_place(entry.place) as file, _stream(file) as archive:
        for info in _pictures(archive):
            yield Content(shown_member(entry.name, info.name), _read(archive, info))


def _stream(file: BinaryIO) -> tarfile.TarFile:
    try:
        return tarfile.open(fileobj=file, mode="r|*", bufsize=_STREAM_BLOCK, tarinfo=_StrictHeader)
    except TypeError as error:  # of ord(): the gzip header is cut short
        raise tarfile.ReadError("its first bytes are cut short") from error


def _read(archive: tarfile.TarFile, info: tarfile.TarInfo) -> bytes | Problem:
    try:
        check_size(info.size)
    except SourceError as error:
        return problem_of(error)
    file = archive.extractfile(info)
    return b"" if file is None else file.read()


def _pictures(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    while (info := archive.next()) is not None:
        if info.isreg() and is_picture_member(info.name):
            yield info
        archive.members = []  # type: ignore[attr-defined] # which would grow with the archive
