"""Opening local files and remote ones alike."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO, cast

from facepoints.batch.sources.content import SourceError, check_size
from facepoints.batch.sources.names import is_url
from facepoints.batch.sources.remote import fetch, open_url

__all__ = ["open_place", "read_place", "size_of"]


def open_place(place: str) -> BinaryIO:
    """Open a path or URL for reading any part of it.

    Raises:
        OSError: a local file cannot be opened.
        SourceError: a remote one cannot.
    """
    if is_url(place):
        return cast("BinaryIO", open_url(place))
    _check_ordinary(place)
    return Path(place).open("rb")


def read_place(place: str, size: int | None = None) -> bytes:
    """The content of a whole file.

    Args:
        place: path or URL.
        size: in bytes, where it is known, of a remote file.

    Raises:
        OSError: a local file cannot be read.
        SourceError: a remote one cannot, or the file is too large.
    """
    if is_url(place):
        return fetch(place, size)
    check_size(_check_ordinary(place))
    return Path(place).read_bytes()


def size_of(path: str) -> int | None:
    """Bytes of a local file, or None if it is not there."""
    try:
        return os.stat(path).st_size  # noqa: PTH116 - a third of the time of Path.stat
    except (OSError, ValueError):
        return None


def _check_ordinary(path: str) -> int:
    """The size of a file; reading a pipe or a terminal would wait for ever."""
    try:
        about = os.stat(path)  # noqa: PTH116
    except ValueError as error:  # a null character in the path
        raise SourceError("missing", f"there is no such file: {error}") from error
    if stat.S_ISDIR(about.st_mode):
        raise SourceError("not_a_picture", "this is a folder. Give the path of a file")
    if not stat.S_ISREG(about.st_mode):
        raise SourceError("unreadable", "this is no ordinary file")
    return about.st_size
