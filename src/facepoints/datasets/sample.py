"""A small labelled set that anybody can make, for trying everything out without downloading anything."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from facepoints.datasets.example_face import EXAMPLE_FACE, read_example
from facepoints.datasets.known_warps import photo_of, random_person
from facepoints.datasets.labelled import LabelledFace
from facepoints.datasets.ytf import SPLITS, write_labels
from facepoints.errors import InputError
from facepoints.images import write

__all__ = ["SAMPLE_PEOPLE", "make_sample"]

SAMPLE_PEOPLE = tuple(
    f"Sample_{name}"
    for name in ("Ash", "Beech", "Cedar", "Elm", "Fir", "Hazel", "Larch", "Maple", "Oak", "Pine", "Rowan", "Willow")
)
"""The invented people of the set. The last three are in the test split alone."""

_TEST_PEOPLE = SAMPLE_PEOPLE[-3:]
_MOST_FRAMES = 100
_NOTE = "sample.json"
_VERSION = 1
_QUALITY = 92


def make_sample(folder: Path, count: int = 120, seed: int = 0, *, picture: Path | None = None) -> Path:
    """Make a labelled set in the layout of YouTube Faces from one free portrait.

    The face is deformed into twelve invented people; their pictures differ in size, place, roll, direction of view,
    light, blur and noise. All these changes are known exactly, and so are the labels. It is still one face: what a
    network learns from it says nothing about how well it does on real people.

    The first ``n`` pictures of each person are the same for every ``count``.

    Args:
        folder: to make, with ``training/``, ``test/`` and two CSV files. One that this function made with the same
            count and seed is left as it is.
        count: of the pictures, a quarter of them (three of the people) for testing; 12 to 1200.
        seed: another seed, other people and pictures.
        picture: path of ``examples/astronaut.png``; None looks for it in the working directory, those above, and the
            clone that this package is in.

    Returns:
        ``folder``.

    Raises:
        InputError: the portrait is not found or another picture, ``count`` is out of range, or ``folder`` holds
            something else or cannot be made.
        ImageError: the portrait cannot be read.
    """
    folder, most = Path(folder), _MOST_FRAMES * len(SAMPLE_PEOPLE)
    if not len(SAMPLE_PEOPLE) <= count <= most:
        raise InputError(f"a sample has {len(SAMPLE_PEOPLE)} to {most} pictures; got {count}")
    note = json.dumps({"made by": "facepoints data sample", "version": _VERSION, "count": count, "seed": seed})
    if _is_made(folder, note):
        return folder
    image = read_example(picture)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        # Beside its place, and moved there when it is whole.
        with TemporaryDirectory(prefix=".facepoints-", dir=folder.parent) as temporary:
            made = Path(temporary) / "sample"
            _write(made, image, count, seed)
            (made / _NOTE).write_text(note + "\n", encoding="utf-8")
            if folder.exists():  # an empty one, over which Windows moves nothing
                folder.rmdir()
            made.replace(folder)
    except OSError as error:
        raise InputError(f"cannot make the folder {folder}: {error.strerror or error}") from error
    return folder


def _is_made(folder: Path, note: str) -> bool:
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return False
    path = folder / _NOTE
    if path.is_file() and path.read_text(encoding="utf-8", errors="replace").strip() == note:
        return True
    raise InputError(f"{folder} exists already and holds something else; give the name of a new folder, or remove it")


def _write(folder: Path, image: np.ndarray, count: int, seed: int) -> None:
    faces: dict[str, list[LabelledFace]] = {split: [] for split in SPLITS}
    for split in SPLITS:
        (folder / split).mkdir(parents=True)
    for number, name in enumerate(SAMPLE_PEOPLE):
        person = random_person(image, EXAMPLE_FACE, np.random.default_rng([seed, number]))
        split = "test" if name in _TEST_PEOPLE else "training"
        for frame in range(len(range(number, count, len(SAMPLE_PEOPLE)))):
            photo, keypoints = photo_of(person, np.random.default_rng([seed, number, frame]))
            path = folder / split / f"{name}_{frame:02}.jpg"
            write(path, photo, _QUALITY)
            faces[split].append(LabelledFace(path, keypoints, "ytf", name))
    for split in SPLITS:
        write_labels(folder, split, faces[split])
