"""dlib's XML lists of labelled faces, as its tool ``imglab`` writes them and its trainers read them.

Such a file lists pictures, for each its boxes, and for each box its points: ``<part name="00" x="12" y="34"/>``.
Coordinates are whole pixels that count from 0; ``left`` and ``width`` of a box count pixels, so that its last column is
``left + width - 1``. Source: ``dlib/data_io/image_dataset_metadata.cpp`` of dlib.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from facepoints.arrays import Floats
from facepoints.datasets.labelled import LabelledFace
from facepoints.errors import LabelError
from facepoints.files import atomic_write
from facepoints.geometry import tight_boxes
from facepoints.scheme import POINT_COUNT

__all__ = ["read", "write"]

_SOURCE = "dlib"
_PARTS = [f"{point:02}" for point in range(POINT_COUNT)]


def read(path: str | os.PathLike[str]) -> list[LabelledFace]:
    """The labelled faces of a list, in its order. Boxes that the list marks with ``ignore`` are left out.

    The group of a face is the name of its picture without ending.

    Raises:
        LabelError: no such file, no such list, or a box without exactly the 68 points ``00`` to ``67``; the message
            names the picture.
    """
    path = Path(path)
    root = _parsed(path)
    images = root.find("images")
    if root.tag != "dataset" or images is None:
        raise LabelError(f"{path}: no <images> in a <dataset>; this is no list of dlib's imglab")
    faces = []
    for number, image in enumerate(images.iter("image"), start=1):
        name = image.get("file")
        if not name:
            raise LabelError(f"{path}: picture {number} has no file name")
        picture = _picture(path.parent, name)
        boxes = [box for box in image.iter("box") if box.get("ignore", "0") == "0"]
        faces += [LabelledFace(picture, _points(box, f"{path}: {name}"), _SOURCE, picture.stem) for box in boxes]
    return faces


def write(path: str | os.PathLike[str], faces: Iterable[LabelledFace], *, whole: bool = True) -> None:
    """Write a list; the box of each face is the tight box of its points.

    Args:
        path: of the file; its folder must exist. A picture in that folder or below is named from there, any other by
            its full path.
        faces: those of one picture become boxes of one entry.
        whole: round points to whole pixels, since dlib reads no others. Without, they keep a thousandth of a pixel, for
            other programs.

    Raises:
        InputError: the file cannot be written.
    """
    path = Path(path)
    root = ElementTree.Element("dataset")
    ElementTree.SubElement(root, "name").text = "Faces with the 68 points of iBUG / 300-W"
    entries: dict[Path, ElementTree.Element] = {}
    images = ElementTree.SubElement(root, "images")
    for face in faces:
        if face.image not in entries:
            entries[face.image] = ElementTree.SubElement(images, "image", file=_name(face.image, path.parent))
        _add_box(entries[face.image], face.keypoints, whole)
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
    except ElementTree.ParseError as error:
        raise LabelError(f"{path}: no well-formed XML ({error})") from error


def _points(box: ElementTree.Element, place: str) -> Floats:
    try:
        points = {part.get("name"): (float(part.get("x", "")), float(part.get("y", ""))) for part in box.iter("part")}
    except ValueError as error:
        raise LabelError(f"{place}: a point without two numbers x and y") from error
    if set(points) != set(_PARTS):
        raise LabelError(
            f"{place}: a box with {len(points)} points; a face of this scheme has {POINT_COUNT}, named 00 to 67"
        )
    keypoints = np.asarray([points[name] for name in _PARTS], dtype=np.float32)
    if not np.isfinite(keypoints).all():
        raise LabelError(f"{place}: a coordinate is not a finite number")
    return keypoints


def _picture(folder: Path, name: str) -> Path:
    """The file of a picture. dlib declares its lists as Latin-1, but names files in whatever bytes the system has."""
    found = folder / name.replace("\\", "/")
    if not found.exists():
        try:
            other = folder / name.encode("latin-1").decode("utf-8")
        except UnicodeError:
            return found
        return other if other.exists() else found
    return found


def _name(picture: Path, folder: Path) -> str:
    picture, folder = picture.absolute(), folder.absolute()
    return (picture.relative_to(folder) if picture.is_relative_to(folder) else picture).as_posix()


def _add_box(image: ElementTree.Element, keypoints: Floats, whole: bool) -> None:
    x1, y1, x2, y2 = (round(float(value)) for value in tight_boxes(keypoints[None])[0])
    sides = {"top": y1, "left": x1, "width": x2 - x1 + 1, "height": y2 - y1 + 1}
    box = ElementTree.SubElement(image, "box", {name: str(value) for name, value in sides.items()})
    for name, (x, y) in zip(_PARTS, keypoints.tolist(), strict=True):
        place = {"x": str(round(x)), "y": str(round(y))} if whole else {"x": f"{x:.3f}", "y": f"{y:.3f}"}
        ElementTree.SubElement(box, "part", {"name": name, **place})
