"""The two tables of a part: a row a picture and a row a face."""

from __future__ import annotations

import os
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any

from facepoints.batch.folder import ResultFolder
from facepoints.batch.pictures import Picture, Problem
from facepoints.errors import MissingExtraError
from facepoints.faces import Faces
from facepoints.formats.details import Details
from facepoints.formats.parquet import FaceTable, valid_text

if TYPE_CHECKING:
    import pyarrow

__all__ = ["Counts", "ShardTables", "image_schema"]

_ROWS_AT_ONCE = 5000


@dataclass(frozen=True)
class Counts:
    """What a part came to.

    Attributes:
        pictures: rows of its table of images.
        faces: rows of its table of faces.
        failed: pictures that could not be read.
    """

    pictures: int = 0
    faces: int = 0
    failed: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.pictures + other.pictures, self.faces + other.faces, self.failed + other.failed)


class ShardTables:
    """Writes the tables of a part; for use in a ``with`` block, after which nothing unfinished is left.

    Args:
        folder: of the results.
        shard: number of the part.
        details: columns for details of faces.
        model: what found them.
    """

    def __init__(self, folder: ResultFolder, shard: int, details: tuple[str, ...], model: str) -> None:
        try:
            import pyarrow as pa
            import pyarrow.parquet as pq
        except ModuleNotFoundError as error:
            raise MissingExtraError("facepoints batch", "batch") from error
        self._folder, self._shard, self._pa = folder, shard, pa
        self._image_path, self._face_path = (folder.temporary(f"{what}-{shard:05}") for what in ("images", "faces"))
        self._schema = image_schema(pa)
        self._images = pq.ParquetWriter(self._image_path, self._schema, compression="zstd")
        self._faces = FaceTable(self._face_path, details, model=model, extra="batch")
        self._rows: list[tuple[Any, ...]] = []
        self.counts = Counts()

    def add(self, picture: Picture, faces: Faces, details: Details, problem: Problem | None, ms: float) -> None:
        """Add a picture and its faces.

        Args:
            picture: what was read.
            faces: found on it; none where there is a problem.
            details: one mapping a face.
            problem: why no faces could be looked for; None if they could.
            ms: milliseconds that it took.
        """
        height, width = (None, None) if picture.image is None else picture.image.shape[:2]
        found = None if problem else len(faces)
        why = (None, None) if problem is None else (problem.kind, valid_text(problem.reason))
        about = (valid_text(picture.name), picture.frame, picture.time, width, height, found)
        self._rows.append((*about, *why, ms))
        self.counts += Counts(1, len(faces), problem is not None)
        if width is not None and height is not None:
            self._faces.write((picture.name, width, height), (picture.frame, picture.time), faces, details)
        if len(self._rows) >= _ROWS_AT_ONCE:
            self._write_rows()

    def publish(self) -> None:
        """Complete both tables and put them under their names, that of the images last."""
        self._write_rows()
        self._images.close()
        self._faces.close()
        for path, target in (
            (self._face_path, self._folder.face_table(self._shard)),
            (self._image_path, self._folder.image_table(self._shard)),
        ):
            with path.open("rb+") as file:
                os.fsync(file.fileno())
            path.replace(target)

    def __enter__(self) -> ShardTables:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for path in (self._image_path, self._face_path):
            path.unlink(missing_ok=True)

    def _write_rows(self) -> None:
        if not self._rows:
            return
        columns = zip(*self._rows, strict=True)
        arrays = [self._pa.array(values, type=field.type) for values, field in zip(columns, self._schema, strict=True)]
        self._images.write_table(self._pa.Table.from_arrays(arrays, schema=self._schema))
        self._rows.clear()


def image_schema(pa: Any) -> pyarrow.Schema:
    """The columns of the tables of images.

    Args:
        pa: the module pyarrow, which not everybody has.
    """
    about = {"image": pa.string(), "frame": pa.int64(), "time": pa.float64(), "width": pa.int32(), "height": pa.int32()}
    return pa.schema(
        {**about, "faces": pa.int32(), "error_kind": pa.string(), "error": pa.string(), "ms": pa.float32()}
    )
