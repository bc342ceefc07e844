"""The ``.pts`` files of 300-W: the points of one face as text.

The coordinates in such a file count from 1 (they come from MATLAB); the arrays of this package count from 0, so
reading takes 1 away and writing adds it.

Source: Sagonas et al., "300 Faces in-the-Wild Challenge" (ICCV-W 2013).
"""

from __future__ import annotations

import os
from pathlib import Path, PurePath

import numpy as np

from facepoints.arrays import Array, Floats, as_floats
from facepoints.errors import InputError, LabelError
from facepoints.faces import Faces
from facepoints.files import atomic_write
from facepoints.formats.details import Details
from facepoints.formats.results import frame_name
from facepoints.scheme import POINT_COUNT

__all__ = ["PtsWriter", "read_pts", "write_pts"]

_BEYOND = float(np.finfo(np.float32).max)
"""No coordinate is as large, since float32 holds no larger ones."""


def read_pts(path: str | os.PathLike[str]) -> Floats:
    """Read the 68 points of a ``.pts`` file.

    Returns:
        ``(68, 2)`` float32, x, y in pixels, counted from 0.

    Raises:
        LabelError: no such file, or not 68 points in the layout of such a file; the message names file and line.
    """
    path = Path(path)
    try:
        lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    except OSError as error:
        raise LabelError(f"{path}: the file cannot be read: {error.strerror or error}") from error
    numbered = [(number, line.strip()) for number, line in enumerate(lines, start=1) if line.strip()]
    start = next((index for index, (_, line) in enumerate(numbered) if line == "{"), None)
    if start is None:
        raise LabelError(f"{path}: no line with an opening brace; this is no .pts file")
    _check_header(path, numbered[:start])
    points: list[list[float]] = []
    for number, line in numbered[start + 1 :]:
        if line == "}":
            break
        points.append(_point(path, number, line))
    else:
        raise LabelError(f"{path}: no closing brace after {len(points)} points; the file is truncated")
    if len(points) != POINT_COUNT:
        raise LabelError(f"{path}: {len(points)} points; a face of this scheme has {POINT_COUNT}")
    return (np.asarray(points) - 1).astype(np.float32)


def write_pts(path: str | os.PathLike[str], keypoints: Array) -> None:
    """Write the points of one face as a ``.pts`` file, to a thousandth of a pixel.

    Args:
        path: of the file; its folder must exist.
        keypoints: ``(68, 2)``, x, y in pixels, counted from 0.

    Raises:
        InputError: not such points, or the folder does not exist or cannot be written to.
    """
    points = as_floats(keypoints, (POINT_COUNT, 2), "keypoints").astype(np.float64) + 1
    rows = "\n".join(f"{x:.3f} {y:.3f}" for x, y in points)
    with atomic_write(path) as temporary:
        temporary.write_bytes(f"version: 1\nn_points: {POINT_COUNT}\n{{\n{rows}\n}}\n".encode())


class PtsWriter:
    """One ``.pts`` file a face: ``<stem>.pts``, or ``<stem>_0.pts``, ``<stem>_1.pts`` ... if a picture has several.

    A picture without faces gives no file; frame 120 of ``clip.mp4`` gives ``clip.mp4#120.pts``. If two pictures of a
    run have the same stem, the later one becomes ``<stem>-2``, and so on.

    Args:
        folder: where to write; must exist.

    Raises:
        InputError: ``folder`` is no folder.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        if not isinstance(folder, (str, os.PathLike)) or not Path(folder).is_dir():
            raise InputError("pts makes one file a face, so it needs an existing folder to write to")
        self._folder = Path(folder)
        self._taken: set[str] = set()

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
        """Write the files of a picture; its size and details have no place in them."""
        # What follows a # tells frames of a video, or pictures of a table, apart.
        path = PurePath(frame_name(name, frame))
        wanted = path.name if "#" in path.suffix else path.stem
        for stem, keypoints in zip(self._stems(wanted, len(faces)), faces.keypoints, strict=True):
            write_pts(self._folder / f"{stem}.pts", keypoints)

    def close(self) -> None:
        """Nothing is left to write."""

    def _stems(self, wanted: str, count: int) -> list[str]:
        """Names for the files of one picture that no other picture of this run has."""
        base, number = wanted, 1
        while True:
            stems = [base] if count == 1 else [f"{base}_{face}" for face in range(count)]
            if self._taken.isdisjoint(stem.casefold() for stem in stems):
                self._taken.update(stem.casefold() for stem in stems)
                return stems
            number += 1
            base = f"{wanted}-{number}"


def _check_header(path: Path, lines: list[tuple[int, str]]) -> None:
    for number, line in lines:
        key, colon, value = line.partition(":")
        if not colon:
            raise LabelError(f"{path}, line {number}: expected 'name: value' before the opening brace, got {line!r}")
        if key.strip() == "n_points" and value.strip() != str(POINT_COUNT):
            raise LabelError(f"{path}, line {number}: {value.strip()} points; a face of this scheme has {POINT_COUNT}")


def _point(path: Path, number: int, line: str) -> list[float]:
    try:
        x, y = (float(word) for word in line.split())
    except ValueError as error:
        raise LabelError(f"{path}, line {number}: expected two numbers, got {line!r}") from error
    if not (abs(x) < _BEYOND and abs(y) < _BEYOND):  # NaN is not, either
        raise LabelError(f"{path}, line {number}: expected two finite numbers, got {line!r}")
    return [x, y]
