"""Parquet, by pyarrow: one row a face, of the frames of a video or of the pictures of a collection."""

from __future__ import annotations

import os
from collections.abc import Sequence
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

__all__ = ["FaceTable", "ParquetFrameWriter", "valid_text"]

_ROWS_AT_ONCE = 5000
"""Rows that wait in memory for their group to be full: about 5 MB. The writer remembers 0.2 MB of each group until the
file is complete, so small groups would take more in a long video."""

_REPEATING = ("image", "model")
"""Columns with the same text many times; that of others rarely repeats, and looking for it costs time."""

_DEFLATED = {"compression": "zstd"}


class FaceTable:
    """A Parquet file with a row a face: image, width, height, frame, time, face (its number on the picture), box,
    score, perhaps track_id, the 68 points with their scores, details, perhaps model; numbers with all their digits.

    Args:
        path: of the file.
        details: columns for details, from :func:`facepoints.formats.detail_columns`.
        track_ids: whether there is a column for them.
        model: what found the faces, for a column of that name; None for no such column.
        extra: whose installation brings pyarrow, for the error message.

    Raises:
        MissingExtraError: pyarrow is not installed.
    """

    def __init__(
        self,
        path: Path,
        details: Sequence[str] = (),
        *,
        track_ids: bool = False,
        model: str | None = None,
        extra: str = "video",
    ) -> None:
        try:
            import pyarrow as pa
            import pyarrow.parquet as pq
        except ModuleNotFoundError as error:
            raise MissingExtraError("writing Parquet", extra) from error
        self._pa = pa
        self._details, self._track_ids, self._model = tuple(details), track_ids, model
        self._schema = _schema(pa, self._details, track_ids, model is not None)
        repeating = [name for name in _REPEATING if name in self._schema.names]
        self._writer = pq.ParquetWriter(path, self._schema, use_dictionary=repeating, **_DEFLATED)
        pa.array([0.0])  # the first of these loads pandas where it is installed: better now than among the frames
        self._clear()

    def _clear(self) -> None:
        self._about: list[tuple[str, int, int, int | None, float | None, int]] = []
        self._floats: list[Array] = []
        self._ids: list[int] = []
        self._values: list[list[Any]] = []

    def write(
        self,
        image: tuple[str, int, int],
        frame: tuple[int | None, float | None],
        faces: Faces,
        details: Details | None = None,
    ) -> None:
        """Add the rows of a picture or frame; they are written in groups.

        Args:
            image: name, width and height in pixels.
            frame: number and time in seconds of a video's frame; None and None for a picture.
            faces: may be empty.
            details: one mapping a face.
        """
        count = len(faces)
        if not count:
            return
        name, width, height = image
        text = valid_text(name)
        self._about += [(text, width, height, *frame, face) for face in range(count)]
        self._floats.append(np.concatenate([faces.boxes, faces.scores[:, None], point_rows(faces)], axis=1))
        self._ids += [-1] * count if faces.track_ids is None else faces.track_ids.tolist()
        self._values += [detail_values(detail, self._details) for detail in details or [{}] * count]
        if len(self._about) >= _ROWS_AT_ONCE:
            self._write_group()

    def close(self) -> None:
        """Write the last rows and what completes the file."""
        if self._about:
            self._write_group()
        self._writer.close()

    def _write_group(self) -> None:
        floats = np.concatenate(self._floats).astype(np.float32).T
        columns: list[Any] = [*zip(*self._about, strict=True), *floats[:5]]
        if self._track_ids:
            columns.append(self._ids)
        columns += [*floats[5:], *(list(column) for column in zip(*self._values, strict=True))]
        if self._model is not None:
            columns.append([self._model] * len(self._about))
        arrays = [self._pa.array(column, type=field.type) for column, field in zip(columns, self._schema, strict=True)]
        self._writer.write_table(self._pa.Table.from_arrays(arrays, schema=self._schema))
        self._clear()


class ParquetFrameWriter:
    """The columns of :class:`facepoints.formats.CsvFrameWriter`, coordinates and scores as float32 with all digits.

    Args:
        path: of the file.
        video: that the frames belong to.

    Raises:
        MissingExtraError: pyarrow is not installed.
    """

    def __init__(self, path: Path, video: Video) -> None:
        self._table = FaceTable(path, video.details, track_ids=True)
        self._image = (video.name, video.width, video.height)

    def write(self, frame: int, time: float, faces: Faces, details: Details | None = None) -> None:
        """Add the rows of a frame; they are written in groups."""
        self._table.write(self._image, (frame, time), faces, details)

    def close(self) -> None:
        """Write the last rows and what completes the file."""
        self._table.close()


def valid_text(name: str) -> str:
    """A file name as UTF-8 can hold it: names need not be valid text on Linux, strings in Parquet must be."""
    return os.fsencode(name).decode("utf-8", "replace")


def _schema(pa: Any, details: Sequence[str], track_ids: bool, model: bool) -> pyarrow.Schema:
    about = [("image", pa.string()), ("width", pa.int32()), ("height", pa.int32())]
    about += [("frame", pa.int64()), ("time", pa.float64()), ("face", pa.int32())]
    box = [(name, pa.float32()) for name in (*BOX, "score")]
    tracks = [("track_id", pa.int64())] if track_ids else []
    points = [(name, pa.float32()) for name in POINTS]
    more = [(name, pa.float64()) for name in details]
    models = [("model", pa.string())] if model else []
    return pa.schema([*about, *box, *tracks, *points, *more, *models])
