"""Laying transparent layers over a part of a picture."""

from __future__ import annotations

import cv2
import numpy as np

from facepoints.arrays import Array, Image

__all__ = ["MODES", "blend", "darkened", "lay_over", "scaled"]

MODES = ("normal", "multiply", "screen")


def blend(part: Image, layer: Image, mode: str) -> None:
    """Lay a layer over a part of a picture, in place.

    Args:
        part: RGB ``uint8``, ``(h, w, 3)``; may be a view.
        layer: RGBA ``uint8``, ``(h, w, 4)``, colours multiplied by alpha.
        mode: ``normal``: over it. ``multiply``: like coloured glass, only ever darker. ``screen``: like light, only
            ever brighter.
    """
    colour = cv2.cvtColor(layer, cv2.COLOR_RGBA2RGB)
    if mode == "screen":
        keep = cv2.bitwise_not(colour)
    else:
        keep = cv2.bitwise_not(cv2.cvtColor(cv2.extractChannel(layer, 3), cv2.COLOR_GRAY2RGB))
    if mode == "multiply":
        part[...] = cv2.multiply(part, cv2.add(keep, colour), scale=1 / 255)
    else:
        part[...] = cv2.add(cv2.multiply(part, keep, scale=1 / 255), colour)


def scaled(layer: Image, factor: Array | float) -> Image:
    """The layer, more transparent.

    Args:
        layer: RGBA ``uint8``, colours multiplied by alpha.
        factor: 0 to 1, one for all or ``(h, w)``.
    """
    if np.ndim(factor) == 0:
        return np.asarray(cv2.convertScaleAbs(layer, alpha=float(factor)), dtype=np.uint8)
    weight = cv2.convertScaleAbs(np.asarray(factor, dtype=np.float32), alpha=255)
    return np.asarray(cv2.multiply(layer, cv2.merge([weight] * 4), scale=1 / 255), dtype=np.uint8)


def darkened(layer: Image, factor: float) -> Image:
    """The layer with darker colours, as transparent as before.

    Args:
        layer: RGBA ``uint8``, ``(h, w, 4)``, colours multiplied by alpha.
        factor: 0 to 1.
    """
    dark = cv2.convertScaleAbs(layer, alpha=factor)
    cv2.insertChannel(cv2.extractChannel(layer, 3), dark, 3)
    return np.asarray(dark, dtype=np.uint8)


def lay_over(part: Image, cover: Image, weight: Image) -> None:
    """Put one picture over another, in place.

    Args:
        part: RGB ``uint8``, ``(h, w, 3)``; may be a view.
        cover: of the same shape.
        weight: ``uint8``, ``(h, w)``: 255 where only ``cover`` is to be seen, 0 where only ``part``.
    """
    weights = cv2.cvtColor(weight, cv2.COLOR_GRAY2RGB)
    kept = cv2.multiply(part, cv2.bitwise_not(weights), scale=1 / 255)
    part[...] = cv2.add(kept, cv2.multiply(cover, weights, scale=1 / 255))
