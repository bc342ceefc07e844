"""From folders of data sets to the crops that training needs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from facepoints.datasets import read_keypoints, wider, ytf
from facepoints.datasets.crops import FaceCrops, OnError, merge
from facepoints.datasets.hard_negatives import mine
from facepoints.datasets.progress import Track
from facepoints.errors import LabelError

__all__ = ["CROP_SIZE", "data_sets", "prepare_crops"]

CROP_SIZE = 192
"""Largest side of a crop in pixels unless one asks for more. A face fills half of it, about as much as a
network's input of 128 pixels shows."""


def prepare_crops(
    paths: Sequence[Path],
    *,
    exclude_people: Collection[str],
    on_error: OnError,
    track: Track | None = None,
    size: int = CROP_SIZE,
) -> FaceCrops:
    """Cut the crops of all data sets.

    Args:
        paths: each is a file of ``facepoints data pack``, or a folder: YouTube Faces (its training split), WIDER FACE
            (background of its training split), pictures with ``.pts`` files (all but folders named ``testset``), or one
            that holds such folders as ``ytf``, ``wider`` and ``300w``.
        exclude_people: of YouTube Faces, to keep for testing, beside those whom the folder itself holds out
            (:func:`facepoints.datasets.ytf.held_out_people`).
        on_error: told of each picture that cannot be read; it is left out.
        track: shows progress.
        size: of the crops in pixels, at most.

    Raises:
        LabelError: a path is missing, not recognised, or its labels are damaged.
    """
    show = track or (lambda items, _: items)
    parts = [_crops_of(path, exclude_people, on_error, show, size) for given in paths for path in data_sets(given)]
    crops = merge([part for part in parts if len(part)]) if any(map(len, parts)) else None
    if crops is None:
        raise LabelError(f"no face could be read from {', '.join(map(str, paths))}")
    return crops


def data_sets(path: Path) -> list[Path]:
    """The data sets in a folder that holds several under their usual names, or the path itself."""
    known = [path / name for name in ("300w", "ytf", "wider") if (path / name).is_dir()]
    return known or [path]


def _crops_of(path: Path, exclude_people: Collection[str], on_error: OnError, track: Track, size: int) -> FaceCrops:
    if path.is_file():
        return FaceCrops.load(path)
    if (path / "wider_face_split").is_dir():
        return mine(track(wider.read(path, "train"), f"{path.name}: background"), size, on_error)
    faces = read_keypoints(path, "training", exclude={*exclude_people, *ytf.held_out_people(path)})
    if not ytf.is_ytf(path):
        # 300-W keeps its test parts beside its training parts.
        faces = [face for face in faces if "testset" not in face.image.relative_to(path).parts]
    return FaceCrops.cut(track(faces, f"{path.name}: faces"), size, on_error)
