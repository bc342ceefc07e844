"""Known changes of a picture with a labelled face: turned, small, blurred, dark, covered. Sizes count in outer-eye
distances of the face, so that a change means the same for large and small faces."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import cv2
import numpy as np

from facepoints.arrays import Array, Floats, Image
from facepoints.geometry import apply_transform, crop_transform, tight_boxes, warp
from facepoints.scheme import OUTER_EYE_CORNERS, mirrored

Changed = tuple[Image, Floats]
Change = Callable[[Image, Floats], Changed]
"""From an RGB picture and the points ``(68, 2)`` of a face in it to both of the changed picture."""

GREY = 127
BRIGHTNESS_OF_LEVELS = np.where(
    (levels := np.arange(256) / 255) <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4
)
"""``(256,)``: the light, 0 to 1, that each level of an sRGB picture stands for (IEC 61966-2-1)."""


def changes() -> dict[str, dict[str, Change]]:
    """All of them by group and name."""
    return {
        "": {"as it is": same, "mirrored": mirror, "grey": grey},
        "turned by": {f"{degrees}°": partial(turned, degrees=degrees) for degrees in (15, 30, 45, 60, 90, 180)},
        "outer-eye distance": {f"{pixels} px": partial(shrunk, eyes=pixels) for pixels in (60, 40, 30, 20, 15, 10, 7)},
        "blurred (Gaussian), sigma": {
            f"{share:.0%} of the outer-eye distance": partial(blurred, share=share) for share in (0.02, 0.05, 0.1, 0.15)
        },
        "blurred by motion, sideways": {
            f"{share:.0%} of the outer-eye distance": partial(moved, share=share) for share in (0.1, 0.25, 0.5)
        },
        "exposure": {
            f"{'1/' if factor < 1 else '×'}{round(max(factor, 1 / factor))}": partial(exposed, factor=factor)
            for factor in (1 / 4, 1 / 16, 1 / 32, 1 / 64, 4, 8)
        },
        "exposure falls across the face to": {f"1/{part}": partial(side_lit, part=part) for part in (4, 16, 64)},
        "exposure, then noise with a sigma of 10 of 255": {
            f"1/{part}": partial(dark_and_noisy, factor=1 / part, sigma=10) for part in (16, 64)
        },
        "noise, sigma": {f"{sigma} of 255": partial(noisy, sigma=sigma) for sigma in (10, 25, 50)},
        "JPEG quality": {str(quality): partial(compressed, quality=quality) for quality in (30, 10, 5)},
        "covered in grey": {
            "eyes and brows": partial(covered, part="upper"),
            "nose, mouth and chin": partial(covered, part="lower"),
            "half on the picture's left": partial(covered, part="left"),
        },
    }


def eye_distance(keypoints: Floats) -> float:
    first, second = OUTER_EYE_CORNERS
    return float(np.linalg.norm(keypoints[first] - keypoints[second]))


def same(image: Image, keypoints: Floats) -> Changed:
    return image, keypoints


def mirror(image: Image, keypoints: Floats) -> Changed:
    return np.ascontiguousarray(image[:, ::-1]), mirrored(keypoints, image.shape[1])


def grey(image: Image, keypoints: Floats) -> Changed:
    return as_picture(cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)), keypoints


def turned(image: Image, keypoints: Floats, degrees: float) -> Changed:
    """Clockwise, the whole picture on black ground."""
    height, width = image.shape[:2]
    side = int(np.ceil(np.hypot(height, width)))
    transform = crop_transform(np.array([(width - 1) / 2, (height - 1) / 2]), side, -np.radians(degrees), side)
    return warp(image, transform, side), apply_transform(transform, keypoints)


def shrunk(image: Image, keypoints: Floats, eyes: float) -> Changed:
    """The whole picture, until the outer eye corners are ``eyes`` pixels apart; never enlarged."""
    scale = min(eyes / eye_distance(keypoints), 1.0)
    height, width = (max(round(side * scale), 1) for side in image.shape[:2])
    small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    scales = np.array([width / image.shape[1], height / image.shape[0]])
    return as_picture(small), ((keypoints + 0.5) * scales - 0.5).astype(np.float32)


def blurred(image: Image, keypoints: Floats, share: float) -> Changed:
    return as_picture(cv2.GaussianBlur(image, (0, 0), share * eye_distance(keypoints))), keypoints


def moved(image: Image, keypoints: Floats, share: float) -> Changed:
    """A streak as long as this share of the outer-eye distance, to both sides alike."""
    width = 2 * round(share * eye_distance(keypoints) / 2) + 1
    return as_picture(cv2.blur(image, (width, 1))), keypoints


def exposed(image: Image, keypoints: Floats, factor: float) -> Changed:
    """With so many times the light; what is brighter than white is cut off, and levels are rounded to 8 bits."""
    return encoded(BRIGHTNESS_OF_LEVELS[image] * factor), keypoints


def side_lit(image: Image, keypoints: Floats, part: float) -> Changed:
    """Exposure falls evenly in stops from 1 at the left edge of the face's box to ``1 / part`` at its right edge."""
    left, _, right, _ = tight_boxes(keypoints[None])[0]
    place = np.clip((np.arange(image.shape[1]) - left) / (right - left), 0, 1)
    return encoded(BRIGHTNESS_OF_LEVELS[image] * part ** -place[:, None]), keypoints


def noisy(image: Image, keypoints: Floats, sigma: float) -> Changed:
    noise = np.random.default_rng(0).normal(0, sigma, image.shape)
    return np.clip(np.rint(image + noise), 0, 255).astype(np.uint8), keypoints


def dark_and_noisy(image: Image, keypoints: Floats, factor: float, sigma: float) -> Changed:
    """As a camera sees in the dark."""
    return noisy(*exposed(image, keypoints, factor), sigma)


def compressed(image: Image, keypoints: Floats, quality: int) -> Changed:
    _, data = cv2.imencode(".jpg", image[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return as_picture(np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[:, :, ::-1])), keypoints


def covered(image: Image, keypoints: Floats, part: str) -> Changed:
    """A grey rectangle over one part of the box from chin to forehead, with a little margin outside it."""
    x1, y1, x2, y2 = tight_boxes(keypoints[None])[0]
    margin, nose = 0.25 * (y2 - y1), keypoints[28]
    left, right = (x1 - margin, nose[0] if part == "left" else x2 + margin)
    top = nose[1] if part == "lower" else y1 - margin
    bottom = nose[1] if part == "upper" else y2 + margin
    columns, rows = (slice(max(round(low), 0), max(round(high), 0)) for low, high in ((left, right), (top, bottom)))
    shown = image.copy()
    shown[rows, columns] = GREY
    return shown, keypoints


def encoded(light: Array) -> Image:
    """Light, 0 to 1 and beyond, as levels of an sRGB picture."""
    light = np.clip(light, 0, 1)
    levels = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.rint(255 * levels).astype(np.uint8)


def as_picture(image: Array) -> Image:
    return np.asarray(image, dtype=np.uint8)
