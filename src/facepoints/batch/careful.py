"""Taking the pictures of a part one by one, so that one which kills its worker is found and left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import count

from facepoints.batch.marker import Place
from facepoints.batch.pictures import Picture, Problem, read_pictures
from facepoints.batch.sources.entry import Entry, SourceOptions

__all__ = ["DEADLY", "read_carefully"]

DEADLY = Problem("worker_died", "its worker has died again and again while it was read; it may need too much memory")


def read_carefully(
    entries: Sequence[Entry], options: SourceOptions, blamed: set[Place], note: Callable[[Place], None]
) -> Iterator[tuple[Place, Picture]]:
    """The pictures of entries like :func:`facepoints.batch.pictures.read_pictures`, but without those that are blamed.

    Of an entry with several pictures, such as a video, nothing is read from the first blamed picture on.

    Args:
        entries: of a part.
        options: for reading them.
        blamed: the pictures to leave out.
        note: called with the place of each picture before it is read.

    Yields:
        The place of each picture, and the picture.
    """
    for number, entry in enumerate(entries):
        pictures = read_pictures([entry], options)
        for place in ((number, index) for index in count()):
            if place in blamed:
                yield place, Picture(entry.name, None, None, None, DEADLY, 0.0)
                break
            note(place)
            picture = next(pictures, None)
            if picture is None:
                break
            yield place, picture
            if not entry.holds_many:
                break
