"""Small pictures that tell which they are, and archives, tables and lists of them."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from facepoints import images
from facepoints.batch.entries import find_entries
from facepoints.batch.pictures import Picture, read_pictures
from facepoints.batch.sources.entry import Entry, SourceOptions

SIZE = 24

NOTHING = SourceOptions()


def jpeg(number: int, size: int = SIZE) -> bytes:
    """A plain grey picture, ``10 * number`` bright."""
    return images.encode(np.full((size, size, 3), 10 * number, dtype=np.uint8), ".jpg")


def number_of(picture: Picture) -> int | None:
    """Which of the pictures it is; None if there is none."""
    return None if picture.image is None else round(float(picture.image.mean()) / 10)


def write_pictures(folder: Path, names: Iterable[str]) -> None:
    """Pictures 0, 1, 2 ... under these paths."""
    for number, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(jpeg(number))


def zip_of(path: Path, members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def tar_of(path: Path, members: dict[str, bytes], mode: str = "w") -> Path:
    """Mode: ``w``, or ``w:gz`` and the like."""
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def webdataset(count: int) -> dict[str, bytes]:
    """Members of a WebDataset archive: a picture and its label for each sample."""
    members: dict[str, bytes] = {}
    for number in range(count):
        members |= {f"{number:06}.jpg": jpeg(number), f"{number:06}.json": b'{"label": 1}'}
    return members


def entries_of(*sources: object, options: SourceOptions = NOTHING) -> list[Entry]:
    return list(find_entries([str(source) for source in sources], options))


def pictures_of(*sources: object, options: SourceOptions = NOTHING) -> list[Picture]:
    return list(read_pictures(entries_of(*sources, options=options), options))


def names_and_numbers(pictures: Iterable[Picture]) -> list[tuple[str, int | str]]:
    """Of each picture its name, and its number or the kind of its problem."""
    result: list[tuple[str, int | str]] = []
    for picture in pictures:
        number = number_of(picture)
        assert (number is None) == (picture.problem is not None)
        result.append((picture.name, picture.problem.kind if picture.problem else number or 0))
    return result
