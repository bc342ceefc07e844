"""Sheets of filters and of feature maps."""

from __future__ import annotations

import math

import cv2
import numpy as np

from facepoints.arrays import Floats, Image
from facepoints.report.contact_sheet import contact_sheet

__all__ = ["draw_feature_maps", "draw_filters"]

_FILTER_SIDE = 96
"""Pixels of the longer side of a drawn filter, about."""

_SIDE, _SMALL_SIDE = 112, 56
"""Pixels of the longer side that small maps are enlarged to, about; the latter where there are many."""

_MANY = 256

_LARGEST_SIDE = 256
"""Larger maps are shrunk to this."""

_ASPECT = 1.4
"""Width over height of a sheet, about."""

_FULL = 99.5
"""Percentile of the absolute values of a map that is drawn in full colour: single pixels shall not darken the rest."""

_LEVELS = (-1.0, -0.35, 0.0, 0.35, 1.0)
_COLOURS = ((110, 185, 245), (24, 84, 168), (10, 11, 14), (214, 92, 28), (255, 226, 140))
"""Blue to black to orange, so that signs are seen as colours and sizes as brightness; what is above 0, and passes a
ReLU, is the brighter."""

_MAP_LEGEND = {"below 0": _COLOURS[1], "above 0": _COLOURS[3]}
_FILTER_LEGEND = {"weight 0": (128, 128, 128)}


def draw_filters(filters: Floats) -> Image:
    """All filters with their numbers, from 0: in their colours, grey for 0, each scaled by its largest weight.

    Args:
        filters: ``(n, height, width, channels)``; 3 channels are red, green and blue. Of any other number of channels
            the mean is drawn, in grey.
    """
    factor = max(1, _FILTER_SIDE // max(filters.shape[1:3]))
    colours = filters if filters.shape[3] == 3 else filters.mean(axis=3, keepdims=True).repeat(3, axis=3)
    tiles = [np.round(127.5 + 127.5 * _scaled(one, 100)).astype(np.uint8) for one in colours]
    return _sheet([_enlarged(tile, factor) for tile in tiles], [*map(str, range(len(tiles)))], _FILTER_LEGEND)


def draw_feature_maps(maps: Floats, picture: Image) -> Image:
    """The picture, then all maps of it with their numbers, from 0; each is scaled by its own values.

    Args:
        maps: ``(n, h, w)``. What is above 0 is orange, what is below 0 blue, and 0 black.
        picture: RGB, of which they are maps.
    """
    count, height, width = maps.shape
    factor = max(1, round((_SIDE if count <= _MANY else _SMALL_SIDE) / max(height, width)))
    tiles = [_shrunk(_enlarged(_coloured(_scaled(one, _FULL)), factor)) for one in maps]
    size = tiles[0].shape[1::-1]
    first = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return _sheet([first, *tiles], ["input", *map(str, range(count))], _MAP_LEGEND)


def _sheet(tiles: list[Image], captions: list[str], legend: dict[str, tuple[int, int, int]]) -> Image:
    height, width = tiles[0].shape[:2]
    rows = math.ceil(math.sqrt(len(tiles) * width / height / _ASPECT))
    return contact_sheet(tiles, captions, math.ceil(len(tiles) / rows), legend)


def _scaled(values: Floats, percentile: float) -> Floats:
    """The values, -1 to 1: over this percentile of the absolute ones, and cut off there. 0 stays 0."""
    full = float(np.percentile(np.abs(values), percentile)) or float(np.abs(values).max())
    return np.clip(values / full, -1, 1) if full > 0 else values


def _coloured(values: Floats) -> Image:
    channels = [np.interp(values, _LEVELS, channel) for channel in zip(*_COLOURS, strict=True)]
    return np.round(np.stack(channels, axis=-1)).astype(np.uint8)


def _enlarged(tile: Image, factor: int) -> Image:
    return tile.repeat(factor, axis=0).repeat(factor, axis=1)


def _shrunk(tile: Image) -> Image:
    scale = _LARGEST_SIDE / max(tile.shape[:2])
    if scale >= 1:
        return tile
    size = [max(1, round(side * scale)) for side in tile.shape[1::-1]]
    return np.asarray(cv2.resize(tile, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
