"""For the benchmarks of videos: a clip in which the true keypoints are known."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from facepoints import FaceFinder, images
from facepoints.geometry import apply_transform, tight_boxes
from facepoints.scheme import OUTER_EYE_CORNERS

ASTRONAUT = Path(__file__).parent.parent / "examples" / "astronaut.png"
WIDTH, HEIGHT, RATE = 480, 360, 30


@dataclass(frozen=True)
class Rendered:
    """A frame of a rendered clip: time, picture, and the true keypoints ``(68, 2)`` in it."""

    time: float
    image: np.ndarray
    keypoints: np.ndarray


def render(speed: float, seconds: float = 8.0, noise: float = 4.0, seed: int = 0) -> Iterator[Rendered]:
    """The astronaut, moved, turned by up to 20 degrees to either side and scaled by 0.78 to 1.28 along smooth curves.

    The truth is what the estimator finds in the still photo, on average over many crops, so that its errors on this
    face do not count as errors of the tracking.

    Args:
        speed: of the curves in hertz; at 1, the face crosses its own width four times a second.
        seconds: length.
        noise: standard deviation of the noise of each frame, in grey levels.
        seed: of the noise.
    """
    photo = images.read(ASTRONAUT)
    still = keypoints_of(photo)
    random = np.random.default_rng(seed)
    for frame in range(round(seconds * RATE)):
        time = frame / RATE
        transform = placed(still.mean(axis=0), 2 * math.pi * speed * time)
        picture = cv2.warpAffine(photo, transform, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
        noisy = np.clip(picture + random.normal(0, noise, picture.shape), 0, 255).astype(np.uint8)
        yield Rendered(time, noisy, apply_transform(transform, still))


def keypoints_of(photo: np.ndarray) -> np.ndarray:
    """``(68, 2)``: the mean over 40 crops that differ a little."""
    finder, random = FaceFinder(), np.random.default_rng(0)
    box = tight_boxes(finder.find(photo).keypoints)[0]
    boxes = box + 0.03 * max(box[2:] - box[:2]) * random.uniform(-1, 1, (40, 4))
    return np.asarray(finder.fit(photo, boxes).keypoints.mean(axis=0))


def placed(centre: np.ndarray, phase: float) -> np.ndarray:
    """The similarity ``(2, 3)`` that puts the face with this centre where it is at a phase of its path."""
    angle, scale = math.radians(20) * math.sin(0.7 * phase), math.exp(0.25 * math.sin(0.5 * phase + 1))
    cosine, sine = scale * math.cos(angle), scale * math.sin(angle)
    linear = np.array([[cosine, -sine], [sine, cosine]])
    target = np.array([WIDTH / 2 + 90 * math.sin(phase), HEIGHT / 2 + 40 * math.sin(1.3 * phase + 0.5)])
    return np.concatenate([linear, (target - linear @ centre)[:, None]], axis=1)


def outer_eye_distances(keypoints: np.ndarray) -> np.ndarray:
    """``(..., 68, 2)`` to ``(...)``."""
    left, right = OUTER_EYE_CORNERS
    return np.asarray(np.linalg.norm(keypoints[..., left, :] - keypoints[..., right, :], axis=-1))
