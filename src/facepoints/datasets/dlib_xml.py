"""dlib's XML lists of labelled faces, as its tool ``imglab`` writes them and its trainers read them.

Such a file lists pictures, for each its boxes, and for each box its points: ``<part name="00" x="12" y="34"/>``.
Coordinates are whole pixels that count from 0; ``left`` and ``width`` of a box count pixels, so that its last column is
``left + width - 1``. Source: ``dlib/data_io/image_dataset_metadata.cpp`` of dlib.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from facepoints.arrays import Floats
from facepoints.datasets.labelled import LabelledFace
from facepoints.errors import InputError, LabelError
from facepoints.files import atomic_write, is_there
from facepoints.geometry import tight_boxes
from facepoints.scheme import POINT_COUNT

__all__ = ["BoxedFaces", "read", "read_boxed", "write", "write_boxed"]

_SOURCE = "dlib"
_BEYOND = 1e9
"""No picture has as many pixels a side."""
_PARTS = [f"{point:02}" for point in range(POINT_COUNT)]


@dataclass(frozen=True, eq=False)
class BoxedFaces:
    """The labelled faces of one picture.

    Attributes:
        image: name of the picture.
        boxes: ``(n, 4)`` float32 x1, y1, x2, y2 in pixels.
        keypoints: ``(n, 68, 2)`` float32 pixels.
    """

    image: str
    boxes: Floats
    keypoints: Floats


def read(path: str | os.PathLike[str]) -> list[LabelledFace]:
    """The labelled faces of a list, in its order; :func:`read_boxed` gives their boxes, too.

    The group of a face is the name of its picture without ending.

    Raises:
        LabelError: as of :func:`read_boxed`.
    """
    return [
        LabelledFace(Path(picture.image), keypoints, _SOURCE, Path(picture.image).stem)
        for picture in read_boxed(path)
        for keypoints in picture.keypoints
    ]


def read_boxed(path: str | os.PathLike[str]) -> list[BoxedFaces]:
    """The pictures of a list and their faces, in its order. Boxes that the list marks with ``ignore`` are left out.

    Raises:
        LabelError: no such file, no such list, or a box without exactly the 68 points ``00`` to ``67``; the message
            names the picture.
    """
    path = Path(path)
    root = _parsed(path)
    images = root.find("images")
    if root.tag != "dataset" or images is None:
        raise LabelError(f"{path}: no <images> in a <dataset>; this is no list of dlib's imglab")
    pictures = []
    for number, image in enumerate(images.iter("image"), start=1):
        name = image.get("file")
        if not name:
            raise LabelError(f"{path}: picture {number} has no file name")
        marked = [box for box in image.iter("box") if box.get("ignore", "0") == "0"]
        boxes = [_box(box, f"{path}: {name}") for box in marked]
        keypoints = [_points(box, f"{path}: {name}") for box in marked]
        pictures.append(
            BoxedFaces(
                str(_picture(path.parent, name)),
                np.asarray(boxes, dtype=np.float32).reshape(-1, 4),
                np.asarray(keypoints, dtype=np.float32).reshape(-1, POINT_COUNT, 2),
            )
        )
    return pictures


def write(path: str | os.PathLike[str], faces: Iterable[LabelledFace], *, whole: bool = True) -> None:
    """Write a list; the box of each face is the tight box of its points. The others are as of :func:`write_boxed`.

    Args:
        path: of the file.
        faces: those of one picture become boxes of one entry.
        whole: as of :func:`write_boxed`.

    Raises:
        InputError: the file cannot be written.
    """
    pictures: dict[str, list[Floats]] = {}
    for face in faces:
        pictures.setdefault(str(face.image), []).append(face.keypoints)
    stacked = {name: np.stack(keypoints) for name, keypoints in pictures.items()}
    boxed = [BoxedFaces(name, tight_boxes(keypoints), keypoints) for name, keypoints in stacked.items()]
    write_boxed(path, boxed, whole=whole)


def write_boxed(path: str | os.PathLike[str], pictures: Iterable[BoxedFaces], *, whole: bool = True) -> None:
    """Write a list with boxes of any kind; a detector's are what dlib's trainers expect.

    Args:
        path: of the file; its folder must exist. A picture in that folder or below is named from there, any other that
            exists by its full path, and what is no file keeps its name.
        pictures: in the order of the list.
        whole: round points to whole pixels, since dlib reads no others. Without, they keep a thousandth of a pixel, for
            other programs. Boxes are whole pixels in any case.

    Raises:
        InputError: the file cannot be written, or XML has no place for a picture's name.
    """
    path = Path(path)
    root = ElementTree.Element("dataset")
    ElementTree.SubElement(root, "name").text = "Faces with the 68 points of iBUG / 300-W"
    images = ElementTree.SubElement(root, "images")
    for picture in pictures:
        entry = ElementTree.SubElement(images, "image", file=_name(picture.image, path.parent))
        for box, keypoints in zip(picture.boxes, picture.keypoints, strict=True):
            _add_box(entry, box, keypoints, whole)
    ElementTree.indent(root)
    with atomic_write(path) as temporary:
        ElementTree.ElementTree(root).write(temporary, encoding="utf-8", xml_declaration=True)


def _parsed(path: Path) -> ElementTree.Element:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise LabelError(f"cannot read the labels {path}: {error.strerror or error}") from error
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        # dlib writes none, and they can blow up to any size.
        raise LabelError(f"{path}: declarations of entities are not read; this is no list of dlib's imglab")
    try:
        return ElementTree.fromstring(data)
    except (ElementTree.ParseError, LookupError, ValueError) as error:  # the latter two: an encoding nobody knows
        raise LabelError(f"{path}: no well-formed XML ({error})") from error


def _box(box: ElementTree.Element, place: str) -> list[float]:
    try:
        left, top, width, height = (float(box.get(name, "")) for name in ("left", "top", "width", "height"))
    except ValueError as error:
        raise LabelError(f"{place}: a box without four numbers left, top, width, height") from error
    if not (all(abs(number) < _BEYOND for number in (left, top, width, height)) and min(width, height) > 1):
        raise LabelError(f"{place}: a box of {width:g} x {height:g} pixels holds no face")
    return [left, top, left + width - 1, top + height - 1]


def _points(box: ElementTree.Element, place: str) -> Floats:
    try:
        points = {part.get("name"): (float(part.get("x", "")), float(part.get("y", ""))) for part in box.iter("part")}
    except ValueError as error:
        raise LabelError(f"{place}: a point without two numbers x and y") from error
    if set(points) != set(_PARTS):
        raise LabelError(
            f"{place}: a box with {len(points)} points; a face of this scheme has {POINT_COUNT}, named 00 to 67"
        )
    with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinity, which is refused
        keypoints = np.asarray([points[name] for name in _PARTS], dtype=np.float32)
    if not np.isfinite(keypoints).all():
        raise LabelError(f"{place}: a coordinate is not a finite number")
    return keypoints


def _picture(folder: Path, name: str) -> Path:
    """The file of a picture. dlib declares its lists as Latin-1, but names files in whatever bytes the system has."""
    found = folder / name.replace("\\", "/")
    if not is_there(found):
        try:
            other = folder / name.encode("latin-1").decode("utf-8")
        except UnicodeError:
            return found
        return other if is_there(other) else found
    return found


def _name(image: str, folder: Path) -> str:
    if not image.isprintable():  # a surrogate stands for bytes that are no text
        raise InputError(f"{image!r}: a name with such characters cannot be written as XML; rename the picture")
    picture, folder = Path(image).absolute(), folder.absolute()
    if picture.is_relative_to(folder):
        return picture.relative_to(folder).as_posix()
    return picture.as_posix() if is_there(picture) else image


def _add_box(image: ElementTree.Element, box: Floats, keypoints: Floats, whole: bool) -> None:
    x1, y1, x2, y2 = (round(float(value)) for value in box)
    sides = {"top": y1, "left": x1, "width": max(x2 - x1, 1) + 1, "height": max(y2 - y1, 1) + 1}
    element = ElementTree.SubElement(image, "box", {name: str(value) for name, value in sides.items()})
    for name, (x, y) in zip(_PARTS, keypoints.tolist(), strict=True):
        place = {"x": str(round(x)), "y": str(round(y))} if whole else {"x": f"{x:.3f}", "y": f"{y:.3f}"}
        ElementTree.SubElement(element, "part", {"name": name, **place})
