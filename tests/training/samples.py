"""Crops to train on, few and small."""

from __future__ import annotations

import numpy as np

from facepoints.datasets.crops import FaceCrops, cut_background, cut_face, merge
from facepoints.geometry import tight_boxes
from facepoints.training.appearance import AppearanceConfig
from facepoints.training.augment import AugmentConfig, Jitter
from tests.datasets.layouts import photo_of

NO_CHANGE = AppearanceConfig(light=0, grey=0, low_resolution=0, blur=0, occlusion=0, border=0, noise=0, compression=0)

STILL = Jitter(roll=0, scale=0, shift=0)


def plain(coarse_share: float = 1.0, flip: float = 0.0) -> AugmentConfig:
    """Neither position nor looks vary."""
    return AugmentConfig(STILL, STILL, coarse_share, flip, appearance=NO_CHANGE)


def face_crops(count: int = 12, size: int = 64, background: bool = True) -> FaceCrops:
    """One face of each of ``count`` people, and two pieces of background."""
    pairs = [cut_face(*photo_of(number), size) for number in range(count)]
    keypoints = np.stack([points for _, points in pairs])
    faces = FaceCrops(
        [crop for crop, _ in pairs],
        keypoints,
        tight_boxes(keypoints),
        ["300w"] * count,
        [f"300w/{number}" for number in range(count)],
    )
    boxes = np.array([[5, 5, 30, 30], [100, 90, 120, 115]], dtype=np.float32)
    return merge([faces, cut_background(photo_of(99)[0], boxes, size, "photo")]) if background else faces
