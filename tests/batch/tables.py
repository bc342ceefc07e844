"""Folders of collections for tests, as ``facepoints batch`` writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from facepoints.faces import Faces
from facepoints.formats.frame_rows import BOX, POINTS
from tests.random_faces import faces_of, mean_face

IMAGES = pa.schema(
    {
        "image": pa.string(),
        "frame": pa.int64(),
        "time": pa.float64(),
        "width": pa.int32(),
        "height": pa.int32(),
        "faces": pa.int32(),
        "error_kind": pa.string(),
        "error": pa.string(),
        "ms": pa.float32(),
    }
)
ABOUT = {"image": pa.string(), "width": pa.int32(), "height": pa.int32(), "frame": pa.int64(), "time": pa.float64()}


@dataclass(frozen=True)
class Row:
    """A picture that was read, with its faces, or one that failed."""

    image: str
    faces: Faces | None = None
    error: tuple[str, str] | None = None
    """Kind and reason."""
    frame: int | None = None
    size: tuple[int, int] = (640, 480)
    details: Mapping[str, Sequence[float | None]] | None = None
    """Column -> one value a face."""


def faces_at(count: int, score: float = 0.9, eye_distance: float = 50.0) -> Faces:
    """Faces side by side."""
    if not count:
        return Faces.empty()
    return faces_of(*(mean_face((60.0 + 90 * number, 100), eye_distance) for number in range(count)), score=score)


def write_part(out: Path, number: int, rows: Sequence[Row], row_group_size: int = 4) -> None:
    """Write ``images/part-NNNNN.parquet`` and ``faces/part-NNNNN.parquet``."""
    for table, content in (("images", _images(rows)), ("faces", _faces(rows))):
        (out / table).mkdir(parents=True, exist_ok=True)
        pq.write_table(content, out / table / f"part-{number:05}.parquet", row_group_size=row_group_size)


def _images(rows: Sequence[Row]) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {
                "image": row.image,
                "frame": row.frame,
                "time": None if row.frame is None else row.frame / 25,
                "width": None if row.faces is None else row.size[0],
                "height": None if row.faces is None else row.size[1],
                "faces": None if row.faces is None else len(row.faces),
                "error_kind": row.error[0] if row.error else None,
                "error": row.error[1] if row.error else None,
                "ms": 2.5,
            }
            for row in rows
        ],
        IMAGES,
    )


def _faces(rows: Sequence[Row]) -> pa.Table:
    details = next((list(row.details) for row in rows if row.details), [])
    floats = {name: pa.float32() for name in (*BOX, "score", *POINTS)}
    schema = pa.schema(
        {**ABOUT, "face": pa.int32(), **floats, **dict.fromkeys(details, pa.float64()), "model": pa.string()}
    )
    return pa.Table.from_pylist([line for row in rows for line in _lines(row)], schema)


def _lines(row: Row) -> list[dict[str, object]]:
    if row.faces is None:
        return []
    time = None if row.frame is None else row.frame / 25
    about = {"image": row.image, "width": row.size[0], "height": row.size[1], "frame": row.frame, "time": time}
    columns = {name: np.asarray(values).tolist() for name, values in row.faces.to_columns().items()}
    columns.pop("track_id")
    columns.update(row.details or {})
    return [
        {**about, "face": face, **{name: values[face] for name, values in columns.items()}, "model": "compact 1.0"}
        for face in range(len(row.faces))
    ]
