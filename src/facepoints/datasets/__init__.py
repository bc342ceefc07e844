"""Readers of data sets in their official layouts."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from facepoints.datasets import pts_folder, ytf
from facepoints.datasets.labelled import LabelledFace, split_by_group
from facepoints.datasets.sample import make_sample
from facepoints.errors import LabelError

__all__ = ["LabelledFace", "make_sample", "read_keypoints", "split_by_group"]


def read_keypoints(
    path: Path, split: str = "training", *, people: Collection[str] | None = None, exclude: Collection[str] = ()
) -> list[LabelledFace]:
    """The labelled faces of a folder, whose layout is recognised: YouTube Faces, or ``.pts`` files beside pictures.

    Args:
        path: the folder.
        split: ``"training"`` or ``"test"`` of YouTube Faces; a folder of ``.pts`` files is one split.
        people: only frames of these people (YouTube Faces); None for all.
        exclude: no frame of these people (YouTube Faces).

    Raises:
        LabelError: no such folder, nothing recognised in it, or damaged labels.
    """
    if not path.is_dir():
        raise LabelError(f"{path} is not a folder; give the folder of a data set")
    if ytf.is_ytf(path):
        return ytf.read(path, split, people=people, exclude=exclude)
    return pts_folder.read(path)
