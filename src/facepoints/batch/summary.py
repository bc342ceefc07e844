"""What came of a collection, in numbers: pictures with and without faces, what failed, and how the faces are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from facepoints.arrays import Array
from facepoints.batch.histogram import Histogram
from facepoints.batch.parts import find_parts, numbers, read_batches
from facepoints.errors import InputError
from facepoints.formats.frame_rows import BOX

__all__ = ["ANGLES", "EDGES", "FAILURES", "Failure", "Summary", "picture_name", "summarise"]

FAILURES = MappingProxyType(
    {
        "missing": "missing",
        "unreadable": "unreadable",
        "not_a_picture": "not a picture",
        "damaged": "damaged",
        "too_large": "too large",
        "unreachable": "unreachable",
        "worker_died": "crashed the worker",
        "failed": "for another reason",
    }
)
"""The kinds of failures in the column ``error_kind``, and how people are told of them."""

ANGLES = ("yaw", "pitch", "roll")
"""Histograms that are there only if the pose was asked for."""

_DEGREES = tuple(float(angle) for angle in range(-180, 181, 5))

EDGES = MappingProxyType(
    {
        "faces_per_picture": (0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 11.0, 21.0, 51.0, 101.0),
        "size": tuple(round(2 ** (quarters / 4), 2) for quarters in range(8, 53)),
        "score": tuple(round(0.02 * step, 2) for step in range(51)),
        **dict.fromkeys(ANGLES, _DEGREES),
    }
)
"""The histograms and the edges of their bins: faces on a picture that was read; the longer side of each face's box in
pixels, four bins an octave; the score; the angles of the pose in degrees."""

_EXAMPLES = 5


@dataclass(frozen=True)
class Failure:
    """A picture that failed.

    Attributes:
        name: of the picture, with its frame if it is one of a video.
        reason: what was wrong with it.
    """

    name: str
    reason: str


@dataclass(frozen=True)
class Summary:
    """A collection in numbers; a frame of a video counts as a picture.

    Attributes:
        pictures: all that were to be looked at.
        with_faces: those on which a face was found.
        without_faces: those on which none was.
        faces: on all of them.
        failed: how many failed, by kind, the most frequent first; the kinds are the keys of ``FAILURES``.
        examples: the first few of each kind.
        histograms: those of ``EDGES``, angles only where the results have them.
    """

    pictures: int
    with_faces: int
    without_faces: int
    faces: int
    failed: Mapping[str, int]
    examples: Mapping[str, tuple[Failure, ...]]
    histograms: Mapping[str, Histogram]

    @property
    def failures(self) -> int:
        """Pictures that failed, of all kinds."""
        return sum(self.failed.values())

    def text(self) -> str:
        """The summary as one line for people."""
        found = f"{self.with_faces:,} with faces, {self.without_faces:,} without"
        if self.failed:
            kinds = ", ".join(f"{count:,} {FAILURES.get(kind, kind)}" for kind, count in self.failed.items())
            found += f", {self.failures:,} failed ({kinds})"
        pictures, faces = ("picture" if self.pictures == 1 else "pictures"), ("face" if self.faces == 1 else "faces")
        return f"{self.pictures:,} {pictures}: {found}; {self.faces:,} {faces}"

    def to_dict(self) -> dict[str, Any]:
        """As plain dicts, lists and numbers, ready for JSON."""
        return {
            "pictures": self.pictures,
            "with_faces": self.with_faces,
            "without_faces": self.without_faces,
            "faces": self.faces,
            "failed": dict(self.failed),
            "examples": {
                kind: [{"name": failure.name, "reason": failure.reason} for failure in failures]
                for kind, failures in self.examples.items()
            },
            "histograms": {name: histogram.to_dict() for name, histogram in self.histograms.items()},
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Summary:
        """The opposite of :meth:`to_dict`; what else ``data`` holds is passed over.

        Raises:
            InputError: ``data`` is not such a mapping.
        """
        try:
            return cls(
                pictures=int(data["pictures"]),
                with_faces=int(data["with_faces"]),
                without_faces=int(data["without_faces"]),
                faces=int(data["faces"]),
                failed={kind: int(count) for kind, count in data["failed"].items()},
                examples={
                    kind: tuple(Failure(str(each["name"]), str(each["reason"])) for each in failures)
                    for kind, failures in data["examples"].items()
                },
                histograms={name: Histogram.from_dict(each) for name, each in data["histograms"].items()},
            )
        except InputError:
            raise
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise InputError(f"not a summary of a collection: {type(error).__name__} {error}") from error


def summarise(out: Path) -> Summary:
    """Count what the tables of a collection hold, reading only the columns that this takes.

    Args:
        out: folder of the collection. Memory does not grow with it.

    Raises:
        InputError: the folder holds no results, or a file of it cannot be read or does not belong to the others.
        MissingExtraError: pyarrow is not installed.
    """
    totals = _Totals()
    for part in find_parts(out):
        if totals.add_images(part.images) != totals.add_faces(part.faces):
            raise part.mismatch()
    return totals.summary()


def picture_name(image: str, frame: int | None) -> str:
    """How people are told of a picture, or of a frame of a video."""
    return image if frame is None else f"{image}, frame {frame}"


class _Totals:
    """The counts so far."""

    def __init__(self) -> None:
        self._pictures = self._with_faces = self._faces = 0
        self._failed: Counter[str] = Counter()
        self._examples: dict[str, tuple[Failure, ...]] = {}
        self._histograms = {name: Histogram.empty(edges) for name, edges in EDGES.items()}

    def add_images(self, path: Path) -> int:
        """Count the pictures of a part; returns the number of faces that they tell of."""
        told = 0
        failed: Counter[str] = Counter()
        for batch in read_batches(path, ["faces", "error_kind"]):
            faces = numbers(batch.column("faces"))
            self._count("faces_per_picture", faces)
            self._pictures += len(faces)
            self._with_faces += int((faces > 0).sum())
            told += int(np.nansum(faces))
            failed.update(batch.column("error_kind").drop_null().to_pylist())
        self._failed += failed
        # Names and reasons are most of the table: they are read only where an example is still wanted.
        if any(len(self._examples.get(kind, ())) < _EXAMPLES for kind in failed):
            for kind, failure in _failures(path):
                known = self._examples.get(kind, ())
                self._examples[kind] = (*known, failure) if len(known) < _EXAMPLES else known
        return told

    def add_faces(self, path: Path) -> int:
        """Count the faces of a part; returns their number."""
        rows = 0
        angles = {f"pose_{name}": name for name in ANGLES}
        for batch in read_batches(path, [*BOX, "score"], list(angles)):
            rows += len(batch)
            x1, y1, x2, y2 = (numbers(batch.column(name)) for name in BOX)
            self._count("size", np.maximum(x2 - x1, y2 - y1))
            self._count("score", numbers(batch.column("score")))
            for column, name in angles.items():
                if column in batch.schema.names:
                    self._count(name, numbers(batch.column(column)))
        self._faces += rows
        return rows

    def summary(self) -> Summary:
        failed = dict(sorted(self._failed.items(), key=lambda item: (-item[1], item[0])))
        return Summary(
            pictures=self._pictures,
            with_faces=self._with_faces,
            without_faces=self._pictures - self._with_faces - self._failed.total(),
            faces=self._faces,
            failed=failed,
            examples={kind: self._examples[kind] for kind in failed},
            histograms={name: each for name, each in self._histograms.items() if each.total or name not in ANGLES},
        )

    def _count(self, name: str, values: Array) -> None:
        self._histograms[name] = self._histograms[name].with_values(values)


def _failures(path: Path) -> Iterator[tuple[str, Failure]]:
    """Kind, name and reason of each picture of a part that failed."""
    for batch in read_batches(path, ["image", "frame", "error_kind", "error"]):
        for row in batch.filter(batch.column("error_kind").is_valid()).to_pylist():
            yield row["error_kind"], Failure(picture_name(row["image"], row["frame"]), row["error"] or "")
