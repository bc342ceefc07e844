"""A folder with a ``filter.toml`` and its pictures, as a filter. The format is described in ``docs/filters.md``."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from facepoints import images
from facepoints.arrays import Array
from facepoints.errors import ImageError, InputError
from facepoints.files import is_there
from facepoints.filters.compositing import MODES
from facepoints.filters.filter import Filter, Layer
from facepoints.filters.line_layer import LineLayer
from facepoints.filters.picture_layer import PictureLayer
from facepoints.filters.privacy_layer import PrivacyLayer
from facepoints.filters.surfaces import Cone, Flat, Surface
from facepoints.filters.table import Table, read_toml
from facepoints.filters.textures import Texture
from facepoints.scheme import GROUPS, POINT_COUNT, REGIONS

__all__ = ["FILE_NAME", "read_filter"]

FILE_NAME = "filter.toml"

_ANCHORS: dict[str, tuple[int, ...]] = {
    **{name: tuple(points) for name, points in GROUPS.items()},
    **REGIONS,
    "face": (*REGIONS["brows"], *REGIONS["eyes"], *REGIONS["nose"], *REGIONS["mouth"]),
    "brows and eyes": (*REGIONS["brows"], *REGIONS["eyes"]),
    "upper lip": (*GROUPS["nostrils"], *range(48, 55)),
}

_FAR, _LARGE = 20.0, 40.0
"""Bounds of offsets and sizes, in units of the head frame."""

_MAX_SIDE = 8192
"""Pixels of a picture's longer side."""

_KINDS = ("picture", "lines", "blur", "pixelate")


def read_filter(folder: Path) -> Filter:
    """The filter that a folder describes.

    Raises:
        InputError: there is no such folder, or something in it is wrong; the message says in which file, what, and what
            it must be.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: there is no such folder")
    path = folder / FILE_NAME
    if not path.is_file():
        raise InputError(f"{folder}: the folder has no {FILE_NAME}, so it is no filter")
    table = Table(read_toml(path), str(path))
    name, description = table.text("name", folder.resolve().name), table.text("description", "a filter of your own")
    rows = table.value("layers")
    table.finish()
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise InputError(f"{path}: a filter needs at least one layer: a table that begins with [[layers]]")
    layers = [_layer(row, f"{path}: layer {number}", folder) for number, row in enumerate(rows, start=1)]
    return Filter(name, description, tuple(layers))


def _layer(values: dict[str, Any], place: str, folder: Path) -> Layer:
    table = Table(values, place)
    kind = table.choice("kind", _KINDS, "picture")
    order = table.number("order", 0.0, -1000, 1000)
    layer: Layer
    if kind == "picture":
        layer = _picture(table, order, folder)
    elif kind == "lines":
        layer = _lines(table, order)
    else:
        cells = int(table.number("cells", 6, 1, 64, whole=True))
        layer = PrivacyLayer(order, cells, table.number("margin", 0.05, 0, 1), smooth=kind == "blur")
    table.finish()
    return layer


def _lines(table: Table, order: float) -> LineLayer:
    return LineLayer(
        order,
        table.colours("colours", tuple(GROUPS)),
        table.number("width", 0.02, 0.001, 1),
        table.number("opacity", 1.0, 0, 1),
        table.number("fill", 0.0, 0, 1),
        table.number("glow", 0.0, 0, 1),
    )


def _picture(table: Table, order: float, folder: Path) -> PictureLayer:
    mirrored = table.truth("mirrored", False)
    front = _texture(table, "image", folder, mirrored)
    behind = table.choices("behind", ("head", "nose"))
    x, y, forward = table.numbers("offset", (0.0, 0.0, 0.0), -_FAR, _FAR)
    return PictureLayer(
        order=order,
        front=front,
        surface=_surface(table, front),
        anchor=_anchor(table),
        offset=np.array([x, y, -forward]),
        axes=_axes(*table.numbers("turn", (0.0, 0.0, 0.0), -360, 360)),
        back=_texture(table, "back", folder, mirrored) if table.has("back") else None,
        back_order=table.number("back_order", order, -1000, 1000),
        mode=table.choice("mode", MODES, "normal"),
        opacity=table.number("opacity", 1.0, 0, 1),
        behind_head="head" in behind,
        behind_nose="nose" in behind,
        lit=table.truth("lit", True),
    )


def _surface(table: Table, front: Texture) -> Surface:
    shape = table.choice("shape", ("flat", "curved", "round"), "flat")
    u, v = table.numbers("pivot", (0.5, 0.5), -10, 10)
    if shape == "round":
        radii = table.one_or_two("radius", 0.01, _LARGE)
        height = table.number("height", None, 0.01, _LARGE)
        if abs(radii[-1] - radii[0]) > height:
            raise table.error("radius", "two radii that differ by no more than the height: a steep wall")
        return Cone(
            (radii[0], radii[-1]), height, 2 * math.pi, (u, v), table.number("depth", 1.0, 0.1, 10), centred=True
        )
    size = table.one_or_two("size", 0.001, _LARGE)
    width, height = size[0], size[1] if len(size) == 2 else size[0] * front.height / front.width
    if shape == "flat":
        return Flat((width, height), (u, v))
    radius = table.number("radius", 1.0, 0.01, _LARGE)
    if width > 2 * math.pi * radius:
        raise table.error("radius", f"at least {width / (2 * math.pi):.3g}: the picture would go around more than once")
    return Cone((radius, radius), height, width / radius, (u, v), table.number("depth", 1.0, 0.1, 10))


def _anchor(table: Table) -> tuple[int, ...]:
    value = table.value("anchor")
    if isinstance(value, str) and value in _ANCHORS:
        return _ANCHORS[value]
    points = value if isinstance(value, list) else []
    numbers = [point for point in points if isinstance(point, int) and not isinstance(point, bool)]
    if not points or len(numbers) != len(points) or not all(0 <= point < POINT_COUNT for point in numbers):
        known = ", ".join(f'"{name}"' for name in sorted(_ANCHORS))
        raise table.error("anchor", f"one of {known}, or a list of point numbers from 0 to {POINT_COUNT - 1}")
    return tuple(numbers)


def _axes(pitch: float, yaw: float, roll: float) -> Array:
    """Axes of a surface that is first rolled (clockwise), then pitched (its top back), then turned (to the right)."""
    turns = [
        np.array([0, -math.radians(yaw), 0]),
        np.array([-math.radians(pitch), 0, 0]),
        np.array([0, 0, math.radians(roll)]),
    ]
    about_y, about_x, about_z = (np.asarray(cv2.Rodrigues(turn)[0]) for turn in turns)
    return np.asarray(about_y @ about_x @ about_z)


def _texture(table: Table, key: str, folder: Path, mirrored: bool) -> Texture:
    name = table.text(key)
    path = folder / name
    if Path(name).anchor or ".." in Path(name).parts:
        # A filter may come from anybody, and must not draw what is none of its business.
        raise table.error(key, f"the name of a PNG file in the folder {folder} itself")
    if not is_there(path):
        raise table.error(key, f"the name of a PNG file in the folder {folder}; there is no {path}")
    try:
        pixels = images.read_rgba(path)
    except ImageError as error:
        raise InputError(f"{table.place}: {key}: {error}") from error
    height, width = pixels.shape[:2]
    if max(height, width) > _MAX_SIDE:
        raise InputError(
            f"{table.place}: {key}: {path} has {width} x {height} pixels; make it at most {_MAX_SIDE} on each side"
        )
    return Texture(np.ascontiguousarray(pixels[:, ::-1]) if mirrored else pixels)
