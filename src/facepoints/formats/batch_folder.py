"""Reading the folder that ``facepoints batch`` fills: a table of pictures and one of faces, in parts.

``images/part-00000.parquet`` has a row a picture or frame, ``faces/part-00000.parquet`` the faces on these, in the same
order. A part counts as finished when its table of pictures is there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from facepoints.errors import InputError
from facepoints.faces import Faces
from facepoints.formats.parquet_reading import parquet_errors, read_parquet, record_batches
from facepoints.formats.results import Result

__all__ = ["is_batch_folder", "is_unfinished", "read_batch_folder"]

_COLUMNS = ("image", "frame", "time", "width", "height", "faces", "error_kind", "error")
_PARTS = "part-*.parquet"
_RECORD = "run.json"


def is_batch_folder(path: Path) -> bool:
    """Whether the folder is one that ``facepoints batch`` writes, finished or not."""
    images, faces = path / "images", path / "faces"
    if not (images.is_dir() and faces.is_dir()):
        return False
    return (path / _RECORD).is_file() or any(images.glob(_PARTS))


def is_unfinished(path: Path) -> bool:
    """Whether ``facepoints batch`` has not come to its end in this folder: the same command goes on there.

    Raises:
        InputError: its record of the run is damaged.
    """
    record = path / _RECORD
    if not (is_batch_folder(path) and record.is_file()):
        return False
    try:
        return json.loads(record.read_bytes())["done"] is not True
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise InputError(f"{record}: this record of a run is damaged: {error}") from error


def read_batch_folder(folder: Path) -> Iterator[Result]:
    """All pictures and frames of a folder of ``facepoints batch``, also those without faces and those that could not be
    read; of a run that is not finished, those of its finished parts. Memory stays flat.

    Raises:
        InputError: a part is missing or damaged, or the two tables do not fit together.
        MissingExtraError: pyarrow is not installed.
    """
    # By length first, since numbers may outgrow their leading zeros.
    for part in sorted((folder / "images").glob(_PARTS), key=lambda path: (len(path.name), path.name)):
        yield from _part(part, folder / "faces" / part.name)


def _part(images: Path, faces: Path) -> Iterator[Result]:
    found = read_parquet(faces) if faces.is_file() else iter(())
    for row in _pictures(images):
        if row["faces"]:
            yield _next(found, row, faces)
        else:
            yield _without_faces(row)
    if next(found, None) is not None:
        raise InputError(f"{faces}: it has faces of pictures that {images} does not have in this order")


def _pictures(path: Path) -> Iterator[dict[str, Any]]:
    for batch in record_batches(path, _COLUMNS, _COLUMNS):
        with parquet_errors(path):
            rows = batch.to_pylist()
        yield from rows


def _next(found: Iterator[Result], row: Mapping[str, Any], path: Path) -> Result:
    """The faces of the picture of this row, which must be those that come next."""
    result = next(found, None)
    if result is None or (result.image, result.frame) != (row["image"], row["frame"]):
        raise InputError(f"{path}: the faces of {row['image']} are missing, or not where they should be")
    if len(result.faces) != row["faces"]:
        raise InputError(f"{path}: {row['image']} should have {row['faces']} faces, not {len(result.faces)}")
    return result


def _without_faces(row: Mapping[str, Any]) -> Result:
    about = {key: row[key] for key in ("width", "height", "frame", "time")}
    failed = row["faces"] is None or row["error_kind"] is not None
    reason = (row["error"] or row["error_kind"] or "unknown error") if failed else None
    return Result(row["image"], Faces.empty(), **about, error=reason)
