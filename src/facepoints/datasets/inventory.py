"""What a folder of labelled pictures holds, damaged labels included: the readers stop at the first, this goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from facepoints.arrays import Floats
from facepoints.datasets import pts_folder, wider, ytf
from facepoints.errors import LabelError
from facepoints.images import SUFFIXES

__all__ = ["LAYOUTS", "Entry", "Inventory", "take_inventory"]

LAYOUTS = {"ytf": "YouTube Faces", "pts": ".pts files", "wider": "WIDER FACE"}

_NO_BOXES = np.zeros((0, 4), dtype=np.float32)


@dataclass(frozen=True, eq=False)
class Entry:
    """One label: the face of a picture, or all faces of a picture of WIDER FACE.

    Attributes:
        split: ``"training"``, ``"test"``, ``"train"`` or ``"val"``.
        image: the picture's file.
        place: where the label stands, for people.
        group: the person or the photo.
        keypoints: ``(68, 2)``, or None for boxes.
        boxes: ``(m, 4)`` x1, y1, x2, y2 of the faces that count, in pixels; none for keypoints.
    """

    split: str
    image: Path
    place: str
    group: str
    keypoints: Floats | None = None
    boxes: Floats = field(default_factory=lambda: _NO_BOXES)


@dataclass(frozen=True, eq=False)
class Inventory:
    """All labels of a folder.

    Attributes:
        root: the folder.
        layout: a key of :data:`LAYOUTS`.
        entries: the labels that could be read.
        damaged: what is wrong with the others, with file and line.
        unlabelled: pictures that lie among the labelled ones and have no label.
    """

    root: Path
    layout: str
    entries: list[Entry]
    damaged: list[str]
    unlabelled: list[Path]

    @property
    def splits(self) -> list[str]:
        """The splits that there are, in the order of the labels."""
        return list(dict.fromkeys(entry.split for entry in self.entries))


def take_inventory(root: Path) -> Inventory:
    """List the labels of a data set whose layout is recognised.

    Args:
        root: YouTube Faces, WIDER FACE, or pictures with ``.pts`` files, of which what lies in a folder ``testset`` is
            for testing.

    Raises:
        LabelError: no such folder, or nothing recognised in it.
    """
    if not root.is_dir():
        raise LabelError(f"{root} is not a folder; give the folder of a data set")
    damaged: list[str] = []
    if ytf.is_ytf(root):
        layout, entries, folders = "ytf", list(_ytf(root, damaged)), [root / split for split in ytf.SPLITS]
    elif wider.is_wider(root):
        layout, entries = "wider", list(_wider(root, damaged))
        folders = [root / f"WIDER_{split}" for split in wider.SPLITS]
    else:
        layout, entries, folders = "pts", list(_pts(root, damaged)), [root]
    labelled = {entry.image for entry in entries}
    pictures = [path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix.lower() in SUFFIXES]
    return Inventory(root, layout, entries, damaged, [path for path in pictures if path not in labelled])


def _ytf(root: Path, damaged: list[str]) -> Iterator[Entry]:
    for split in ytf.SPLITS:
        labels = ytf.labels_file(root, split)
        if not labels.is_file():
            continue
        try:
            for line, face in ytf.read_rows(root, split):
                if isinstance(face, LabelError):
                    damaged.append(str(face))
                else:
                    yield Entry(split, face.image, f"{labels.name}, line {line}", face.group, face.keypoints)
        except LabelError as error:
            damaged.append(str(error))


def _pts(root: Path, damaged: list[str]) -> Iterator[Entry]:
    for path in pts_folder.label_files(root):
        place = path.relative_to(root)
        try:
            face = pts_folder.read_face(path)
        except LabelError as error:
            damaged.append(str(error))
        else:
            split = "test" if "testset" in (root.name, *place.parts) else "training"
            yield Entry(split, face.image, place.as_posix(), face.group, face.keypoints)


def _wider(root: Path, damaged: list[str]) -> Iterator[Entry]:
    for split in wider.SPLITS:
        if not wider.labels_file(root, split).is_file():
            continue
        try:
            for picture in wider.read(root, split):
                name = picture.image.relative_to(root).as_posix()
                yield Entry(split, picture.image, name, picture.image.stem, boxes=picture.boxes[~picture.ignore])
        except LabelError as error:
            damaged.append(str(error))
