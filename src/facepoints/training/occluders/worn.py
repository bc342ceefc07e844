"""What people wear: glasses, masks and scarfs, hair that falls over the face."""

from __future__ import annotations

import cv2
import numpy as np

from facepoints.arrays import Array, Image
from facepoints.training.occluders.colours import cloth, gradient, hair_colour, material
from facepoints.training.occluders.painting import FaceFrame, empty_mask, fill, paint, strokes, superellipse

__all__ = ["draw_glasses", "draw_hair", "draw_mask"]


def draw_glasses(image: Image, face: FaceFrame, random: np.random.Generator) -> None:
    """Dark, coloured or clear lenses in a frame, from round to square, with temples to the ears."""
    lenses, frame = empty_mask(image), empty_mask(image)
    width, power, droop = random.uniform(0.5, 0.64), random.uniform(2, 4.5), random.uniform(-0.15, 0.4)
    down, middle = face.axes[1] * random.uniform(0.17, 0.3), face.keypoints[27] + face.axes[1] * random.uniform(0, 0.1)
    lines, bridge = [], []
    for corner, ear, sign in ((36, 0, -1), (45, 16, 1)):
        # Half a lens's width follows the distance from nose bridge to eye corner: far eyes have narrow lenses.
        half = face.keypoints[corner] - face.keypoints[27] + sign * 0.05 * face.axes[0]
        outline = superellipse(middle + (0.1 + width) * half, width * half, down, power)
        depth = np.maximum((outline - middle) @ face.axes[1], 0) / face.unit**2
        outline += depth[:, None] * droop * half
        fill(lenses, outline)
        hinge = middle + (0.1 + 2 * width) * half - 0.3 * down
        bridge.append(middle + 0.12 * half - 0.3 * down)
        lines += [np.concatenate([outline, outline[:1]]), np.stack([hinge, face.keypoints[ear]])]
    strokes(frame, [*lines, np.stack(bridge)], face.unit * random.uniform(0.015, 0.07))

    colour = random.uniform(0, 255, 3) if random.random() < 0.15 else random.uniform(0, 70) + random.uniform(-15, 15, 3)
    opacity = random.uniform(0.05, 0.25) if random.random() < 0.25 else random.uniform(0.75, 1)
    paint(image, lenses, gradient(colour, colour + random.uniform(0, 70), random), opacity)
    if random.random() < 0.4:
        paint(image, _glare(lenses, face, random), np.full(3, 255.0), random.uniform(0.2, 0.7))
    paint(image, frame, material(random), random.uniform(0.8, 1))


def _glare(lenses: Image, face: FaceFrame, random: np.random.Generator) -> Image:
    """Where a bright stripe falls on the lenses."""
    stripe = np.zeros_like(lenses)
    x, lean = random.uniform(-0.5, 0.5), random.uniform(-0.3, 0.3)
    strokes(stripe, [face.at(np.array([[x - lean, -0.4], [x + lean, 0.5]]))], face.unit * random.uniform(0.04, 0.15))
    return np.asarray(cv2.bitwise_and(stripe, lenses), dtype=np.uint8)


def draw_mask(image: Image, face: FaceFrame, random: np.random.Generator) -> None:
    """A mask from nose or mouth to the chin, or a scarf that reaches to the border below, with folds."""
    points = face.keypoints
    first = int(random.integers(1, 5))
    jaw = points[first : 17 - first]
    jaw = jaw + (jaw - points[33]) * random.uniform(0, 0.12)
    tops = (points[28], points[30], points[33], points[51], (points[57] + points[8]) / 2)
    top = tops[int(random.integers(max(0, first - 2), len(tops)))]
    edge = np.stack([jaw[-1] / 3 + top * 2 / 3, top, jaw[0] / 3 + top * 2 / 3])
    folds, mask = empty_mask(image), empty_mask(image)
    shares = random.uniform(0.1, 0.9, int(random.integers(1, 5)))
    low, high = points[[5, 8, 11]] + 0.2 * face.axes[1], np.stack([jaw[0], top, jaw[-1]])
    strokes(folds, [high + share * (low - high) for share in shares], face.unit * random.uniform(0.02, 0.06))
    if random.random() < 0.4:
        jaw = np.stack([jaw[0], jaw[1], jaw[1] + 3 * face.axes[1], jaw[-2] + 3 * face.axes[1], jaw[-2], jaw[-1]])
    fill(mask, np.concatenate([jaw, edge]))
    paint(image, mask, cloth(random))
    shade = np.full(3, float(random.choice([0, 255])))
    paint(image, np.asarray(cv2.bitwise_and(folds, mask), dtype=np.uint8), shade, random.uniform(0.1, 0.35))


def draw_hair(image: Image, face: FaceFrame, random: np.random.Generator) -> None:
    """Strands that fall over the forehead and an eye, or down one side of the face."""
    strands = _strands(face, random)
    colour, width = hair_colour(random), face.unit * random.uniform(0.02, 0.08)
    for part, shade in ((strands[::2], 0.7), (strands[1::2], 1.0), (strands[::5], 1.35)):
        mask = empty_mask(image)
        strokes(mask, list(part), width)
        paint(image, mask, colour * shade, 0.9)
        width *= 0.7


def _strands(face: FaceFrame, random: np.random.Generator) -> Array:
    """Bent lines in crop pixels, ``(count, 6, 2)``."""
    count, middle = int(random.integers(12, 40)), random.uniform(-0.9, 0.9)
    lean, length = random.normal(0, 0.5), random.uniform(0.5, 1.0)
    if abs(middle) > 0.55:  # beside the face they may hang down to the chin
        length, lean = length * random.uniform(1, 2.2), lean * 0.4
    roots = np.stack([random.normal(middle, random.uniform(0.1, 0.5), count), np.full(count, -0.95)], axis=1)
    falls = np.stack([random.normal(lean, 0.12, count), length * random.uniform(0.7, 1.1, count)], axis=1)
    bends = np.stack([random.normal(lean / 2, 0.1, count), np.zeros(count)], axis=1)
    step = np.linspace(0, 1, 6)[:, None]
    return face.at(roots[:, None] + step * falls[:, None] + step * (1 - step) * bends[:, None])
