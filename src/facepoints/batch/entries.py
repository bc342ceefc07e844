"""From what the user names to the lines of a manifest, one for each picture."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b

from facepoints.batch.sources.entry import Entry, SourceOptions
from facepoints.batch.sources.folders import files_of_folder, files_of_glob
from facepoints.batch.sources.names import kind_of, shown
from facepoints.errors import InputError

__all__ = ["Entry", "SourceOptions", "find_entries"]


def find_entries(sources: Sequence[str], options: SourceOptions) -> Iterator[Entry]:
    """All pictures of the sources, lazily, in the order of the sources and sorted within them, none twice.

    Args:
        sources: of the command line.
        options: that hold for all of them.

    Yields:
        entries to read with :func:`facepoints.batch.pictures.read_pictures`. A named picture that is missing is one of
        them, too, and so is a broken archive: reading them gives the error.

    Raises:
        InputError: there is no such folder, archive or list; it holds no picture; or it cannot be listed.
        MissingExtraError: a source needs a package that is not installed.
    """
    seen = _Seen()
    for source in sources:
        found = False
        for path in _expand(source, options):
            found = True
            if seen.is_new(path):
                yield Entry("file", shown(path), path, size=_size(path))
        if not found:
            raise InputError(_why_nothing(source))


class _Seen:
    """Remembers the files and addresses that were found, 100 bytes for each."""

    def __init__(self) -> None:
        self._digests: set[bytes] = set()

    def is_new(self, path: str) -> bool:
        folder, name = os.path.split(path)
        place = os.path.realpath(path) if os.path.islink(path) else os.path.join(_real_folder(folder), name)  # noqa: PTH114, PTH118
        digest = blake2b(os.fsencode(place), digest_size=16).digest()
        if digest in self._digests:
            return False
        self._digests.add(digest)
        return True


@lru_cache(maxsize=1000)
def _real_folder(folder: str) -> str:
    return os.path.realpath(folder)


def _expand(source: str, options: SourceOptions) -> Iterator[str]:
    if os.path.isdir(source):  # noqa: PTH112 - Path("") is the current folder
        return files_of_folder(source, {"picture"}, options.left_out)
    if os.path.lexists(source) or (kind_of(source) == "picture" and not glob.has_magic(source)):
        return iter([source])
    return files_of_glob(source, {"picture"})


def _size(path: str) -> int | None:
    try:
        return os.stat(path).st_size  # noqa: PTH116
    except (OSError, ValueError):
        return None


def _why_nothing(source: str) -> str:
    if os.path.isdir(source):  # noqa: PTH112
        return f"{source}: no picture in this folder"
    if glob.has_magic(source):
        return f"{source}: nothing matches this pattern"
    return f"{source}: there is no such file or folder. Check the path"
