"""Data sets of labelled faces: reading them in their official layouts, fetching, checking, looking, parting, measuring.

Layouts: :mod:`~facepoints.datasets.ytf` (YouTube Faces), :mod:`~facepoints.datasets.pts_folder` (300-W),
:mod:`~facepoints.datasets.wider` (WIDER FACE), :mod:`~facepoints.datasets.dlib_xml`.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from facepoints.datasets import pts_folder, ytf
from facepoints.datasets.check import check_data
from facepoints.datasets.conversion import convert_labels
from facepoints.datasets.inventory import take_inventory
from facepoints.datasets.label_tiles import choose_entries, label_tiles
from facepoints.datasets.labelled import LabelledFace, split_by_group
from facepoints.datasets.official import download_ytf
from facepoints.datasets.parts import part_by_group, write_parts
from facepoints.datasets.sample import make_sample
from facepoints.datasets.shape_model import align_shapes, shape_distances, shape_model
from facepoints.datasets.statistics import data_statistics
from facepoints.datasets.statistics_page import draw_shape, write_statistics
from facepoints.errors import LabelError

__all__ = [
    "LabelledFace",
    "align_shapes",
    "check_data",
    "choose_entries",
    "convert_labels",
    "data_statistics",
    "download_ytf",
    "draw_shape",
    "label_tiles",
    "make_sample",
    "part_by_group",
    "read_keypoints",
    "shape_distances",
    "shape_model",
    "split_by_group",
    "take_inventory",
    "write_parts",
    "write_statistics",
]


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
