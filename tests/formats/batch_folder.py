"""A folder as ``facepoints batch`` leaves it, made of results."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from facepoints.batch.folder import ResultFolder
from facepoints.batch.pictures import Picture, Problem
from facepoints.batch.record import RunRecord
from facepoints.batch.tables import ShardTables
from facepoints.formats import Result, detail_columns

pytest.importorskip("pyarrow", reason="pyarrow comes with the extra [video]")

MODEL = "network+compact"


def write_batch_folder(root: Path, parts: Sequence[Sequence[Result]], *, finished: bool = True) -> Path:
    """The folder with so many parts; an error stands as ``kind: reason`` in the results."""
    folder = ResultFolder(root)
    folder.make()
    details = [detail for part in parts for row in part for detail in row.details]
    columns = tuple(dict.fromkeys(column for detail in details for column in detail_columns(detail)))
    for number, part in enumerate(parts):
        with ShardTables(folder, number, columns, MODEL) as tables:
            for row in part:
                picture = _picture(row)
                tables.add(picture, row.faces, row.details, picture.problem, picture.ms)
            tables.publish()
    RunRecord(["photos"], {}, MODEL, done=finished).save(folder)
    return root


def _picture(row: Result) -> Picture:
    kind, _, reason = (row.error or "").partition(": ")
    problem = Problem(kind, reason) if row.error else None
    image = None if problem else np.broadcast_to(np.uint8(0), (row.height or 0, row.width or 0, 3))
    return Picture(row.image, row.frame, row.time, image, problem, 12.5)
