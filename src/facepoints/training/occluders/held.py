"""What people hold before their faces: hands and microphones."""

from __future__ import annotations

import cv2
import numpy as np

from facepoints.arrays import Array, Image
from facepoints.training.occluders.colours import cloth, gradient, hand_colour, material
from facepoints.training.occluders.painting import FaceFrame, empty_mask, fill, paint, strokes, superellipse

__all__ = ["draw_hand", "draw_microphone"]

_FINGER = 0.23
"""Width of a finger, in outer-eye distances."""


def draw_hand(image: Image, face: FaceFrame, random: np.random.Generator) -> None:
    """Two to four fingers side by side, the back of a hand, and an arm or sleeve."""
    unit = face.unit * random.uniform(0.8, 1.15)
    back = _arm_direction(random) @ face.axes / face.unit
    side = np.array([-back[1], back[0]])
    target, length = face.at(_place_on_face(random)), random.uniform(0.5, 1.0) * unit
    fingers = _fingers(target, back * length, side * unit, random)
    palm = superellipse(target + back * (length + 0.35 * unit), side * 0.48 * unit, back * 0.5 * unit, 2.6)
    arm = target + back * np.array([[length + 0.6 * unit], [length + 5 * unit]])

    whole, light = empty_mask(image), empty_mask(image)
    strokes(whole, fingers, _FINGER * unit)
    fill(whole, palm)
    strokes(whole, [arm], 0.65 * unit)
    strokes(light, fingers, 0.5 * _FINGER * unit)
    fill(light, palm * 0.8 + palm.mean(axis=0) * 0.2)
    strokes(light, [arm], 0.4 * unit)
    skin, softness = hand_colour(image, face, random), 2 * round(0.06 * unit) + 1
    paint(image, whole, skin * random.uniform(0.6, 0.85))
    paint(image, np.asarray(cv2.blur(light, (softness, softness)), dtype=np.uint8), skin)
    if random.random() < 0.5:
        sleeve = empty_mask(image)
        strokes(sleeve, [arm + back * random.uniform(0, 0.5) * unit], random.uniform(0.75, 1.1) * unit)
        paint(image, sleeve, cloth(random))


def _arm_direction(random: np.random.Generator) -> Array:
    """From the fingertips to the arm, ``(2)`` in the frame of the face: from above less often than from elsewhere."""
    angle = random.uniform(-0.2, 1.2) * np.pi if random.random() < 0.7 else random.uniform(0, 2 * np.pi)
    return np.array([np.cos(angle), np.sin(angle)])


def _place_on_face(random: np.random.Generator) -> Array:
    """``(2)`` in the frame of the face: about mouth and chin in half of all cases."""
    if random.random() < 0.5:
        return np.array([random.uniform(-0.5, 0.5), random.uniform(0.6, 1.3)])
    return np.array([random.uniform(-0.8, 0.8), random.uniform(-0.4, 1.2)])


def _fingers(target: Array, length: Array, side: Array, random: np.random.Generator) -> list[Array]:
    """Lines from tip to root, ``(3, 2)`` each; the tips lie about ``target``, apart or together."""
    count, spread, opening = int(random.integers(2, 5)), random.uniform(0.95, 1.2) * _FINGER, random.uniform(1, 1.3)
    lines = []
    for number in range(count):
        across = side * (number - (count - 1) / 2) * spread
        tip = target + length * random.uniform(0, 0.2) + across * opening
        lines.append(np.stack([tip, target + length / 2 + across, target + length + across * 0.95]))
    return lines


def draw_microphone(image: Image, face: FaceFrame, random: np.random.Generator) -> None:
    """A ball, most often dark, below or before the mouth, on a handle from below."""
    centre = face.at(np.array([random.normal(0, 0.3), random.uniform(0.75, 1.35)]))
    down = np.array([random.normal(0, 0.5), 1.0]) @ face.axes
    handle, head = empty_mask(image), empty_mask(image)
    strokes(handle, [np.stack([centre, centre + 3 * down])], face.unit * random.uniform(0.12, 0.22))
    lengthwise = down / np.linalg.norm(down) * face.unit * random.uniform(0.14, 0.32)
    across = np.array([-lengthwise[1], lengthwise[0]]) * random.uniform(0.75, 1)
    fill(head, superellipse(centre, across, lengthwise * random.uniform(1, 1.4), random.uniform(2, 3)))
    colour = np.full(3, random.uniform(0, 80)) if random.random() < 0.8 else random.uniform(0, 255, 3)
    paint(image, handle, material(random))
    paint(image, head, gradient(colour, colour + random.uniform(0, 90), random, size=24, grain=20))
