"""The YouTube Faces keypoints set in the layout of its official archive.

``training/`` and ``test/`` hold the frames, ``training_frames_keypoints.csv`` and ``test_frames_keypoints.csv`` the
labels: a header, then file name, x0, y0, ... x67, y67. Source: Wolf, Hassner and Maoz, "Face Recognition in
Unconstrained Videos with Matched Background Similarity" (CVPR 2011); keypoints by the course project's archive.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import numpy as np

from facepoints.datasets.labelled import LabelledFace
from facepoints.errors import InputError, LabelError
from facepoints.files import atomic_write
from facepoints.images import SUFFIXES
from facepoints.scheme import POINT_COUNT

__all__ = [
    "HELD_OUT_FILE",
    "SPLITS",
    "held_out_people",
    "is_ytf",
    "labels_file",
    "read",
    "read_people",
    "read_rows",
    "write_labels",
]

SPLITS = ("training", "test")

HELD_OUT_FILE = "people_heldout.txt"
"""Not part of the official archive, whose test split shows the same people as its training split: a list of people,
one a line, whom nobody is to train on."""

_ONE_BASED = 1.0
"""The labels count pixels from 1: against three independent detectors they lie about a pixel to the lower right, and
mirrored training pictures contradict the others unless it is taken off."""


def is_ytf(root: Path) -> bool:
    """Whether ``root`` has the official layout."""
    return any(labels_file(root, split).is_file() for split in SPLITS)


def labels_file(root: Path, split: str) -> Path:
    """The CSV file of a split.

    Raises:
        InputError: no such split.
    """
    if split not in SPLITS:
        raise InputError(f"YouTube Faces has the splits {', '.join(SPLITS)}; not {split!r}")
    return root / f"{split}_frames_keypoints.csv"


def read(
    root: Path,
    split: str = "training",
    *,
    people: Collection[str] | None = None,
    exclude: Collection[str] = (),
) -> list[LabelledFace]:
    """The labelled frames of one split, in the order of the CSV file.

    Args:
        root: the folder with the two CSV files.
        split: ``"training"`` or ``"test"``. All people of the official test split are in the training split too.
        people: only frames of these people; None for all.
        exclude: no frame of these people.

    Raises:
        InputError: no such split.
        LabelError: the CSV file is missing or has another layout; the message names file and line.
    """
    faces = []
    for _, face in read_rows(root, split):
        if isinstance(face, LabelError):
            raise face
        if face.group not in exclude and (people is None or face.group in people):
            faces.append(face)
    return faces


def read_rows(root: Path, split: str) -> Iterator[tuple[int, LabelledFace | LabelError]]:
    """Line by line, for who wants to go on after a damaged one: its number, and the labelled frame or what is wrong.

    Raises:
        InputError: no such split.
        LabelError: the CSV file is missing, or is no such file at all.
    """
    path = labels_file(root, split)
    for number, (name, *cells) in _rows(path):
        try:
            keypoints = _keypoints(cells, path, number)
        except LabelError as error:
            yield number, error
        else:
            yield number, LabelledFace(root / split / name, keypoints, "ytf", name.rsplit("_", 1)[0])


def write_labels(root: Path, split: str, faces: Iterable[LabelledFace]) -> Path:
    """Write the CSV file of one split: names of files, and points to a thousandth of a pixel.

    Args:
        root: the folder of the data set; must exist.
        split: ``"training"`` or ``"test"``.
        faces: whose pictures lie in ``root/split``, or in folders below it.

    Returns:
        The file.

    Raises:
        InputError: no such split, a picture that lies elsewhere, or the file cannot be written.
    """
    path = labels_file(root, split)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["", *range(2 * POINT_COUNT)])
    for face in faces:
        if (root / split) not in face.image.parents:
            raise InputError(f"{face.image} is not in {root / split}, where a picture of this split must lie")
        name = face.image.relative_to(root / split).as_posix()
        writer.writerow([name, *(f"{value:.3f}" for value in (face.keypoints + np.float64(_ONE_BASED)).ravel())])
    with atomic_write(path) as temporary:
        temporary.write_bytes(text.getvalue().encode())
    return path


def held_out_people(root: Path) -> frozenset[str]:
    """The people whom a file ``people_heldout.txt`` beside the labels keeps for testing; none without that file.

    Raises:
        LabelError: the file cannot be read or holds no name.
    """
    path = root / HELD_OUT_FILE
    return read_people(path) if path.exists() else frozenset()


def read_people(path: Path) -> frozenset[str]:
    """Names of people from a text file, one a line.

    Raises:
        LabelError: the file cannot be read or holds no name.
    """
    try:
        names = frozenset(line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    except (OSError, UnicodeDecodeError) as error:
        raise LabelError(f"cannot read the list of people {path}: {error}") from error
    if not names:
        raise LabelError(f"the list of people {path} is empty; write one name a line, such as Adam_Sandler")
    return names


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        with path.open(newline="", encoding="utf-8") as stream:
            for number, row in enumerate(csv.reader(stream), start=1):
                if number == 1 and row and row[0].strip().lower().endswith(SUFFIXES):
                    raise LabelError(f"{path}, line 1: expected a header, not the labels of {row[0]}")
                if number > 1 and row:
                    yield number, row
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise LabelError(f"cannot read the labels {path}: {error}") from error


def _keypoints(cells: list[str], path: Path, line: int) -> np.ndarray:
    try:
        with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinity, which is refused
            values = np.asarray(cells, dtype=np.float32).reshape(POINT_COUNT, 2)
    except ValueError as error:
        raise LabelError(
            f"{path}, line {line}: expected a file name and {2 * POINT_COUNT} numbers, got {len(cells)} cells"
        ) from error
    if not np.isfinite(values).all():
        raise LabelError(f"{path}, line {line}: a coordinate is not a finite number")
    return values - np.float32(_ONE_BASED)
