"""What the name of a source tells about it."""

from __future__ import annotations

import glob
import os
import posixpath
import re
from collections.abc import Collection
from pathlib import PurePath
from urllib.parse import urlsplit
from urllib.request import url2pathname

from facepoints.images import SUFFIXES

__all__ = [
    "VIDEO_SUFFIXES",
    "is_bucket_pattern",
    "is_picture_member",
    "is_url",
    "is_wanted",
    "kind_of",
    "local_path",
    "shown",
    "shown_member",
]

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


def is_bucket_pattern(source: str) -> bool:
    """Whether ``source`` stands for many objects of a bucket: a pattern, a prefix that ends in a slash, or all."""
    if not source.lower().startswith("s3://"):
        return False
    return source.endswith("/") or source.count("/") == 2 or glob.has_magic(source)


def local_path(source: str) -> str:
    """The path that a ``file://`` address means; anything else as it is."""
    if source.lower().startswith("file://"):
        return url2pathname(source[len("file://") :])
    return source


def kind_of(source: str) -> str | None:
    """What a path, URL or member name ends in: picture, video, zip, tar, packed tar, text, parquet, or None."""
    # A question mark begins the query of a web address, but may stand in a key of S3 and in a file name.
    path = urlsplit(source).path if source.lower().startswith(("http://", "https://")) else source
    rest, dot, last = path.rpartition("/")[2].lower().rpartition(".")
    if not rest:  # no dot, or a hidden file of which all is name
        return None
    return _KINDS.get(dot + last) or _KINDS.get(f".{rest.rpartition('.')[2]}.{last}")


def is_picture_member(member: str) -> bool:
    """Whether a member of an archive is a picture by its name, and not hidden, as much is that macOS adds."""
    parts = member.split("/")
    hidden = any(part.startswith(".") and part not in (".", "..") for part in parts)
    return not hidden and kind_of(parts[-1]) == "picture"


def is_wanted(path: str, pattern: str, kinds: Collection[str]) -> bool:
    """Whether a path that a pattern matches is a source.

    Lists are so only where the pattern asks for them by its ending: ``labels/*`` holds many a text file.
    """
    kind = kind_of(path)
    return (
        not path.rpartition("/")[2].startswith(".") and kind is not None and (kind in kinds or kind == kind_of(pattern))
    )


def shown(place: str) -> str:
    """A path or URL as results show it: with forward slashes, and as valid text, which names of files need not be."""
    text = place if is_url(place) else PurePath(place).as_posix()
    return os.fsencode(text).decode("utf-8", "replace")


def shown_member(archive: str, member: str) -> str:
    """A member of an archive as results show it."""
    return f"{archive}/{os.fsencode(posixpath.normpath(member)).decode('utf-8', 'replace')}"
