"""Reading the pictures of a collection: every entry gives its pictures or says what is wrong, and none stops a run."""

from __future__ import annotations

import time as clock
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from facepoints import images
from facepoints.arrays import Image
from facepoints.batch.sources.entry import Entry, SourceOptions
from facepoints.errors import ImageError

__all__ = ["Picture", "Problem", "read_pictures"]


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

    Args:
        entries: of :func:`facepoints.batch.entries.find_entries`.
        options: the same that the entries were found with.

    Raises:
        MissingExtraError: a package that is needed is not installed. A bad entry raises nothing.
    """
    for entry in entries:
        start = clock.perf_counter()
        image, problem = _decoded(entry)
        yield Picture(entry.name, None, None, image, problem, (clock.perf_counter() - start) * 1000)


def _decoded(entry: Entry) -> tuple[Image | None, Problem | None]:
    try:
        return images.read(entry.place), None
    except ImageError as error:
        return None, Problem(error.kind, str(error).removeprefix(f"{entry.place}: "))
    except Exception as error:
        return None, Problem("failed", f"{type(error).__name__}: {error}")
