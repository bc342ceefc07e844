"""Which pictures of a collection to show: some at random, and those where results are most likely to be wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from facepoints.arrays import Array
from facepoints.batch.parts import Part, find_parts, numbers, read_batches, read_rows
from facepoints.faces import Faces
from facepoints.formats.frame_rows import BOX, POINTS
from facepoints.scheme import POINT_COUNT

__all__ = ["GROUPS", "Group", "Sample", "choose_samples"]


@dataclass(frozen=True)
class Group:
    """Pictures that are shown for the same reason.

    Attributes:
        title: of all.
        note: what they are.
        count: how many are shown, at most.
        large: show them larger, for what is small on them.
    """

    title: str
    note: str
    count: int
    large: bool = False


GROUPS = MappingProxyType(
    {
        "found": Group("Pictures with faces", "Drawn by lot.", 12),
        "without": Group("Pictures without faces", "Drawn by lot. Faces that were missed would be here.", 8),
        "largest": Group("Largest groups", "The pictures with the most faces.", 4, large=True),
        "lowest": Group("Lowest scores", "The faces that the program is least sure of, one a picture.", 8),
        "smallest": Group("Smallest faces", "By the longer side of the box, one a picture.", 8),
    }
)
"""The groups of samples, by their keys."""


@dataclass(frozen=True, eq=False)
class Sample:
    """A picture to show.

    Attributes:
        group: key of its group in ``GROUPS``.
        image: its name, or that of the video.
        frame: its number in the video, or None.
        time: of the frame in seconds, or None.
        size: width and height in pixels.
        faces: all that were found on it.
        face: number of the one that the picture is shown for; None for all.
        place: number of the part and row in it: the order in which the collection was read.
    """

    group: str
    image: str
    frame: int | None
    time: float | None
    size: tuple[int, int]
    faces: Faces
    face: int | None
    place: tuple[int, int]


@dataclass(frozen=True)
class _Choice:
    """A row of the pictures of a part, chosen for a group."""

    group: str
    part: int
    row: int
    face: int | None


def choose_samples(out: Path, seed: int = 0) -> list[Sample]:
    """Choose the pictures of a report: the same ones for the same tables and seed.

    Args:
        out: folder of the collection. Memory does not grow with the number of its parts.
        seed: of what is drawn by lot.

    Returns:
        The samples, group by group, in the order of ``GROUPS``. A group for which there is nothing has none.

    Raises:
        InputError: as of :func:`facepoints.batch.summary.summarise`.
        MissingExtraError: pyarrow is not installed.
    """
    parts = find_parts(out)
    best = {name: _Lowest(name, group.count) for name, group in GROUPS.items()}
    lots = np.random.default_rng(seed)
    for number, part in enumerate(parts):
        counts = _face_counts(part)
        keys = lots.random(len(counts))
        best["found"].offer(number, np.flatnonzero(counts > 0), keys)
        best["without"].offer(number, np.flatnonzero(counts == 0), keys)
        best["largest"].offer(number, np.flatnonzero(counts > 1), -counts)
        _offer_faces(number, part, _first_faces(counts), best)
    chosen = [choice for lowest in best.values() for choice in lowest.choices()]
    rows_of_parts = defaultdict(set)
    for choice in chosen:
        rows_of_parts[choice.part].add(choice.row)
    shown = {number: _pictures(parts[number], rows) for number, rows in rows_of_parts.items()}
    return [_sample(choice, *shown[choice.part][choice.row]) for choice in chosen]


class _Lowest:
    """The pictures with the lowest values so far; where two are equal, the earlier one."""

    def __init__(self, group: str, count: int) -> None:
        self._group = group
        self._count = count
        self._best: list[tuple[float, _Choice]] = []

    def offer(self, part: int, rows: Array, values: Array, faces: Array | None = None) -> None:
        """Look at ``rows`` of the pictures of a part, whose values are ``values[rows]``, or ``values`` of ``faces``."""
        offered = values[rows] if faces is None else values
        known = {(choice.part, choice.row): (value, choice) for value, choice in self._best}
        fresh = 0
        for index in np.argsort(offered, kind="stable"):
            value, row = float(offered[index]), int(rows[index])
            if fresh == self._count or np.isnan(value):
                break
            # A picture stands here once, with its lowest face.
            before = known.get((part, row))
            if before is None or value < before[0]:
                face = None if faces is None else int(faces[index])
                known[part, row] = value, _Choice(self._group, part, row, face)
                fresh += 1
        self._best = sorted(known.values(), key=lambda each: each[0])[: self._count]

    def choices(self) -> Iterator[_Choice]:
        """Lowest first."""
        return (choice for _, choice in self._best)


def _face_counts(part: Part) -> Array:
    """``(n,)`` faces of each picture of a part; NaN for those that failed."""
    counts = [numbers(batch.column("faces")) for batch in read_batches(part.images, ["faces"])]
    return np.concatenate([np.zeros(0), *counts])


def _first_faces(counts: Array) -> Array:
    """``(n + 1,)`` row of the first face of each picture in the table of faces, and the number of its rows."""
    return np.concatenate([[0], np.cumsum(np.nan_to_num(counts))]).astype(np.int64)


def _offer_faces(number: int, part: Part, first_faces: Array, best: dict[str, _Lowest]) -> None:
    start = 0
    for batch in read_batches(part.faces, [*BOX, "score"]):
        places = np.arange(start, start + len(batch))
        start += len(batch)
        if start > first_faces[-1]:
            raise part.mismatch()
        rows = np.searchsorted(first_faces, places, side="right") - 1
        faces = places - first_faces[rows]
        x1, y1, x2, y2, scores = (numbers(batch.column(name)) for name in (*BOX, "score"))
        best["lowest"].offer(number, rows, scores, faces)
        best["smallest"].offer(number, rows, np.maximum(x2 - x1, y2 - y1), faces)
    if start != first_faces[-1]:
        raise part.mismatch()


def _pictures(part: Part, rows: Iterable[int]) -> dict[int, tuple[dict[str, Any], Faces]]:
    """Row of the table of pictures and faces, for each of ``rows``."""
    ordered = sorted(rows)
    first_faces = _first_faces(_face_counts(part)).tolist()
    of_rows = [range(first_faces[row], first_faces[row + 1]) for row in ordered]
    about = read_rows(part.images, ordered, ["image", "frame", "time", "width", "height"])
    wanted = [place for places in of_rows for place in places]
    found = iter(read_rows(part.faces, wanted, ["image", "frame", *BOX, "score", *POINTS]))
    pictures = {}
    for row, places, picture in zip(ordered, of_rows, about, strict=True):
        lines = [next(found) for _ in places]
        if any((line["image"], line["frame"]) != (picture["image"], picture["frame"]) for line in lines):
            raise part.mismatch()
        pictures[row] = picture, _as_faces(lines)
    return pictures


def _as_faces(lines: Sequence[dict[str, Any]]) -> Faces:
    if not lines:
        return Faces.empty()
    columns = np.array([[line[name] for name in (*BOX, "score", *POINTS)] for line in lines], dtype=np.float32)
    points = columns[:, 5:].reshape(-1, POINT_COUNT, 3)
    return Faces(columns[:, :4], columns[:, 4], points[:, :, :2], points[:, :, 2])


def _sample(choice: _Choice, picture: dict[str, Any], faces: Faces) -> Sample:
    return Sample(
        group=choice.group,
        image=picture["image"],
        frame=picture["frame"],
        time=picture["time"],
        size=(picture["width"], picture["height"]),
        faces=faces,
        face=choice.face,
        place=(choice.part, choice.row),
    )
