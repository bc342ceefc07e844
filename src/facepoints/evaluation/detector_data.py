"""Which labelled pictures an evaluation of detectors is about."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from facepoints.datasets import LabelledFace, wider, ytf
from facepoints.datasets.wider import LabelledPicture
from facepoints.errors import InputError
from facepoints.evaluation.selection import select_faces
from facepoints.geometry import wider_style_boxes

__all__ = ["PictureSelection", "PictureSplit", "select_pictures"]

PictureSplit = Literal["val", "train", "test", "training", "all"]

_YTF_SPLITS: tuple[Literal["test", "training", "all"], ...] = ("test", "training", "all")


@dataclass(frozen=True)
class PictureSelection:
    """Labelled pictures, and what they are in words.

    Attributes:
        pictures: at least one.
        complete: whether all faces of a picture are labelled; else one is, and others may be in the picture.
        description: for a report.
        min_face: size in pixels from which faces should be looked for in such data.
        min_iou: overlap that makes a box one with a labelled face, as is usual for such labels.
    """

    pictures: list[LabelledPicture]
    complete: bool
    description: str
    min_face: int
    min_iou: float


def select_pictures(
    data: Path,
    split: PictureSplit | None = None,
    *,
    people_file: Path | None = None,
    exclude_file: Path | None = None,
) -> PictureSelection:
    """Read the labelled boxes of a folder, or make them from labelled keypoints.

    Args:
        data: folder of WIDER FACE or YouTube Faces in its official layout, or of ``.pts`` files beside pictures.
        split: val or train of WIDER FACE, test, training or all of YouTube Faces; None for val and test. A folder of
            ``.pts`` files has none.
        people_file: names of people, one a line, to restrict YouTube Faces to.
        exclude_file: names of people, one a line, to leave out.

    Raises:
        InputError: the data set has no such split, people were named for one other than YouTube Faces, or nothing is
            left.
        LabelError: the folder or the list of people cannot be read, or the labels are damaged.
    """
    if wider.is_wider(data):
        if people_file or exclude_file:
            raise InputError(f"{data} is WIDER FACE; a list of people selects frames of YouTube Faces only")
        return _of_wider(data, split or "val")
    if ytf.is_ytf(data):
        if split is not None and split not in _YTF_SPLITS:
            raise InputError(f"YouTube Faces has the splits test and training, or all; not {split!r}")
        frames = split or "test"
    elif split is not None:
        raise InputError(f"{data} is neither WIDER FACE nor YouTube Faces; only they have splits, so leave out --split")
    else:
        frames = "test"
    selection = select_faces(data, frames, people_file=people_file, exclude_file=exclude_file)
    pictures = [_single(face) for face in selection.faces]
    return PictureSelection(pictures, False, selection.description, min_face=20, min_iou=0.3)


def _of_wider(data: Path, split: str) -> PictureSelection:
    pictures = wider.read(data, split)
    if not pictures:
        raise InputError(f"there is no picture in the {split} list of {data}")
    faces = sum(len(picture.boxes) for picture in pictures)
    invalid = sum(int(picture.ignore.sum()) for picture in pictures)
    text = f"{len(pictures):,} pictures with {faces:,} labelled faces, {invalid:,} of them invalid; split {split}"
    return PictureSelection(pictures, True, text, min_face=16, min_iou=0.5)


def _single(face: LabelledFace) -> LabelledPicture:
    return LabelledPicture(face.image, wider_style_boxes(face.keypoints[None]), np.zeros(1, dtype=bool))
