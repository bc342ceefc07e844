"""How a training crop looks: light, colour, resolution, blur, noise, compression, and things before the face.

Nothing here moves a pixel, so the keypoints stay true.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from facepoints.arrays import Image

__all__ = ["AppearanceConfig", "vary_appearance"]


@dataclass(frozen=True)
class AppearanceConfig:
    """Probabilities of each change of a crop's look."""

    light: float = 0.8
    grey: float = 0.1
    low_resolution: float = 0.25
    blur: float = 0.12
    occlusion: float = 0.35
    border: float = 0.08
    noise: float = 0.15
    compression: float = 0.15


def vary_appearance(image: Image, config: AppearanceConfig, random: np.random.Generator) -> Image:
    """Return a changed copy of a square crop ``(size, size, 3)`` RGB uint8."""
    steps = (
        (config.light, _change_light),
        (config.grey, _make_grey),
        (config.occlusion, _occlude),
        (config.border, _cut_border),
        (config.low_resolution, _lower_resolution),
        (config.blur, _blur),
        (config.noise, _add_noise),
        (config.compression, _compress),
    )
    for probability, step in steps:
        if random.random() < probability:
            image = step(image, random)
    return image


def _change_light(image: Image, random: np.random.Generator) -> Image:
    """Contrast, brightness, gamma and tint as one curve a channel; then saturation."""
    levels = np.linspace(0, 1, 256)[:, None]
    gamma = np.exp(random.normal(0, 0.3))
    contrast = np.exp(random.normal(0, 0.25)) * np.exp(random.normal(0, 0.06, 3))
    curve = (levels**gamma - 0.5) * contrast + 0.5 + random.normal(0, 0.12)
    table = np.clip(curve * 255, 0, 255).astype(np.uint8)
    changed = cv2.LUT(image, table[None])
    amount = float(np.clip(random.normal(1, 0.3), 0, 2))
    to_grey = np.tile(np.array([[0.299, 0.587, 0.114]]), (3, 1)) * (1 - amount)
    return np.asarray(cv2.transform(changed, to_grey + np.eye(3) * amount), dtype=np.uint8)


def _make_grey(image: Image, random: np.random.Generator) -> Image:
    return np.asarray(cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB), dtype=np.uint8)


def _occlude(image: Image, random: np.random.Generator) -> Image:
    """One to three turned ellipses or boxes: of one colour, of noise, or of another part of the same crop."""
    changed = image.copy()
    size = len(image)
    for _ in range(int(random.integers(1, 4))):
        mask = np.zeros((size, size), dtype=np.uint8)
        centre = random.uniform(0, size, 2)
        half = size * np.exp(random.uniform(np.log(0.04), np.log(0.25), 2))
        angle = float(random.uniform(0, 180))
        box = (tuple(map(float, centre)), tuple(map(float, 2 * half)), angle)
        if random.random() < 0.5:
            cv2.ellipse(mask, box, 255, -1)
        else:
            cv2.fillConvexPoly(mask, cv2.boxPoints(box).astype(np.int32), 255)
        cv2.copyTo(_filling(image, random), mask, changed)
    return changed


def _filling(image: Image, random: np.random.Generator) -> Image:
    kind = random.random()
    if kind < 0.4:
        colour = random.integers(0, 256, 3).astype(np.uint8)
        return np.broadcast_to(colour, image.shape).copy()
    if kind < 0.6:
        small = random.integers(0, 256, (8, 8, 3), dtype=np.uint8)
        return np.asarray(cv2.resize(small, image.shape[1::-1], interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    shift = random.integers(0, len(image), 2)
    return np.roll(image, (int(shift[0]), int(shift[1])), axis=(0, 1))


def _cut_border(image: Image, random: np.random.Generator) -> Image:
    """Black beyond one side, as where a face reaches over the picture's border."""
    changed = image.copy()
    width = int(random.uniform(0.05, 0.35) * len(image))
    side = int(random.integers(4))
    rows, columns = ((slice(0, width), slice(None)), (slice(-width, None), slice(None)))[side % 2]
    changed[(rows, columns) if side < 2 else (columns, rows)] = 0
    return changed


def _lower_resolution(image: Image, random: np.random.Generator) -> Image:
    size = len(image)
    small = max(8, round(size * float(np.exp(random.uniform(np.log(0.2), np.log(0.8))))))
    reduced = cv2.resize(image, (small, small), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(reduced, (size, size), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def _blur(image: Image, random: np.random.Generator) -> Image:
    if random.random() < 0.5:
        return np.asarray(cv2.GaussianBlur(image, (0, 0), float(random.uniform(0.5, 2.2))), dtype=np.uint8)
    # Motion: a line through the middle of the kernel, turned at random.
    length = int(random.integers(3, 12))
    kernel = np.zeros((length, length), dtype=np.float32)
    kernel[length // 2] = 1
    turn = cv2.getRotationMatrix2D(((length - 1) / 2, (length - 1) / 2), float(random.uniform(0, 180)), 1)
    kernel = np.asarray(cv2.warpAffine(kernel, turn, (length, length)), dtype=np.float32)
    return np.asarray(cv2.filter2D(image, -1, kernel / max(float(kernel.sum()), 1e-3)), dtype=np.uint8)


def _add_noise(image: Image, random: np.random.Generator) -> Image:
    # OpenCV's generator is ten times faster than numpy's here; its seed comes from ours.
    cv2.setRNGSeed(int(random.integers(2**31)))
    spread = np.full(3, random.uniform(2, 14))
    noise = cv2.randn(np.empty(image.shape, dtype=np.int16), np.zeros(3), spread)
    return np.asarray(cv2.add(image, noise, dtype=cv2.CV_8U), dtype=np.uint8)


def _compress(image: Image, random: np.random.Generator) -> Image:
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(15, 70))])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8)
