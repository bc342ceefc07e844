"""Pictures that are black but for one blob of light, to see whether points stay on what they mark."""

from __future__ import annotations

import numpy as np

from facepoints.arrays import Image
from facepoints.datasets.torch_datasets import Sample
from facepoints.scheme import POINT_COUNT

SPREAD = 2.5
"""Standard deviation of the blob in pixels."""

REACH = 9
"""Pixels from the blob's centre beyond which it is black."""


def blob_sample(height: int, width: int, number: int, seed: int) -> Sample:
    """A blob at point ``number`` of 68 points that lie anywhere, wholly inside the picture."""
    random = np.random.default_rng(seed)
    keypoints = random.uniform(REACH, np.array([width, height]) - 1 - REACH, (POINT_COUNT, 2)).astype(np.float32)
    rows, columns = np.mgrid[:height, :width]
    distance = np.hypot(columns - keypoints[number, 0], rows - keypoints[number, 1])
    light = np.where(distance < REACH, 255 * np.exp(-0.5 * (distance / SPREAD) ** 2), 0)
    return {"image": np.repeat(light.round().astype(np.uint8)[..., None], 3, axis=2), "keypoints": keypoints}


def blob_centre(image: Image) -> np.ndarray | None:
    """``(2,)`` the centre of the light, whatever even grey lies behind it; None if the picture's border cuts it off."""
    light = image.astype(float).mean(axis=2)
    light -= light.min()
    border = np.concatenate([light[0], light[-1], light[:, 0], light[:, -1]])
    if light.sum() == 0 or border.any():
        return None
    rows, columns = np.mgrid[: image.shape[0], : image.shape[1]]
    return np.array([(light * columns).sum(), (light * rows).sum()]) / light.sum()
