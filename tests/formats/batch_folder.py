"""A folder as ``facepoints batch`` leaves it, made of results."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from facepoints.formats import Result, detail_columns, detail_values
from facepoints.formats.frame_rows import BOX, POINTS, point_rows

pa = pytest.importorskip("pyarrow", reason="pyarrow comes with the extra [video]")
pq = pytest.importorskip("pyarrow.parquet")

MODEL = "network+compact"

_IMAGES = pa.schema(
    [
        *[("image", pa.string()), ("frame", pa.int64()), ("time", pa.float64()), ("width", pa.int32())],
        *[("height", pa.int32()), ("faces", pa.int32()), ("error_kind", pa.string()), ("error", pa.string())],
        ("ms", pa.float32()),
    ]
)
_ABOUT = [("image", pa.string()), ("width", pa.int32()), ("height", pa.int32()), ("frame", pa.int64())]


def write_batch_folder(folder: Path, parts: Sequence[Sequence[Result]], *, finished: bool = True) -> Path:
    """The folder with so many parts; an error stands as ``kind: reason`` in the results."""
    for name in ("images", "faces"):
        (folder / name).mkdir(parents=True)
    columns = dict.fromkeys(
        column for part in parts for row in part for detail in row.details for column in detail_columns(detail)
    )
    for number, part in enumerate(parts):
        name = f"part-{number:05}.parquet"
        pq.write_table(_images(part), folder / "images" / name)
        pq.write_table(_faces(part, tuple(columns)), folder / "faces" / name)
    (folder / "run.json").write_text("{}")
    if finished:
        (folder / "summary.json").write_text(json.dumps({"pictures": sum(map(len, parts))}))
    return folder


def _images(part: Sequence[Result]) -> pa.Table:
    rows = []
    for row in part:
        kind, _, reason = (row.error or "").partition(": ")
        about = (row.image, row.frame, row.time, row.width, row.height)
        found = (None, kind, reason) if row.error else (len(row.faces), None, None)
        rows.append(dict(zip(_IMAGES.names, (*about, *found, 12.5), strict=True)))
    return pa.Table.from_pylist(rows, schema=_IMAGES)


def _faces(part: Sequence[Result], details: tuple[str, ...]) -> pa.Table:
    floats = [(name, pa.float32()) for name in (*BOX, "score", *POINTS)]
    more = [(name, pa.float64()) for name in details]
    schema = pa.schema([*_ABOUT, ("time", pa.float64()), ("face", pa.int32()), *floats, *more, ("model", pa.string())])
    rows = []
    for row in part:
        about = (row.image, row.width, row.height, row.frame, row.time)
        numbers = np.concatenate([row.faces.boxes, row.faces.scores[:, None], point_rows(row.faces)], axis=1)
        for face, values in enumerate(numbers.tolist()):
            told = detail_values(row.details[face] if row.details else {}, details)
            rows.append(dict(zip(schema.names, (*about, face, *values, *told, MODEL), strict=True)))
    return pa.Table.from_pylist(rows, schema=schema)
