"""JSON (one object, or an array of them) and JSON lines (one object a line)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from facepoints.arrays import is_number
from facepoints.errors import InputError
from facepoints.faces import Faces
from facepoints.formats.coco_reading import coco_results, is_coco
from facepoints.formats.details import Details
from facepoints.formats.frame_rows import TIME_DIGITS
from facepoints.formats.results import Result

__all__ = ["JsonLinesWriter", "JsonWriter", "read_json", "read_json_lines"]

_KEYS = frozenset({"box", "score", "keypoints", "track_id"})
"""Of a face; all others are details."""


class JsonWriter:
    """One object if there is one picture, otherwise an array with an object for each.

    Args:
        stream: open for text.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._count = 0
        self._first = ""

    def write(
        self,
        name: str,
        width: int,
        height: int,
        faces: Faces,
        details: Details | None = None,
        *,
        frame: int | None = None,
        time: float | None = None,
    ) -> None:
        """Add a picture. The first one is held back, since only the second shows that an array is needed."""
        text = _line(name, width, height, faces, details, frame, time)
        self._count += 1
        if self._count == 1:
            self._first = text
            return
        if self._count == 2:
            self._stream.write(f"[\n{self._first}")
        self._stream.write(f",\n{text}")

    def close(self) -> None:
        """Write what completes the JSON."""
        if self._count == 0:
            self._stream.write("[]\n")
        elif self._count == 1:
            self._stream.write(f"{self._first}\n")
        else:
            self._stream.write("\n]\n")


class JsonLinesWriter:
    """One object a line, a line a picture.

    Args:
        stream: open for text.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(
        self,
        name: str,
        width: int,
        height: int,
        faces: Faces,
        details: Details | None = None,
        *,
        frame: int | None = None,
        time: float | None = None,
    ) -> None:
        """Add a picture; its line is complete at once."""
        self._stream.write(f"{_line(name, width, height, faces, details, frame, time)}\n")

    def close(self) -> None:
        """Nothing is left to write."""


def read_json(path: Path) -> Iterator[Result]:
    """The pictures of a JSON file, be it a result of this package or COCO; the whole file is read at once.

    Raises:
        InputError: neither of the two.
    """
    content = _parsed(path.read_bytes(), str(path))
    if is_coco(content):
        yield from coco_results(content, str(path))
        return
    for row in content if isinstance(content, list) else [content]:
        yield _picture(row, str(path))


def read_json_lines(path: Path) -> Iterator[Result]:
    """The pictures or frames of a JSON lines file; empty lines are passed over.

    Raises:
        InputError: not such a result.
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                place = f"{path}, line {number}"
                yield _picture(_parsed(line, place), place)


def _line(
    name: str,
    width: int,
    height: int,
    faces: Faces,
    details: Details | None,
    frame: int | None,
    time: float | None,
) -> str:
    about = {"image": name, "width": width, "height": height}
    if frame is not None:
        about["frame"] = frame
    seconds = {} if time is None else {"time": round(time, TIME_DIGITS)}
    return json.dumps({**about, **seconds, **faces.to_dict(details=details)}, allow_nan=False)


def _parsed(text: bytes, place: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:  # brackets in brackets, thousands deep
        raise InputError(f"{place}: this is not valid JSON: {error}") from error


def _picture(row: Any, place: str) -> Result:
    try:
        name = str(row["image"])
        faces = Faces.from_dict(row)
        details = [{key: value for key, value in face.items() if key not in _KEYS} for face in row["faces"]]
        about = {key: _number(row, key) for key in ("width", "height", "frame", "time")}
        return Result(name, faces, **about, details=details if any(details) else ())
    except (KeyError, TypeError) as error:
        raise InputError(f"{place}: each picture must be an object with 'image' and 'faces'") from error
    except InputError as error:
        raise InputError(f"{place}: {error}") from error


def _number(row: Any, key: str) -> Any:
    value = row.get(key)
    if value is None or is_number(value, whole=key != "time"):
        return value
    raise InputError(f"{key!r} must be a {'number' if key == 'time' else 'whole number'}, not {value!r}")
