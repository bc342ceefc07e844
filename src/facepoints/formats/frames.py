"""The faces of a video as files, frame by frame: JSON lines and CSV, and the function that opens these or Parquet.

===========  ==========================================================
``jsonl``    one object a line, a line a frame, without a face, too
``csv``      a header, then one row a face and frame
``parquet``  one row a face and frame
===========  ==========================================================

The objects and rows are those of pictures with two things more: ``frame``, its number from 0, and ``time`` in seconds;
:func:`facepoints.formats.read` reads them back.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, TextIO

import numpy as np

from facepoints.errors import InputError
from facepoints.faces import Faces
from facepoints.files import atomic_write
from facepoints.formats.details import Details, detail_values
from facepoints.formats.frame_rows import ABOUT, BOX, POINTS, TIME_DIGITS, Video, point_rows
from facepoints.formats.parquet import ParquetFrameWriter

__all__ = ["FRAME_FORMATS", "CsvFrameWriter", "FrameWriter", "JsonLinesFrameWriter", "open_frame_writer"]

FRAME_FORMATS = ("jsonl", "csv", "parquet")

_SCORE_COLUMNS = 3  # every third value of a point


class FrameWriter(Protocol):
    """Takes the faces of one frame after the other; get one from :func:`open_frame_writer`."""

    def write(self, frame: int, time: float, faces: Faces, details: Details | None = None) -> None:
        """Add a frame.

        Args:
            frame: its number, from 0.
            time: when it is shown, in seconds.
            faces: found on it; may be empty.
            details: one mapping a face.
        """
        ...

    def close(self) -> None:
        """Write what completes the result. Does not close the stream underneath."""
        ...


class JsonLinesFrameWriter:
    """One object a line, a line a frame.

    Args:
        stream: open for text.
        video: that the frames belong to.
        flush: hand each line on at once, for whoever reads along.
    """

    def __init__(self, stream: TextIO, video: Video, *, flush: bool = False) -> None:
        self._stream = stream
        self._video = video
        self._flush = flush
        self._encode = json.JSONEncoder(allow_nan=False).encode  # json.dumps would make one for each line

    def write(self, frame: int, time: float, faces: Faces, details: Details | None = None) -> None:
        """Add a frame; its line is complete at once."""
        row = {
            "image": self._video.name,
            "width": self._video.width,
            "height": self._video.height,
            "frame": frame,
            "time": round(time, TIME_DIGITS),
            **faces.to_dict(details=details),
        }
        self._stream.write(f"{self._encode(row)}\n")
        if self._flush:
            self._stream.flush()

    def close(self) -> None:
        """Nothing is left to write."""


class CsvFrameWriter:
    """A header, then one row a face and frame: ``image``, ``width``, ``height``, ``frame``, ``time``, ``face`` (its
    number on the frame, from 0), the columns of :meth:`facepoints.Faces.to_columns` and those of the details.

    Args:
        stream: open for text, with ``newline=""``.
        video: that the frames belong to.
    """

    def __init__(self, stream: TextIO, video: Video) -> None:
        self._video = video
        csv.writer(stream, lineterminator="\n").writerow((*ABOUT, *BOX, "score", "track_id", *POINTS, *video.details))
        # Names stand in quotes: before Python 3.13, csv leaves out those that a carriage return in a name needs.
        self._rows = csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)

    def write(self, frame: int, time: float, faces: Faces, details: Details | None = None) -> None:
        """Add the rows of a frame."""
        if not len(faces):
            return
        video = self._video
        about = (video.name, video.width, video.height, frame, round(time, TIME_DIGITS))
        # float32 has no more digits than these; as float64, for 0.1 to be written as 0.1.
        boxes = np.round(faces.boxes.astype(np.float64), 2).tolist()
        points = point_rows(faces).astype(np.float64)
        scores = points[:, 2::_SCORE_COLUMNS].round(4)
        points = points.round(2)
        points[:, 2::_SCORE_COLUMNS] = scores
        ids = [-1] * len(faces) if faces.track_ids is None else faces.track_ids.tolist()
        for face, values in enumerate(points.tolist()):
            more = detail_values(details[face] if details else {}, video.details)
            score = round(float(faces.scores[face]), 4)
            self._rows.writerow((*about, face, *boxes[face], score, ids[face], *values, *more))

    def close(self) -> None:
        """Nothing is left to write."""


@contextmanager
def open_frame_writer(
    format_name: str, destination: TextIO | str | os.PathLike[str], video: Video
) -> Iterator[FrameWriter]:
    """A writer for use in a ``with`` block, which completes the result at its end.

    A file appears under its name only when the block ends without error.

    Args:
        format_name: one of ``FRAME_FORMATS``.
        destination: path of a file; for ``jsonl`` and ``csv`` also an open text stream such as ``sys.stdout``.
        video: that the frames belong to.

    Raises:
        InputError: unknown format, or the file cannot be written.
        MissingExtraError: pyarrow is not installed, and ``parquet`` needs it.
    """
    if format_name not in FRAME_FORMATS:
        raise InputError(f"unknown format {format_name!r} for a video; known are {', '.join(FRAME_FORMATS)}")
    if not isinstance(destination, (str, os.PathLike)):
        if format_name == "parquet":
            raise InputError("parquet goes to a file, not to a stream")
        yield _text_writer(format_name, destination, video, flush=True)
        return
    with atomic_write(destination) as temporary:
        if format_name == "parquet":
            writer: FrameWriter = ParquetFrameWriter(temporary, video)
            try:
                yield writer
            finally:
                writer.close()
        else:
            # File names need not be valid text on Linux; such bytes pass through as they are.
            with temporary.open("w", encoding="utf-8", errors="surrogateescape", newline="") as stream:
                yield _text_writer(format_name, stream, video, flush=False)


def _text_writer(format_name: str, stream: TextIO, video: Video, *, flush: bool) -> FrameWriter:
    return CsvFrameWriter(stream, video) if format_name == "csv" else JsonLinesFrameWriter(stream, video, flush=flush)
