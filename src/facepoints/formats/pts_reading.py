"""Reading ``.pts`` files as results: the labels of 300-W, or what this package wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import numpy as np

from facepoints.errors import ImageError, InputError
from facepoints.faces import Faces
from facepoints.files import is_there
from facepoints.formats.pts import read_pts
from facepoints.formats.results import Result
from facepoints.geometry import tight_boxes
from facepoints.image_header import read_header
from facepoints.images import SUFFIXES
from facepoints.scheme import POINT_COUNT

__all__ = ["has_pts_files", "read_pts_results"]

_ONE_OF_SEVERAL = re.compile(r"(?P<picture>.+)_(?P<face>\d+)")


def has_pts_files(path: Path) -> bool:
    """Whether the folder, or one below it, has a ``.pts`` file."""
    return path.is_dir() and next(path.rglob("*.pts"), None) is not None


def read_pts_results(path: Path) -> Iterator[Result]:
    """The pictures of a ``.pts`` file, or of all in a folder and below it, sorted by path.

    The picture of ``a.pts`` is the one beside it: ``a.jpg``, ``a.png`` and so on. If there is none, ``a_0.pts`` and
    ``a_1.pts`` are two faces of ``a.jpg``. A file without a picture stands for one of its own name, ``a``, whose size
    nobody knows. Scores are 1, and the box is the tight one of the points.

    Raises:
        LabelError: a file is damaged.
        ImageError: a picture is damaged.
    """
    files = sorted(path.rglob("*.pts"), key=_order) if path.is_dir() else [path]
    for picture, faces in groupby(files, key=_picture_of):
        points = np.stack([read_pts(file) for file in faces])
        ones = np.ones((len(points), POINT_COUNT), dtype=np.float32)
        size = _size(picture) if is_there(picture) else (None, None)
        try:
            found = Faces(tight_boxes(points), ones[:, 0], points, ones)
        except InputError as error:
            raise InputError(f"{picture}: the points of its .pts file make no face: {error}") from error
        yield Result(picture.as_posix(), found, *size)


def _order(path: Path) -> tuple[tuple[str, ...], int, str]:
    """By path, but face 10 of a picture after its face 9."""
    match = _ONE_OF_SEVERAL.fullmatch(path.stem)
    picture, face = (match["picture"], int(match["face"])) if match else (path.stem, -1)
    return (*path.parent.parts, picture), face, path.name


def _picture_of(path: Path) -> Path:
    match = _ONE_OF_SEVERAL.fullmatch(path.stem)
    for stem in [path.stem, *([match["picture"]] if match else [])]:
        for suffix in SUFFIXES:
            for candidate in (path.with_name(stem + suffix), path.with_name(stem + suffix.upper())):
                if is_there(candidate):
                    return candidate
    return path.with_name(path.stem)


def _size(picture: Path) -> tuple[int, int]:
    """Width and height in pixels, upright."""
    try:
        return read_header(picture.read_bytes()).upright_size
    except ImageError as error:
        raise ImageError(f"{picture}: {error}") from error
