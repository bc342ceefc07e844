"""The options that name training data, and reading it with progress and a list of what failed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.progress import track as rich_track

from facepoints.cli.inputs import find_pictures
from facepoints.cli.messages import Failure
from facepoints.errors import ImageError, InputError
from facepoints.training.processes import is_first_process

if TYPE_CHECKING:
    from facepoints.datasets.crops import FaceCrops
    from facepoints.datasets.face_pictures import FacePictures

__all__ = ["Data", "ExcludePeople", "label_pictures", "read_crops", "read_pictures"]

_Prepared = TypeVar("_Prepared")

Data = Annotated[
    list[Path] | None,
    typer.Option(
        "--data",
        "-d",
        show_default="$FACEPOINTS_DATA",
        help="Folder of a data set (YouTube Faces, .pts files beside pictures, WIDER FACE for background), a folder of "
        "several, or a file made by `facepoints data pack`. May be given several times.",
    ),
]
ExcludePeople = Annotated[
    Path | None,
    typer.Option(
        "--exclude-people",
        show_default="people_heldout.txt beside the labels, if there",
        help="File with names, one a line: people of YouTube Faces to keep for testing.",
    ),
]


def read_crops(
    data: Sequence[Path] | None, exclude_people: Path | None, size: int | None = None
) -> tuple[FaceCrops, list[Failure]]:
    """The crops of all data sets, ``size`` pixels at most, and the pictures that could not be read.

    Raises:
        InputError: no data was named.
        LabelError: a data set is missing or damaged.
    """
    from facepoints.datasets.prepare import CROP_SIZE, prepare_crops

    return _read(partial(prepare_crops, size=size or CROP_SIZE), data, exclude_people)


def read_pictures(data: Sequence[Path] | None, exclude_people: Path | None) -> tuple[FacePictures, list[Failure]]:
    """The whole pictures of all data sets, and those that could not be read.

    Raises:
        InputError: no data was named.
        LabelError: a data set is missing or damaged.
    """
    from facepoints.datasets.prepare_pictures import prepare_pictures

    return _read(prepare_pictures, data, exclude_people)


def label_pictures(paths: Sequence[Path], teacher: str, size: int | None = None) -> tuple[FaceCrops, list[Failure]]:
    """Crops of the sure faces of each picture, ``size`` pixels at most, labelled by a network, and the pictures that
    could not be read.

    Raises:
        InputError: no such network.
    """
    from facepoints.datasets.prepare import CROP_SIZE
    from facepoints.datasets.self_training import SURE, label_faces
    from facepoints.finder import FaceFinder

    finder = FaceFinder(keypoints=teacher, min_score=SURE)
    pictures, failures = find_pictures([str(path) for path in paths])
    files = _track([picture.path for picture in pictures], "faces without labels")

    def note(path: Path, error: ImageError) -> None:
        failures.append(Failure(str(path), str(error)))

    return label_faces(files, finder, size or CROP_SIZE, note), failures


def _read(
    prepare: Callable[..., _Prepared], data: Sequence[Path] | None, exclude_people: Path | None
) -> tuple[_Prepared, list[Failure]]:
    from facepoints.datasets import ytf

    paths = list(data or _data_from_environment())
    people = ytf.read_people(exclude_people) if exclude_people else frozenset()
    failures: list[Failure] = []

    def note(path: Path, error: ImageError) -> None:
        failures.append(Failure(str(path), str(error)))

    return prepare(paths, exclude_people=people, on_error=note, track=_track), failures


def _data_from_environment() -> list[Path]:
    folder = os.environ.get("FACEPOINTS_DATA")
    if not folder:
        raise InputError("say where the training data is: --data FOLDER, or set FACEPOINTS_DATA")
    return [Path(folder)]


def _track(items: Sequence[Any], title: str) -> Iterable[Any]:
    if not sys.stderr.isatty() or not is_first_process():
        return items
    return rich_track(items, title, console=Console(stderr=True))
