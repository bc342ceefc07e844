"""Folders of collections for tests, written as ``facepoints batch`` writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from facepoints.batch.folder import ResultFolder
from facepoints.batch.pictures import Picture, Problem
from facepoints.batch.tables import ShardTables
from facepoints.faces import Faces
from tests.random_faces import faces_of, mean_face


@dataclass(frozen=True)
class Row:
    """A picture that was read, with its faces, or one that failed.

    Attributes:
        image: its name.
        faces: on it.
        error: kind and reason, if it failed.
        frame: of a video of 25 frames a second.
        size: width and height.
        pose: yaw, pitch and roll of each face.
    """

    image: str
    faces: Faces | None = None
    error: tuple[str, str] | None = None
    frame: int | None = None
    size: tuple[int, int] = (640, 480)
    pose: Sequence[tuple[float | None, ...]] = ()

    def details(self) -> list[Mapping[str, object]]:
        return [{"pose": dict(zip(("yaw", "pitch", "roll"), angles, strict=True))} for angles in self.pose]

    def picture(self) -> Picture:
        time = None if self.frame is None else self.frame / 25
        image = None if self.error else np.broadcast_to(np.uint8(0), (self.size[1], self.size[0], 3))
        problem = Problem(*self.error) if self.error else None
        return Picture(self.image, self.frame, time, image, problem, 2.5)


def faces_at(count: int, score: float = 0.9, eye_distance: float = 50.0) -> Faces:
    """Faces side by side."""
    if not count:
        return Faces.empty()
    return faces_of(*(mean_face((60.0 + 90 * number, 100), eye_distance) for number in range(count)), score=score)


def write_part(out: Path, number: int, rows: Sequence[Row]) -> None:
    """Write ``images/part-NNNNN.parquet`` and ``faces/part-NNNNN.parquet``."""
    folder = ResultFolder(out)
    folder.make()
    columns = ("pose_yaw", "pose_pitch", "pose_roll") if any(row.pose for row in rows) else ()
    with ShardTables(folder, number, columns, "compact 1.0") as tables:
        for row in rows:
            picture = row.picture()
            tables.add(picture, row.faces or Faces.empty(), row.details(), picture.problem, picture.ms)
        tables.publish()
