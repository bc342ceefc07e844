"""A video of a photo: somebody who leans, comes nearer, speaks, smiles and blinks, with the truth about each frame.

For trying and testing what works on videos where there is no video to show, or none whose truth is known.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from facepoints.arrays import Array, Floats, Image, is_number
from facepoints.datasets.expressions import ACTIONS
from facepoints.datasets.sitter import Sitter
from facepoints.errors import InputError
from facepoints.geometry import apply_transform, tight_boxes

__all__ = ["PortraitFrame", "moving_portrait"]

_FACE_SHARE = 0.42
"""Longer side of the box around the points over the side of the frame."""

_LEAN, _NEARER, _SWAY = 14.0, 0.14, (0.07, 0.03)
"""Degrees to each side; growth and shrinkage; of the frame's sides."""

_BLINKS = (0.12, 0.45, 0.83)
"""When the lids close, over the length of the video."""

_BLINK_SECONDS = 0.3
_SPEECH, _BROWS, _SERIOUS = (0.5, 0.8), (0.18, 0.42), (0.44, 0.86)
"""From when to when, over the length of the video: the mouth moves; the brows are up; the smile is gone."""

_SYLLABLES = 2.5
"""A second."""


@dataclass(frozen=True, eq=False)
class PortraitFrame:
    """One frame of a :func:`moving_portrait`.

    Attributes:
        time: in seconds.
        image: RGB ``uint8``, ``(size, size, 3)``.
        keypoints: ``(68, 2)`` float32: where the points are, as far as those of the photo are right.
        strengths: of each action, added to what the face does on the photo.
    """

    time: float
    image: Image
    keypoints: Floats
    strengths: dict[str, float]


def moving_portrait(
    photo: Image, keypoints: Array, *, seconds: float = 6.0, rate: float = 20.0, size: int = 360
) -> Iterator[PortraitFrame]:
    """The frames of a video made from one photo; played over and over, its end fits its start.

    Args:
        photo: RGB ``uint8``, ``(H, W, 3)``, with some background around the face.
        keypoints: ``(68, 2)`` of the face in pixels. It should smile, for the smile goes away for a while.
        seconds: length of the video.
        rate: frames a second.
        size: width and height of the frames in pixels.

    Raises:
        InputError: not such a photo or points, or a number that is not above 0.
    """
    for name, value in (("seconds", seconds), ("rate", rate), ("size", size)):
        if not is_number(value) or not 0 < value < math.inf:
            raise InputError(f"{name} must be a number above 0; got {value!r}")
    sitter = Sitter(photo, keypoints)
    box = tight_boxes(np.asarray(keypoints)[None])[0]
    return (_frame(sitter, box, number / rate, seconds, int(size)) for number in range(max(1, round(seconds * rate))))


def _frame(sitter: Sitter, box: Floats, time: float, seconds: float, size: int) -> PortraitFrame:
    transform = _transform(box, time / seconds, size)
    strengths = _strengths(time, seconds)
    points = apply_transform(transform, sitter.keypoints(strengths))
    return PortraitFrame(time, sitter.picture(strengths, transform, (size, size)), points, strengths)


def _transform(box: Floats, progress: float, size: int) -> Array:
    """``(2, 3)``: from the photo to a frame."""
    phase = 2 * math.pi * progress
    x1, y1, x2, y2 = (float(value) for value in box)
    scale = _FACE_SHARE * size / max(x2 - x1, y2 - y1) * (1 + _NEARER * math.cos(2 * phase))
    turn = cv2.getRotationMatrix2D(((x1 + x2) / 2, (y1 + y2) / 2), -_LEAN * math.sin(phase), scale)
    transform = np.asarray(turn, dtype=np.float64)
    sway = np.array([_SWAY[0] * math.sin(phase), _SWAY[1] * math.sin(2 * phase)]) * size
    transform[:, 2] += (size - 1) / 2 + sway - [(x1 + x2) / 2, (y1 + y2) / 2]
    return transform


def _strengths(time: float, seconds: float) -> dict[str, float]:
    progress = time / seconds
    blink = max(1 - abs(time - when * seconds) / (_BLINK_SECONDS / 2) for when in _BLINKS)
    syllable = 0.5 - 0.5 * math.cos(2 * math.pi * _SYLLABLES * (time - _SPEECH[0] * seconds))
    values = (
        -_between(progress, _SERIOUS),
        0.8 * syllable * _between(progress, _SPEECH),
        _between(progress, _BROWS),
        min(1.0, 1.6 * max(blink, 0.0)),
    )
    return dict(zip(ACTIONS, values, strict=True))


def _between(progress: float, span: tuple[float, float]) -> float:
    """0 outside of the span, 1 inside, with slopes of a twentieth of the video."""
    return min(1.0, max(0.0, 20 * min(progress - span[0], span[1] - progress)))
