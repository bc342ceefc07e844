"""Folders of pictures with a ``.pts`` file beside each, as 300-W, LFPW, Helen and AFW come."""

from __future__ import annotations

import re
from pathlib import Path

from facepoints.datasets.labelled import LabelledFace
from facepoints.errors import LabelError
from facepoints.files import is_there
from facepoints.formats.pts import read_pts
from facepoints.images import SUFFIXES

__all__ = ["label_files", "read", "read_face"]

_CROP_OF_PHOTO = re.compile(r"(?P<photo>\d+)_\d+")
"""AFW and Helen name several faces of one photo photo_1, photo_2 and so on; LFPW's ``image_0001`` is one photo."""

_FACE_OF_PICTURE = re.compile(r"(?P<picture>.+)_\d+")
"""Several faces of one picture ``me.jpg``, as ``facepoints data convert`` names them: ``me_0.pts``, ``me_1.pts``."""


def read(root: Path) -> list[LabelledFace]:
    """All labelled pictures of a folder and its sub-folders, sorted by path.

    Raises:
        LabelError: no ``.pts`` file, a damaged one, or one without its picture.
    """
    return [read_face(path) for path in label_files(root)]


def label_files(root: Path) -> list[Path]:
    """The ``.pts`` files of a folder and its sub-folders, sorted.

    Raises:
        LabelError: there is none.
    """
    files = sorted(root.rglob("*.pts"))
    if not files:
        raise LabelError(f"no .pts file in {root} or below")
    return files


def read_face(path: Path) -> LabelledFace:
    """The labelled face of one ``.pts`` file.

    Raises:
        LabelError: it is damaged, or has no picture beside it.
    """
    picture = _picture_of(path)
    return LabelledFace(picture, read_pts(path), "300w", _photo_of(picture))


def _picture_of(path: Path) -> Path:
    several = _FACE_OF_PICTURE.fullmatch(path.stem)
    for stem in (path.stem, several["picture"]) if several else (path.stem,):
        for suffix in SUFFIXES:
            for candidate in (path.with_name(stem + suffix), path.with_name(stem + suffix.upper())):
                if is_there(candidate):
                    return candidate
    raise LabelError(f"{path} has no picture beside it (looked for {path.stem} with {', '.join(SUFFIXES)})")


def _photo_of(picture: Path) -> str:
    match = _CROP_OF_PHOTO.fullmatch(picture.stem)
    return match["photo"] if match else picture.stem
