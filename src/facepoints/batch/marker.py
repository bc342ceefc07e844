"""The note that a worker leaves of what it is at: for the progress bar, and for whoever comes after its death.

A picture that kills its worker (a fault in a decoder, not enough memory) would do so again and again. So a part during
which a worker has died twice is read carefully, with a note before each picture, and a picture at which it then dies
twice is left out. Only deaths within one life of the driver count: where that was killed as well, nothing is known.
"""

from __future__ import annotations

import json
import os
import socket
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

__all__ = ["Marker", "Place", "begin", "excuse", "read_marker"]

_CAREFUL_FROM, _BLAMED_FROM = 2, 2
"""Deaths during a part from which it is read carefully, and at a picture from which that is left out."""

Place = tuple[int, int]
"""A picture: number of its entry in the shard, and its own number within that entry."""


@dataclass(frozen=True)
class Marker:
    """What a worker is at.

    Attributes:
        run: the life of the driver that it works for.
        host: name of its machine.
        pid: its process.
        done: pictures so far.
        faces: found so far.
        deaths: how often a worker has died during this part.
        place: the picture that it is about to take; None where it is not reading carefully.
        suspects: deaths at each place, while reading carefully.
    """

    run: str
    host: str
    pid: int
    done: int = 0
    faces: int = 0
    deaths: int = 0
    place: Place | None = None
    suspects: dict[Place, int] = field(default_factory=dict)

    @property
    def careful(self) -> bool:
        """Whether each picture has to be noted before it is taken."""
        return self.deaths >= _CAREFUL_FROM

    @property
    def blamed(self) -> set[Place]:
        """The pictures that are to be left out."""
        return {place for place, deaths in self.suspects.items() if deaths >= _BLAMED_FROM}

    def write(self, path: Path) -> None:
        """Write the note; nobody ever reads half of one."""
        content = {**asdict(self), "suspects": [[*place, deaths] for place, deaths in self.suspects.items()]}
        temporary = path.with_suffix(f".{self.pid}")
        temporary.write_text(json.dumps(content), encoding="utf-8")
        temporary.replace(path)


def begin(path: Path, run: str) -> Marker:
    """Begin a part: the note of a worker that died at it is taken into account."""
    mine = Marker(run, socket.gethostname(), os.getpid())
    last = read_marker(path)
    if last is not None:
        mine = _after(last, mine)
    mine.write(path)
    return mine


def excuse(path: Path) -> None:
    """Note that the worker which left the note at this path was ended by the driver: its pictures are not to blame."""
    last = read_marker(path)
    if last is not None:
        replace(last, run="").write(path)


def read_marker(path: Path) -> Marker | None:
    """The note at this path; None if there is none, or none that can be read, as after a loss of power."""
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError, RecursionError):
        return None
    suspects = {(entry, picture): deaths for entry, picture, deaths in content["suspects"]}
    place = None if content["place"] is None else (content["place"][0], content["place"][1])
    return Marker(**{**content, "place": place, "suspects": suspects})


def _after(last: Marker, mine: Marker) -> Marker:
    """``mine`` with what is known from the marker of a worker that did not finish."""
    deaths, suspects = last.deaths, dict(last.suspects)
    if last.run == mine.run:
        deaths += 1
        if last.place is not None:
            suspects[last.place] = suspects.get(last.place, 0) + 1
    return replace(mine, deaths=deaths, suspects=suspects)
