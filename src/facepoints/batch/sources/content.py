"""What the readers of sources give, before a picture is decoded, and what can be wrong with it."""

from __future__ import annotations

import lzma
import tarfile
import zipfile
import zlib
from dataclasses import dataclass

from facepoints.arrays import Image
from facepoints.errors import ImageError, VideoError

__all__ = ["MAX_BYTES", "Content", "Problem", "SourceError", "check_size", "problem_of"]

MAX_BYTES = 2**30
"""Larger files are refused before they are read: no picture that could be decoded needs as much."""

# The last two come from zip archives whose directory is damaged: names that are no text, a version that is to come.
_DAMAGED = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, UnicodeDecodeError, NotImplementedError,
)  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """Why there is no picture.

    Attributes:
        kind: "missing", "unreadable" (no permission, a fault of the disk), "not_a_picture", "damaged", "too_large",
            "unreachable" (the network) or "failed" (anything else).
        reason: for people, without the name of the picture.
    """

    kind: str
    reason: str


class SourceError(Exception):
    """A source cannot be read.

    Attributes:
        kind: as of :class:`Problem`.
    """

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind


@dataclass(frozen=True)
class Content:
    """A picture that was read but not decoded, a decoded frame of a video, or what is wrong.

    Attributes:
        name: that the results show.
        data: bytes of a file, RGB ``uint8`` pixels ``(height, width, 3)``, or a problem.
        frame: of a video, from 0.
        time: of the frame in seconds.
    """

    name: str
    data: bytes | Image | Problem
    frame: int | None = None
    time: float | None = None


def check_size(size: int | None) -> None:
    """Refuse files over ``MAX_BYTES``.

    Raises:
        SourceError: it is larger.
    """
    if size is not None and size > MAX_BYTES:
        raise SourceError("too_large", f"the file has more than {MAX_BYTES:,} bytes, which is refused")


def problem_of(error: Exception) -> Problem:
    """What an error that came up while reading means to people."""
    if isinstance(error, (ImageError, VideoError, SourceError)):
        return Problem(error.kind, str(error))
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return Problem("missing", "there is no such file. Check the path")
    if isinstance(error, OSError) and error.errno is not None:
        return Problem("unreadable", f"the file cannot be read: {error.strerror or error}")
    if isinstance(error, (OSError, *_DAMAGED)):  # damaged gzip and bzip2 data are an OSError without a number
        return Problem("damaged", f"the archive is damaged ({error}). Copy or download it again")
    if isinstance(error, MemoryError):
        return Problem("too_large", "it needs more memory than there is")
    return Problem("failed", f"{type(error).__name__}: {error}")
