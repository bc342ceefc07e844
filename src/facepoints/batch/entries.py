"""From what the user names to the lines of a manifest, one for each picture."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence

from facepoints.batch.sources.content import SourceError
from facepoints.batch.sources.entry import Entry, SourceOptions
from facepoints.batch.sources.finding import entries_of_file, entries_of_list
from facepoints.batch.sources.folders import files_of_folder, files_of_glob
from facepoints.batch.sources.names import is_bucket_pattern, is_url, is_wanted, kind_of, local_path
from facepoints.batch.sources.opening import size_of
from facepoints.batch.sources.remote import list_bucket
from facepoints.batch.sources.seen import Seen
from facepoints.errors import InputError
from facepoints.images import SUFFIXES

__all__ = ["Entry", "SourceOptions", "find_entries"]

_LISTS = ("text", "parquet")

_SCHEMES = ("s3", "http", "https", "file")

Found = tuple[str, int | None]
"""Path or URL, and the size in bytes where it is known."""


def find_entries(sources: Sequence[str], options: SourceOptions) -> Iterator[Entry]:
    """All pictures of the sources, lazily, in the order of the sources and sorted within them, none twice.

    Args:
        sources: folders, globs, lists (``.txt``, ``.parquet``), archives (``.zip``, ``.tar``, ``.tar.gz``,
            ``.tar.bz2``, ``.tar.xz``), videos, pictures, or URLs of such; with ``s3://`` also globs, and prefixes that
            end in a slash. Folders, globs and archives give what has the name of a picture, the first two videos and
            archives as well; what is hidden is left out. A named file with another name is taken for a picture.
        options: that hold for all of them.

    Yields:
        entries to read with :func:`facepoints.batch.pictures.read_pictures`. A picture that is missing is one of them
        if it was named or stands in a list, and of a broken archive there is an entry of kind "file": reading them
        gives the error.

    Raises:
        InputError: there is no such folder, archive or list; it holds no picture; or it cannot be read.
        MissingExtraError: a source needs a package that is not installed.
    """
    for source in sources:
        _check(source)
    seen = Seen()
    for source in map(local_path, sources):
        found = False
        for entry in _entries_of(source, options, seen):
            found = True
            if entry is not None:
                yield entry
        if not found:
            raise InputError(_why_nothing(source, options))


def _check(source: str) -> None:
    """Find out early what cannot be, before millions of files are listed."""
    if not source:
        raise InputError("a source is empty. Name a folder, a list, an archive, a video or a picture")
    if is_url(source):
        scheme = source.partition(":")[0].lower()
        if scheme not in _SCHEMES:
            raise InputError(f"{source}: addresses that begin with {scheme}:// are not read; s3:// and https:// are")
        if scheme == "s3" and kind_of(source) is None and not is_bucket_pattern(source):
            raise InputError(f"{source}: this has not the name of a picture. For all below it write {source}/")
        if source.endswith("/") and scheme in ("http", "https"):
            raise InputError(f"{source}: web servers do not list their files. Write their addresses into a .txt file")
    elif not (os.path.lexists(source) or glob.has_magic(source) or kind_of(source) in ("picture", "video")):
        raise InputError(f"{source}: there is no such file or folder. Check the path")


def _entries_of(source: str, options: SourceOptions, seen: Seen) -> Iterator[Entry | None]:
    """The entries of a source; None for what was found before."""
    found = _search(source, options)
    if found is not None:
        for place, size in found:
            if kind_of(place) in _LISTS:
                yield from entries_of_list(place, options, seen)
            else:
                yield from entries_of_file(place, size, options, seen)
    elif kind_of(source) in _LISTS:
        yield from entries_of_list(source, options, seen)
    else:
        size = None if is_url(source) else size_of(source)
        yield from entries_of_file(source, size, options, seen, named=True)


def _search(source: str, options: SourceOptions) -> Iterator[Found] | None:
    """The files of a folder or pattern, or None if the source is a file."""
    kinds = {"picture", "zip", "tar", "packed tar", *(["video"] if options.frames is not None else [])}
    if is_bucket_pattern(source):
        return _listed(source, kinds)
    if is_url(source):
        return None
    if os.path.isdir(source):  # noqa: PTH112 - Path("") is the current folder
        return ((path, size_of(path)) for path in files_of_folder(source, kinds, options.left_out))
    if glob.has_magic(source) and not os.path.lexists(source):
        return ((path, size_of(path)) for path in files_of_glob(source, kinds))
    return None


def _listed(pattern: str, kinds: set[str]) -> Iterator[Found]:
    try:
        yield from (found for found in list_bucket(pattern) if is_wanted(found[0], pattern, kinds))
    except SourceError as error:
        raise InputError(f"{pattern}: it cannot be listed: {error}") from error


def _why_nothing(source: str, options: SourceOptions) -> str:
    if kind_of(source) == "video" and options.frames is None:
        return f"{source}: videos are left out, and this is one. Say which frames to take (--frames)"
    looked_for = f"looked for {', '.join(SUFFIXES)}, archives{'' if options.frames is None else ' and videos'}"
    if is_bucket_pattern(source):
        return f"{source}: nothing there matches ({looked_for}). Check the name of the bucket, too"
    if os.path.isdir(source):  # noqa: PTH112
        return f"{source}: no picture in this folder ({looked_for}); .parquet and .txt files must be named"
    if kind_of(source) in _LISTS:
        return f"{source}: this list has no rows"
    if kind_of(source) in ("zip", "tar"):
        return f"{source}: no picture in this archive (looked for {', '.join(SUFFIXES)})"
    return f"{source}: nothing matches this pattern ({looked_for})"
