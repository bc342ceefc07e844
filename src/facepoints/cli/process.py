"""The loop over the pictures of a run, which one bad picture does not stop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from facepoints.cli.inputs import Picture
from facepoints.cli.messages import Failure, count, with_progress
from facepoints.errors import FacepointsError

__all__ = ["Totals", "process"]


@dataclass
class Totals:
    """What a run has done.

    Attributes:
        pictures: number of pictures that were processed.
        faces: number of faces found in them.
    """

    pictures: int = 0
    faces: int = 0

    def __str__(self) -> str:
        return f"{count(self.pictures, 'picture')}, {count(self.faces, 'face')}"


def process(
    pictures: Sequence[Picture], failures: list[Failure], work: Callable[[Picture], int], *, quiet: bool
) -> Totals:
    """Call ``work`` for each picture; what it raises for a picture is added to ``failures``.

    Args:
        pictures: of the run.
        failures: is extended.
        work: processes one picture and returns its number of faces.
        quiet: show no progress bar.
    """
    totals = Totals()
    for picture in with_progress(pictures, quiet=quiet):
        try:
            totals.faces += work(picture)
            totals.pictures += 1
        except FacepointsError as error:
            failures.append(Failure(picture.name, str(error)))
    return totals
