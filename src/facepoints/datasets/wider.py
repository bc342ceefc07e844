"""WIDER FACE in its official text format.

``wider_face_split/wider_face_{train,val}_bbx_gt.txt`` lists a file name, a count, and that many rows of ``x y w h blur
expression illumination invalid occlusion pose``. Source: Yang et al., "WIDER FACE: A Face Detection Benchmark"
(CVPR 2016).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from facepoints.arrays import Floats
from facepoints.errors import InputError, LabelError

__all__ = ["SPLITS", "LabelledPicture", "is_wider", "labels_file", "read"]

SPLITS = ("train", "val")

_FOLDER = "wider_face_split"
_COLUMNS = 10
_INVALID = 7
_BEYOND = 1e9
"""No picture has as many pixels a side."""


@dataclass(frozen=True, eq=False)
class LabelledPicture:
    """One picture and all its faces.

    Attributes:
        image: the picture's file.
        boxes: ``(n, 4)`` float32 x1, y1, x2, y2 in pixels.
        ignore: ``(n,)`` bool, faces marked as invalid: neither to be learned nor counted.
    """

    image: Path
    boxes: Floats
    ignore: np.ndarray


def is_wider(root: Path) -> bool:
    """Whether ``root`` has the official layout."""
    return (root / _FOLDER).is_dir()


def labels_file(root: Path, split: str) -> Path:
    """The list of a split.

    Raises:
        InputError: no such split.
    """
    if split not in SPLITS:
        raise InputError(f"WIDER FACE has the splits {' and '.join(SPLITS)}; not {split!r}")
    return root / _FOLDER / f"wider_face_{split}_bbx_gt.txt"


def read(root: Path, split: str = "train") -> list[LabelledPicture]:
    """All pictures of one split, in the order of the list.

    Args:
        root: the folder with ``WIDER_train``, ``WIDER_val`` and ``wider_face_split``.
        split: ``"train"`` or ``"val"``.

    Raises:
        InputError: no such split.
        LabelError: the list is missing or has another layout; the message names file and line.
    """
    path = labels_file(root, split)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise LabelError(f"cannot read the labels {path}: {error}") from error
    return list(_pictures(lines, root / f"WIDER_{split}" / "images", path))


def _pictures(lines: list[str], folder: Path, path: Path) -> Iterator[LabelledPicture]:
    position = 0
    while position < len(lines):
        name = lines[position].strip()
        try:
            count = int(lines[position + 1])
            # A picture without faces still has one row, all zeros.
            rows = lines[position + 2 : position + 2 + max(count, 1)]
            numbers = np.asarray([row.split() for row in rows], dtype=np.float64).reshape(-1, _COLUMNS)[:count]
            if not (np.abs(numbers) < _BEYOND).all():
                raise ValueError("a number is not finite, or far too large")
            values = numbers.astype(np.float32)
            if len(values) != count:
                raise ValueError(f"expected {count} rows of {_COLUMNS} numbers")
        except (ValueError, IndexError) as error:
            raise LabelError(f"{path}, line {position + 1}: the entry of {name!r} is damaged: {error}") from error
        boxes = np.concatenate([values[:, :2], values[:, :2] + values[:, 2:4]], axis=1)
        yield LabelledPicture(folder / name, boxes, values[:, _INVALID] > 0)
        position += 2 + max(count, 1)
