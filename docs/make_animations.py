"""Make the README's two animations anew: python docs/make_animations.py (needs pillow)."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as Pillow

import facepoints
from facepoints import filters
from facepoints.arrays import Array, Floats, Image
from facepoints.faces import Faces
from facepoints.geometry import apply_transform, wider_style_boxes
from facepoints.video import FaceTracker

ROOT = Path(__file__).parent.parent
FRAMES, RATE = 60, 20

# Set by hand on examples/chelsea.png, pixels of the photo.
CAT_POINTS = (
    *((50, 95), (48, 125), (52, 155), (60, 185), (72, 215), (92, 245), (122, 270), (165, 287), (235, 296)),
    *((285, 294), (308, 282), (322, 265), (334, 240), (344, 212), (352, 180), (356, 148), (356, 115)),
    *((112, 88), (130, 70), (160, 60), (190, 66), (212, 82)),
    *((288, 92), (300, 82), (318, 78), (336, 86), (348, 102)),
    *((247, 125), (250, 160), (253, 195), (256, 222)),
    *((235, 230), (246, 246), (257, 262), (272, 246), (288, 232)),
    *((136, 109), (152, 88), (178, 86), (203, 112), (188, 142), (157, 137)),
    *((295, 128), (308, 112), (328, 111), (341, 124), (333, 152), (308, 160)),
    *((192, 268), (212, 275), (235, 275), (257, 268), (271, 274), (285, 275), (298, 266)),
    *((287, 283), (271, 289), (253, 290), (232, 289), (209, 283)),
    *((200, 271), (235, 278), (256, 272), (271, 277), (292, 268), (271, 283), (254, 284), (233, 283)),
)


def main() -> None:
    """Write ``docs/images/mask.webp`` and ``docs/images/mask_cat.webp``."""
    mask = filters.load("mask")
    photo = facepoints.read(ROOT / "examples" / "astronaut.png")
    tracker = FaceTracker()
    moves = [motion((224.0, 120.0), 1.35, 20.0, frame, (300, 300)) for frame in range(FRAMES)]
    clip = [warped(photo, move, (300, 300)) for move in moves]
    # Twice: the loop should begin as it ends, with the filter of motion in full swing.
    seen = [tracker.update(image, number / RATE) for number, image in enumerate(clip + clip)][FRAMES:]
    write(ROOT / "docs" / "images" / "mask.webp", [mask.apply(*frame) for frame in zip(clip, seen, strict=True)])
    cat = facepoints.read(ROOT / "examples" / "chelsea.png")
    moves = [motion((225.0, 150.0), 0.8, 8.0, frame, (360, 270)) for frame in range(FRAMES)]
    frames = [mask.apply(warped(cat, move, (360, 270)), cat_face(move)) for move in moves]
    write(ROOT / "docs" / "images" / "mask_cat.webp", frames)


def motion(centre: tuple[float, float], scale: float, lean: float, frame: int, size: tuple[int, int]) -> Array:
    """From the photo to a frame: a lean to each side, a step near and back, a sway; ``(2, 3)``."""
    phase = 2 * math.pi * frame / FRAMES
    transform = cv2.getRotationMatrix2D(centre, lean * math.sin(phase), scale * (1 + 0.14 * math.cos(2 * phase)))
    sway = np.array([18 * math.sin(phase), 8 * math.sin(2 * phase)])
    transform[:, 2] += np.array(size) / 2 + sway - centre
    return transform


def warped(photo: Image, transform: Array, size: tuple[int, int]) -> Image:
    """A frame."""
    return np.asarray(
        cv2.warpAffine(photo, transform, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REFLECT_101),
        dtype=np.uint8,
    )


def cat_face(transform: Array) -> Faces:
    """Chelsea in a frame; no detector finds her, since she looks aside."""
    keypoints: Floats = apply_transform(transform, np.array(CAT_POINTS, dtype=np.float32))[None]
    return Faces(wider_style_boxes(keypoints), np.ones(1), keypoints, np.ones((1, 68)))


def write(path: Path, frames: list[Image]) -> None:
    """An endless animation."""
    pictures = [Pillow.fromarray(frame) for frame in frames]
    pictures[0].save(
        path, save_all=True, append_images=pictures[1:], duration=1000 // RATE, loop=0, quality=70, method=6
    )


if __name__ == "__main__":
    main()
