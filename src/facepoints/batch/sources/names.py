"""What the name of a source tells about it."""

from __future__ import annotations

import os
import re
from pathlib import PurePath, PurePosixPath
from urllib.parse import urlsplit

from facepoints.images import SUFFIXES

__all__ = ["VIDEO_SUFFIXES", "is_hidden", "is_url", "kind_of", "shown"]

VIDEO_SUFFIXES = (
    ".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".m2ts", ".mts", ".ts", ".wmv", ".flv", ".3gp",
    ".ogv",
)  # fmt: skip
"""File name endings of videos, in lower case; FFmpeg reads more, but these are nothing else."""

_KINDS = {
    **dict.fromkeys(SUFFIXES, "picture"),
    **dict.fromkeys(VIDEO_SUFFIXES, "video"),
    **dict.fromkeys((".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz"), "packed tar"),
    ".zip": "zip",
    ".tar": "tar",
    ".txt": "text",
    ".parquet": "parquet",
}

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")  # two letters at least: "C://" is a drive of Windows


def is_url(source: str) -> bool:
    """Whether ``source`` is an address rather than a path."""
    return _ADDRESS.match(source) is not None


def kind_of(source: str) -> str | None:
    """What a path, URL or member name ends in: picture, video, zip, tar, packed tar, text, parquet, or None."""
    # A question mark begins the query of a web address, but may stand in a key of S3 and in a file name.
    path = urlsplit(source).path if source.lower().startswith(("http://", "https://")) else source
    endings = PurePosixPath(PurePath(path).name.lower()).suffixes
    return _KINDS.get("".join(endings[-2:])) or _KINDS.get("".join(endings[-1:]))


def is_hidden(path: str) -> bool:
    """Whether a part of a path with forward slashes is hidden; what macOS adds to zip files is, too."""
    return any(part.startswith(".") and part not in (".", "..") for part in path.split("/"))


def shown(path: str) -> str:
    """A path as results show it: with forward slashes, and as valid text, which names of files need not be."""
    return os.fsencode(PurePath(path).as_posix()).decode("utf-8", "replace")
