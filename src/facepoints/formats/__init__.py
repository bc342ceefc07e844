"""Results as files: ``json``, ``jsonl``, ``csv``, ``pts`` and ``coco``, written picture by picture and read back.

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
``coco``   COCO's JSON of keypoints, with one category of 68             text stream or path of a file
=========  ============================================================  ===========================================

The frames of videos have writers of their own: :func:`open_frame_writer` for ``jsonl``, ``csv`` and ``parquet``.

:func:`read` reads all of these, and folders that ``facepoints batch`` has filled, as pairs of name and ``Faces``;
:func:`read_results` tells sizes, frames, details and errors as well. :func:`convert` makes one format of another.
"""

from facepoints.formats.base import ResultWriter
from facepoints.formats.batch_folder import is_unfinished
from facepoints.formats.coco import CocoWriter
from facepoints.formats.coco_reading import read_coco
from facepoints.formats.conversion import TARGETS, Converted, Target, convert
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
from facepoints.formats.pts_folder import PtsFolderWriter
from facepoints.formats.registry import FORMATS, SOURCES, Source, open_writer, read, read_results
from facepoints.formats.results import Result
from facepoints.formats.table import CsvWriter

__all__ = [
    "FORMATS",
    "FRAME_FORMATS",
    "SOURCES",
    "TARGETS",
    "CocoWriter",
    "Converted",
    "CsvFrameWriter",
    "CsvWriter",
    "Details",
    "FrameWriter",
    "JsonLinesFrameWriter",
    "JsonLinesWriter",
    "JsonWriter",
    "ParquetFrameWriter",
    "PtsFolderWriter",
    "PtsWriter",
    "Result",
    "ResultWriter",
    "Source",
    "Target",
    "Video",
    "convert",
    "detail_columns",
    "detail_values",
    "is_unfinished",
    "open_frame_writer",
    "open_writer",
    "read",
    "read_coco",
    "read_pts",
    "read_results",
    "write_pts",
]
