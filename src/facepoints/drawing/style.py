"""Colours and sizes of a drawing."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from facepoints.faces import Face

__all__ = ["BOX_COLOUR", "OUTLINE_COLOUR", "PALETTE", "TEXT_COLOUR", "Colour", "Style"]

Colour = tuple[int, int, int]
"""RGB."""

PALETTE: MappingProxyType[str, Colour] = MappingProxyType(
    {
        "jaw": (120, 190, 255),
        "left_brow": (255, 214, 64),
        "right_brow": (255, 214, 64),
        "nose_bridge": (130, 240, 130),
        "nostrils": (130, 240, 130),
        "left_eye": (70, 240, 255),
        "right_eye": (70, 240, 255),
        "outer_lip": (255, 90, 190),
        "inner_lip": (255, 170, 230),
    }
)
"""Colour of each group of the scheme: light ones that skin does not have, readable with the dark outline around."""

OUTLINE_COLOUR: Colour = (16, 18, 32)
BOX_COLOUR: Colour = (240, 244, 255)
TEXT_COLOUR: Colour = (255, 255, 255)


@dataclass(frozen=True)
class Style:
    """Sizes in pixels of the picture that fit a face.

    Attributes:
        point_radius: of the coloured disc.
        outline: width of the dark ring around discs and lines.
        line_width: of edges and boxes.
        text_height: of the digits of a score.
    """

    point_radius: float
    outline: float
    line_width: float
    text_height: float

    @classmethod
    def for_face(cls, face: Face) -> Style:
        """Sizes that grow with the face, so that a drawing looks alike at any scale."""
        extent = float(np.ptp(face.keypoints, axis=0).max())
        radius = max(0.5, extent * 0.0095)
        box_height = float(face.box[3] - face.box[1])
        return cls(radius, 0.4 * radius, max(0.75, extent * 0.006), max(8.0, 0.07 * box_height))
