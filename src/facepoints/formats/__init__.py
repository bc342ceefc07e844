"""Results as files: ``json``, ``jsonl``, ``csv`` and ``pts``, written picture by picture and read back.

Writing never holds more than one picture's result in memory::

    with formats.open_writer("jsonl", sys.stdout) as writer:
        for path in paths:
            image = images.read(path)
            height, width = image.shape[:2]
            writer.write(path, width, height, finder.find(image))

=========  ============================================================  ===========================================
format     what it holds                                                 destination
=========  ============================================================  ===========================================
``json``   one object for one picture; an array of objects for none or   text stream or path of a file
           several
``jsonl``  one object a line, a line a picture                           text stream or path of a file
``csv``    a header, then one row a face                                 text stream or path of a file
``pts``    300-W files, one a face, named after the picture              folder, which must exist
=========  ============================================================  ===========================================

The frames of videos have writers of their own: :func:`open_frame_writer` for ``jsonl``, ``csv`` and ``parquet``.
"""

from facepoints.formats.base import ResultWriter
from facepoints.formats.details import Details, detail_columns, detail_values
from facepoints.formats.frame_rows import Video
from facepoints.formats.frames import (
    FRAME_FORMATS,
    CsvFrameWriter,
    FrameWriter,
    JsonLinesFrameWriter,
    open_frame_writer,
)
from facepoints.formats.json import JsonLinesWriter, JsonWriter
from facepoints.formats.parquet import ParquetFrameWriter
from facepoints.formats.pts import PtsWriter, read_pts, write_pts
from facepoints.formats.registry import FORMATS, open_writer, read
from facepoints.formats.table import CsvWriter

__all__ = [
    "FORMATS",
    "FRAME_FORMATS",
    "CsvFrameWriter",
    "CsvWriter",
    "Details",
    "FrameWriter",
    "JsonLinesFrameWriter",
    "JsonLinesWriter",
    "JsonWriter",
    "ParquetFrameWriter",
    "PtsWriter",
    "ResultWriter",
    "Video",
    "detail_columns",
    "detail_values",
    "open_frame_writer",
    "open_writer",
    "read",
    "read_pts",
    "write_pts",
]
