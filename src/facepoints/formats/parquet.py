"""Parquet, by pyarrow: one row a face and frame."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from facepoints.arrays import Array
from facepoints.errors import MissingExtraError
from facepoints.faces import Faces
from facepoints.formats.details import Details, detail_values
from facepoints.formats.frame_rows import BOX, POINTS, Video, point_rows

if TYPE_CHECKING:
    import pyarrow

__all__ = ["ParquetFrameWriter"]

_ROWS_AT_ONCE = 1000
"""Rows that wait in memory for their group to be full: about 1 MB."""


class ParquetFrameWriter:
    """The columns of :class:`facepoints.formats.CsvFrameWriter`, coordinates and scores as float32 with all digits.

    Args:
        path: of the file.
        video: that the frames belong to.

    Raises:
        MissingExtraError: pyarrow is not installed.
    """

    def __init__(self, path: Path, video: Video) -> None:
        try:
            import pyarrow as pa
            import pyarrow.parquet as pq
        except ModuleNotFoundError as error:
            raise MissingExtraError("writing Parquet", "video") from error
        self._pa = pa
        self._video = video
        # File names need not be valid text on Linux, strings in Parquet must be.
        self._name = os.fsencode(video.name).decode("utf-8", "replace")
        self._schema = _schema(pa, video)
        self._writer = pq.ParquetWriter(path, self._schema, use_dictionary=["image"])  # others rarely repeat
        pa.array([0.0])  # the first of these loads pandas where it is installed: better now than among the frames
        self._clear()

    def _clear(self) -> None:
        self._about: list[tuple[int, float, int]] = []
        self._floats: list[Array] = []
        self._ids: list[int] = []
        self._details: list[list[Any]] = []

    def write(self, frame: int, time: float, faces: Faces, details: Details | None = None) -> None:
        """Add the rows of a frame; they are written in groups."""
        count = len(faces)
        if not count:
            return
        self._about += [(frame, time, face) for face in range(count)]
        self._floats.append(np.concatenate([faces.boxes, faces.scores[:, None], point_rows(faces)], axis=1))
        self._ids += [-1] * count if faces.track_ids is None else faces.track_ids.tolist()
        self._details += [detail_values(detail, self._video.details) for detail in details or [{}] * count]
        if len(self._about) >= _ROWS_AT_ONCE:
            self._write_group()

    def close(self) -> None:
        """Write the last rows and what completes the file."""
        if self._about:
            self._write_group()
        self._writer.close()

    def _write_group(self) -> None:
        video, count = self._video, len(self._about)
        frames, times, faces = zip(*self._about, strict=True)
        floats = np.concatenate(self._floats).astype(np.float32).T
        columns = [
            *([self._name] * count, [video.width] * count, [video.height] * count),
            *(frames, times, faces),
            *floats[:5],
            self._ids,
            *floats[5:],
            *(list(column) for column in zip(*self._details, strict=True)),
        ]
        arrays = [self._pa.array(column, type=field.type) for column, field in zip(columns, self._schema, strict=True)]
        self._writer.write_table(self._pa.Table.from_arrays(arrays, schema=self._schema))
        self._clear()


def _schema(pa: Any, video: Video) -> pyarrow.Schema:
    about = [("image", pa.string()), ("width", pa.int32()), ("height", pa.int32())]
    about += [("frame", pa.int64()), ("time", pa.float64()), ("face", pa.int32())]
    box = [(name, pa.float32()) for name in (*BOX, "score")]
    points = [(name, pa.float32()) for name in POINTS]
    details = [(name, pa.float64()) for name in video.details]
    return pa.schema([*about, *box, ("track_id", pa.int64()), *points, *details])
