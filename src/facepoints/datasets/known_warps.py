"""Pictures of one known face as other people, seen from elsewhere and in other light, with labels that stay exact.

Each change of the picture is a mapping whose effect on a point is known, so the labels of the changed picture are the
changed labels: no network has a say in them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from facepoints.arrays import Array, Floats, Image
from facepoints.scheme import OUTER_EYE_CORNERS, mirrored

__all__ = ["Person", "photo_of", "random_person"]

_BUMP_WIDTH = 0.45
"""Standard deviation of a bump, in distances of the outer eye corners."""

_AWAY = 6.0
"""Distance of the camera, in distances of the outer eye corners: near enough for a visible perspective."""

_OVERSAMPLING = 2
_ITERATIONS = 40

# Points around which a face is pulled, and the direction in which its halves go: (left points, right points, dx, dy).
_FEATURES = {
    "jaw": ((4, 5), (11, 12), 1.0, 0.0),
    "chin": ((7, 8), (8, 9), 0.0, 1.0),
    "brows": ((18, 19, 20), (23, 24, 25), 0.0, 1.0),
    "eyes": ((36, 39), (42, 45), 1.0, 0.0),
    "nose": ((31, 33), (33, 35), 0.0, 1.0),
    "nostrils": ((31,), (35,), 1.0, 0.0),
    "mouth": ((48, 59), (54, 55), 1.0, 0.0),
}


@dataclass(frozen=True, eq=False)
class Person:
    """One face and how it is drawn from the portrait.

    Attributes:
        image: the portrait, or its mirror image.
        keypoints: ``(68, 2)`` of it.
        centres: ``(k, 2)`` of the bumps that deform the face, in pixels of the portrait.
        pulls: ``(k, 2)`` how far each pulls at its centre, in pixels.
        width: standard deviation of the bumps in pixels.
        stretch: width of the face over its height, relative to the portrait.
        tint: ``(3,)`` gain of red, green and blue.
    """

    image: Image
    keypoints: Floats
    centres: Array
    pulls: Array
    width: float
    stretch: float
    tint: Array

    @cached_property
    def pull_map(self) -> Floats:
        """``(H, W, 2)`` how far each pixel of the deformed portrait is from where it comes from: so smooth that what
        lies between pixels may be interpolated, a thousandth of a pixel off, in a tenth of the time."""
        height, width = self.image.shape[:2]
        grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1).astype(np.float64)
        return (self.source_of(grid) - grid).astype(np.float32)

    def source_of(self, points: Array) -> Array:
        """Where in the portrait a point ``(..., 2)`` of the deformed face comes from."""
        squares = ((points[..., None, :] - self.centres) ** 2).sum(axis=-1)
        return np.asarray(points + np.exp(-squares / (2 * self.width**2)) @ self.pulls)

    def moved(self, points: Array) -> Array:
        """Where a point ``(..., 2)`` of the portrait goes: the inverse of :meth:`source_of`, by fixed-point iteration
        (the bumps are low and wide, so it contracts)."""
        found = np.asarray(points, dtype=np.float64)
        for _ in range(_ITERATIONS):
            found = found - (self.source_of(found) - points)
        return found


def random_person(image: Image, keypoints: Floats, random: np.random.Generator) -> Person:
    """Another face, made from a portrait by smooth bumps, a stretch, a tint and perhaps a mirror.

    Args:
        image: the portrait.
        keypoints: ``(68, 2)`` of its face.
        random: what the choices are drawn from.
    """
    if random.random() < 0.5:
        image, keypoints = np.ascontiguousarray(image[:, ::-1]), mirrored(keypoints, image.shape[1])
    unit = _eye_distance(keypoints)
    centres, pulls = [], []
    for left, right, dx, dy in _FEATURES.values():
        amount = random.uniform(-0.08, 0.08) * unit
        for points, side in ((left, -1), (right, 1)):
            centres.append(keypoints[list(points)].mean(axis=0))
            pulls.append((side * dx * amount, dy * amount))
    tint = random.uniform(0.72, 1.0) * random.uniform([1.0, 0.9, 0.8], [1.05, 1.0, 1.0])
    return Person(
        image,
        keypoints,
        np.asarray(centres, dtype=np.float64),
        np.asarray(pulls, dtype=np.float64),
        _BUMP_WIDTH * unit,
        random.uniform(0.92, 1.08),
        tint,
    )


def photo_of(person: Person, random: np.random.Generator) -> tuple[Image, Floats]:
    """A picture of that person: another size, place, roll and direction of view, other light, some blur and noise.

    Returns:
        The RGB picture, 100 to 300 pixels wide, and its true keypoints ``(68, 2)`` in its pixels.
    """
    distance = random.uniform(26, 58)
    width, height = round(distance * random.uniform(3.6, 4.6)), round(distance * random.uniform(4.2, 5.2))
    camera = _camera(person, distance, (width, height), random)
    photo = _lit(_seen(person, camera, width, height), person.tint, distance, random)
    return photo, _project(camera, person.moved(person.keypoints)).astype(np.float32)


def _camera(person: Person, distance: float, size: tuple[int, int], random: np.random.Generator) -> Array:
    """The homography ``(3, 3)`` from the deformed portrait to the picture: a flat portrait, turned in space."""
    yaw, pitch, roll = np.radians(random.uniform([-28, -16, -22], [28, 16, 22]))
    centre = person.keypoints.mean(axis=0)
    unit = _eye_distance(person.keypoints)
    turn = _rotation(yaw, pitch, roll) @ np.diag([person.stretch / unit, 1 / unit, 1.0])
    flat = turn @ np.array([[1, 0, -centre[0]], [0, 1, -centre[1]], [0, 0, 0]], dtype=np.float64)
    flat[2, 2] += _AWAY
    middle = (np.asarray(size) - 1) / 2 + random.uniform(-0.25, 0.25, 2) * distance
    lens = np.array([[distance * _AWAY, 0, middle[0]], [0, distance * _AWAY, middle[1]], [0, 0, 1]])
    return np.asarray(lens @ flat)


def _rotation(yaw: float, pitch: float, roll: float) -> Array:
    about_y = np.array([[math.cos(yaw), 0, math.sin(yaw)], [0, 1, 0], [-math.sin(yaw), 0, math.cos(yaw)]])
    about_x = np.array([[1, 0, 0], [0, math.cos(pitch), -math.sin(pitch)], [0, math.sin(pitch), math.cos(pitch)]])
    about_z = np.array([[math.cos(roll), -math.sin(roll), 0], [math.sin(roll), math.cos(roll), 0], [0, 0, 1]])
    return np.asarray(about_z @ about_x @ about_y)


def _seen(person: Person, camera: Array, width: int, height: int) -> Image:
    """The picture that the camera takes, averaged over several samples a pixel: shrinking would alias otherwise."""
    columns, rows = ((np.arange(length * _OVERSAMPLING) + 0.5) / _OVERSAMPLING - 0.5 for length in (width, height))
    grid = np.stack(np.meshgrid(columns, rows), axis=-1)
    x, y = np.moveaxis(_project(np.linalg.inv(camera), grid).astype(np.float32), -1, 0)
    pull = cv2.remap(person.pull_map, x, y, cv2.INTER_LINEAR)  # beyond the portrait nothing is pulled
    x, y = x + pull[..., 0], y + pull[..., 1]
    fine = cv2.remap(person.image, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(fine, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _lit(image: Image, tint: Array, distance: float, random: np.random.Generator) -> Image:
    """The picture in other light: tint, exposure, a lamp from one side, blur and the noise of a sensor."""
    height, width = image.shape[:2]
    angle = random.uniform(0, 2 * math.pi)
    along = np.linspace(-1, 1, width) * math.cos(angle) + np.linspace(-1, 1, height)[:, None] * math.sin(angle)
    lamp = 1 + random.uniform(0, 0.35) * along[..., None]
    light = (image / 255.0) ** random.uniform(0.8, 1.3) * tint * random.uniform(0.75, 1.15) * lamp
    blurred = cv2.GaussianBlur(light, (0, 0), max(0.01, distance * random.uniform(0, 0.022)))
    noisy = blurred + random.normal(0, random.uniform(0, 0.015), image.shape)
    return np.asarray(np.clip(np.round(noisy * 255), 0, 255), dtype=np.uint8)


def _project(homography: Array, points: Array) -> Array:
    mapped = points @ homography[:, :2].T + homography[:, 2]
    return np.asarray(mapped[..., :2] / mapped[..., 2:])


def _eye_distance(keypoints: Floats) -> float:
    first, second = OUTER_EYE_CORNERS
    return float(np.linalg.norm(keypoints[first] - keypoints[second]))
