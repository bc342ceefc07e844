"""Colours of skin, cloth and frames: one, ``(3)``, or a swatch ``(rows, columns, 3)``, in levels from 0 to 255."""

from __future__ import annotations

import numpy as np

from facepoints.arrays import Array, Image
from facepoints.training.occluders.painting import FaceFrame

__all__ = ["cloth", "gradient", "hair_colour", "hand_colour", "material", "skin_colour"]


def skin_colour(image: Image, face: FaceFrame) -> Array:
    """The colour of the face's cheeks and nose, as far as they are in the picture."""
    points = face.keypoints
    places = np.stack([(points[2] + points[31]) / 2, (points[14] + points[35]) / 2, points[29]])
    columns, rows = np.clip(np.round(places), 0, len(image) - 1).astype(int).T
    return np.asarray(np.median(image[rows, columns], axis=0))


def hand_colour(image: Image, face: FaceFrame, random: np.random.Generator) -> Array:
    """Near that of the face, or of somebody else's skin."""
    if random.random() < 0.2:
        return random.uniform(60, 235) * np.array([1, random.uniform(0.72, 0.85), random.uniform(0.55, 0.75)])
    return skin_colour(image, face) * random.uniform(0.75, 1.2) + random.uniform(-5, 5, 3)


def hair_colour(random: np.random.Generator) -> Array:
    """From black to brown, or from blond to grey."""
    if random.random() < 0.7:
        return random.uniform(5, 70) * np.array([1, 0.8, 0.65])
    return random.uniform(110, 220) * np.array([1, random.uniform(0.75, 1), random.uniform(0.5, 1)])


def material(random: np.random.Generator) -> Array:
    """Black, metal, or any other colour."""
    kind = random.random()
    if kind < 0.8:
        return np.full(3, random.uniform(0, 60) if kind < 0.6 else random.uniform(120, 230))
    return random.uniform(0, 255, 3)


def gradient(first: Array, second: Array, random: np.random.Generator, size: int = 2, grain: float = 0) -> Array:
    """From one colour to another across or along a swatch of ``size`` squares a side, each off by ``grain`` levels."""
    share = np.linspace(0, 1, size)[:, None, None] * np.ones((1, size, 1))
    if random.random() < 0.5:
        share = share.transpose(1, 0, 2)
    return np.asarray(first + share * (second - first) + random.normal(0, grain, (size, size, 1)))


def cloth(random: np.random.Generator) -> Array:
    """White, black, light blue or any other colour, shaded or with a coarse pattern."""
    colours = (np.full(3, 235.0), np.full(3, 25.0), np.array([150.0, 195.0, 225.0]), random.uniform(0, 255, 3))
    colour = colours[int(random.integers(len(colours)))]
    if random.random() < 0.6:
        return gradient(colour, colour * random.uniform(0.6, 1), random)
    weight = random.random((int(random.integers(2, 16)), int(random.integers(2, 16)), 1))
    return np.asarray(weight * colour + (1 - weight) * random.uniform(0, 255, 3))
