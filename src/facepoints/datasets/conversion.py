"""The layouts of data sets as formats: what :func:`facepoints.formats.convert` knows, YouTube Faces and dlib's XML."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from types import MappingProxyType

import numpy as np

from facepoints.arrays import Floats
from facepoints.datasets import dlib_xml, ytf
from facepoints.datasets.labelled import LabelledFace
from facepoints.errors import ImageError, InputError, LabelError
from facepoints.faces import Faces
from facepoints.files import is_there
from facepoints.formats import SOURCES, TARGETS, Converted, Result, ResultWriter, Source, Target, convert
from facepoints.formats.details import Details
from facepoints.formats.results import frame_name
from facepoints.geometry import tight_boxes
from facepoints.image_header import read_header
from facepoints.scheme import POINT_COUNT

__all__ = ["LABEL_SOURCES", "LABEL_TARGETS", "convert_labels"]


def convert_labels(source: str | os.PathLike[str], format_name: str, destination: str | os.PathLike[str]) -> Converted:
    """Write labels or results in another format: as :func:`facepoints.formats.convert`, with two more.

    ``"dlib"`` is an XML list for dlib's trainers, its points rounded to whole pixels and its boxes those of the source.
    ``"ytf"`` is the CSV file of one split of YouTube Faces: ``training_frames_keypoints.csv`` or the one of ``test``,
    beside the folder ``training/`` or ``test/`` that has the pictures, with one face each. The folder of YouTube Faces,
    one of its CSV files, and an ``.xml`` file of dlib are sources as well; the last two formats have no scores.

    Args:
        source: a file or folder.
        format_name: a key of :data:`LABEL_TARGETS`.
        destination: what to write.

    Raises:
        InputError: as of ``convert``; for ``ytf``, another file name, several faces on a picture, or one that lies
            elsewhere.
        LabelError: labels are damaged.
        ImageError: a picture is damaged whose size is needed.
    """
    return convert(source, format_name, destination, sources=LABEL_SOURCES, targets=LABEL_TARGETS)


class _Collector:
    """A writer that keeps all faces until the end."""

    def __init__(self) -> None:
        self.pictures: list[tuple[str, Faces]] = []

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
        self.pictures.append((frame_name(name, frame), faces))

    def close(self) -> None:
        """Nothing is left to write."""


@contextmanager
def _open_dlib(path: Path, results: object) -> Iterator[ResultWriter]:
    collector = _Collector()
    yield collector
    pictures = [dlib_xml.BoxedFaces(name, faces.boxes, faces.keypoints) for name, faces in collector.pictures]
    dlib_xml.write_boxed(path, pictures)


@contextmanager
def _open_ytf(path: Path, results: object) -> Iterator[ResultWriter]:
    split = _split_of(path)
    if split is None:
        names = " or ".join(ytf.labels_file(Path(), split).name for split in ytf.SPLITS)
        raise InputError(f"{path}: the labels of YouTube Faces are in a file {names}; give such a name")
    collector = _Collector()
    yield collector
    crowd = next((name for name, faces in collector.pictures if len(faces) > 1), None)
    if crowd is not None:
        raise InputError(f"{crowd} has several faces; the layout of YouTube Faces has one a picture")
    folder = path.absolute().parent
    faces = [
        LabelledFace(Path(name).absolute(), faces.keypoints[0], "ytf", "")
        for name, faces in collector.pictures
        if len(faces)
    ]
    ytf.write_labels(folder, split, faces)


def _split_of(path: Path) -> str | None:
    """The split whose CSV file this is, by its name."""
    return next((split for split in ytf.SPLITS if ytf.labels_file(path.parent, split).name == path.name), None)


def _read_ytf(path: Path) -> Iterator[Result]:
    root, splits = (path, ytf.SPLITS) if path.is_dir() else (path.parent, (_split_of(path) or "",))
    for split in splits:
        if ytf.labels_file(root, split).is_file():
            for image, faces in groupby(ytf.read(root, split), key=lambda face: face.image):
                points = np.stack([face.keypoints for face in faces])
                yield _result(str(image), tight_boxes(points), points)


def _read_dlib(path: Path) -> Iterator[Result]:
    for picture in dlib_xml.read_boxed(path):
        yield _result(picture.image, picture.boxes, picture.keypoints)


def _result(image: str, boxes: Floats, keypoints: Floats) -> Result:
    ones = np.ones((len(keypoints), POINT_COUNT), dtype=np.float32)
    try:
        faces = Faces(boxes, ones[:, 0], keypoints, ones)
    except InputError as error:
        raise LabelError(f"{image}: its label makes no face: {error}") from error
    return Result(Path(image).as_posix(), faces, *_size(Path(image)))


def _size(picture: Path) -> tuple[int, int] | tuple[None, None]:
    if not is_there(picture):
        return None, None
    try:
        return read_header(picture.read_bytes()).upright_size
    except ImageError as error:
        raise ImageError(f"{picture}: {error}") from error


LABEL_SOURCES = (
    Source("a folder of YouTube Faces", ytf.is_ytf, _read_ytf),
    Source("a CSV file of YouTube Faces", lambda path: path.is_file() and _split_of(path) is not None, _read_ytf),
    Source(".xml of dlib", lambda path: path.suffix.lower() == ".xml" and not path.is_dir(), _read_dlib),
    *SOURCES,
)
"""What :func:`convert_labels` reads; the first that matches is taken."""

LABEL_TARGETS = MappingProxyType(
    {**TARGETS, "dlib": Target(_open_dlib, needs_size=False), "ytf": Target(_open_ytf, needs_size=False)}
)
"""What :func:`convert_labels` writes, by name."""
