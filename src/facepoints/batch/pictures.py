"""Reading the pictures of a collection: every entry gives its pictures or says what is wrong, and none stops a run."""

from __future__ import annotations

import time as clock
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from facepoints import images
from facepoints.arrays import Image
from facepoints.batch.sources.ahead import each_ahead, read_ahead
from facepoints.batch.sources.content import Content, Problem, problem_of
from facepoints.batch.sources.entry import Entry, SourceOptions
from facepoints.batch.sources.names import is_url, kind_of
from facepoints.batch.sources.opening import read_place
from facepoints.batch.sources.parquet import read_rows
from facepoints.batch.sources.tars import find_in_tar, read_from_tar, read_tar_stream
from facepoints.batch.sources.videos import read_video
from facepoints.batch.sources.zips import find_in_zip, read_from_zip
from facepoints.errors import MissingExtraError

__all__ = ["Picture", "Problem", "read_pictures"]

_THREADS, _FILES_AHEAD, _MEMBERS_AHEAD = 8, 16, 4
"""For remote files: requests at a time, and what waits in memory at most, not decoded."""


@dataclass(frozen=True)
class Picture:
    """A picture, or what is wrong with it.

    Attributes:
        name: of the entry; of what lies in a stream, archive and member.
        frame: of a video, from 0.
        time: of the frame in seconds.
        image: RGB ``uint8`` ``(height, width, 3)``, or None.
        problem: None, or why there is no image.
        ms: milliseconds that reading and decoding took, waiting for the network included.
    """

    name: str
    frame: int | None
    time: float | None
    image: Image | None
    problem: Problem | None
    ms: float


def read_pictures(entries: Sequence[Entry], options: SourceOptions) -> Iterator[Picture]:
    """The pictures of the entries, in their order, at least one for each entry, and one at a time in memory.

    An archive or Parquet file is opened once for neighbours. Remote files are got ahead by a few threads.

    Args:
        entries: of :func:`facepoints.batch.entries.find_entries`.
        options: the same that the entries were found with.

    Raises:
        MissingExtraError: a package that is needed is not installed. A bad entry raises nothing.
    """
    for (kind, _), members in groupby(entries, _neighbours):
        run = list(members)
        contents = _read_many(run, options) if kind in ("video", "stream") else _read_run(kind, run, options)
        start = clock.perf_counter()
        for content in contents:
            image, problem = _decoded(content)
            ms = (clock.perf_counter() - start) * 1000
            yield Picture(content.name, content.frame, content.time, image, problem, ms)
            start = clock.perf_counter()


def _neighbours(entry: Entry) -> tuple[str, str | bool]:
    """What entries have in common that are read together."""
    return entry.kind, is_url(entry.place) if entry.kind == "file" else entry.place


def _read_run(kind: str, run: Sequence[Entry], options: SourceOptions) -> Iterator[Content]:
    """One content for each entry."""
    done = 0
    try:
        contents = _reader(kind, run, options)
        if kind != "file" and is_url(run[0].place):
            contents = read_ahead(contents, _MEMBERS_AHEAD)
        for content in contents:
            done += 1
            yield content
    except MissingExtraError:
        raise
    except Exception as error:
        problem = problem_of(error)
        yield from (Content(entry.name, problem) for entry in run[done:])


def _reader(kind: str, run: Sequence[Entry], options: SourceOptions) -> Iterator[Content]:
    if kind == "row":
        return read_rows(run, options.column)
    if kind == "member":
        return read_from_zip(run) if kind_of(run[0].place) == "zip" else read_from_tar(run)
    if is_url(run[0].place):
        return each_ahead((partial(_read_file, entry) for entry in run), _THREADS, _FILES_AHEAD)
    return map(_read_file, run)


def _read_file(entry: Entry) -> Content:
    try:
        if kind_of(entry.place) in ("zip", "tar"):
            return Content(entry.name, _problem_of_archive(entry))
        return Content(entry.name, read_place(entry.place, entry.size))
    except MissingExtraError:
        raise
    except Exception as error:
        return Content(entry.name, problem_of(error))


def _problem_of_archive(entry: Entry) -> Problem:
    """Why an archive could not be listed, or not to its end."""
    find = find_in_zip if kind_of(entry.place) == "zip" else find_in_tar
    for _ in find(entry.place, entry.name):
        pass
    return Problem("failed", "the archive could not be read when the run began, but can be now. Start a new run")


def _read_many(entries: Sequence[Entry], options: SourceOptions) -> Iterator[Content]:
    """The contents of what holds many pictures, and a problem where it breaks off or holds none."""
    for entry in entries:
        empty = True
        try:
            contents = read_video(entry, options.frames) if entry.kind == "video" else read_tar_stream(entry)
            if entry.kind == "stream" and is_url(entry.place):
                contents = read_ahead(contents, _MEMBERS_AHEAD)
            for content in contents:
                empty = False
                yield content
            if empty:
                yield Content(entry.name, Problem("not_a_picture", "there is no picture in it"))
        except MissingExtraError:
            raise
        except Exception as error:
            yield Content(entry.name, _without_name(problem_of(error), entry.place))


def _decoded(content: Content) -> tuple[Image | None, Problem | None]:
    if isinstance(content.data, Problem):
        return None, content.data
    if not isinstance(content.data, bytes):
        return content.data, None
    try:
        return images.read(content.data), None
    except Exception as error:
        return None, _without_name(problem_of(error), "picture from memory")


def _without_name(problem: Problem, name: str) -> Problem:
    return Problem(problem.kind, problem.reason.removeprefix(f"{name}: "))
