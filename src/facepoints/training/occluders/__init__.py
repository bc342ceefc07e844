"""Things that people have before their faces, drawn where they belong: glasses, hands, masks, hair, microphones.

No photo of such a thing is used: all are shapes, placed by the keypoints, with colours drawn at random or taken from
the face's own skin. They teach a network what random boxes do not: that dark lenses have eyes behind them, and that a
thing of the colour of skin need not be the jaw.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from facepoints.arrays import Floats, Image
from facepoints.geometry import CROP_SCALE
from facepoints.scheme import MEAN_FACE
from facepoints.training.occluders.colours import skin_colour
from facepoints.training.occluders.held import draw_hand, draw_microphone
from facepoints.training.occluders.painting import FaceFrame
from facepoints.training.occluders.worn import draw_glasses, draw_hair, draw_mask

__all__ = ["OCCLUDERS", "add_occluder"]

OCCLUDERS: dict[str, tuple[float, Callable[[Image, FaceFrame, np.random.Generator], None]]] = {
    "glasses": (0.35, draw_glasses),
    "hand": (0.25, draw_hand),
    "mask": (0.15, draw_mask),
    "hair": (0.15, draw_hair),
    "microphone": (0.1, draw_microphone),
}
"""How often each is drawn, and what draws it into an image."""

_GREY = 6
"""Levels by which the channels of a grey photo's skin may differ."""


def add_occluder(image: Image, keypoints: Floats, random: np.random.Generator) -> Image:
    """A copy of a crop with one of :data:`OCCLUDERS` before the face.

    Args:
        image: ``(size, size, 3)`` RGB uint8.
        keypoints: ``(68, 2)`` in its pixels. NaN for background, which gets such things as well, where a face would
            have them: else a network would take them for the sign of a face.
        random: where all chance comes from.
    """
    changed = image.copy()
    face = FaceFrame.of(keypoints if np.isfinite(keypoints).all() else _usual_face(len(image)))
    grey = float(np.ptp(skin_colour(image, face))) < _GREY
    shares = np.cumsum([share for share, _ in OCCLUDERS.values()])
    kind = list(OCCLUDERS)[int(np.searchsorted(shares, random.random() * shares[-1], side="right"))]
    OCCLUDERS[kind][1](changed, face, random)
    if grey:
        cv2.cvtColor(cv2.cvtColor(changed, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB, dst=changed)
    return changed


def _usual_face(size: int) -> Floats:
    """Where the points of a mean face lie in its crop."""
    low, high = MEAN_FACE.min(axis=0), MEAN_FACE.max(axis=0)
    scale = size / (CROP_SCALE * float((high - low).max()))
    return np.asarray((MEAN_FACE - (low + high) / 2) * scale + (size - 1) / 2, dtype=np.float32)
