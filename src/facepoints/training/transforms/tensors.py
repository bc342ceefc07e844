"""The last transform: tensors for a network, and the scales of the keypoints in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import torch
from torchvision.transforms.v2 import functional

from facepoints.arrays import Array, Floats
from facepoints.datasets.torch_datasets import Sample
from facepoints.errors import InputError
from facepoints.training.transforms.base import Transform
from facepoints.training.transforms.colour import channels_first

__all__ = ["FixedScale", "KeypointScale", "RelativeScale", "ToTensors"]


class KeypointScale(Protocol):
    """Maps keypoints ``(..., 2)`` in pixels to the numbers that a network learns, and back."""

    def normalise(self, keypoints: Array, shape: tuple[int, int]) -> Floats:
        """From pixels of a picture of ``shape`` (height, width)."""

    def restore(self, keypoints: Array, shape: tuple[int, int]) -> Floats:
        """What undoes :meth:`normalise`."""


@dataclass(frozen=True)
class FixedScale:
    """``(p - centre) / spread`` whatever the picture's size; the defaults are the course project's for 224 pixels.

    Args:
        centre: in pixels.
        spread: in pixels.
    """

    centre: float = 100.0
    spread: float = 50.0

    def __post_init__(self) -> None:
        if not self.spread > 0:
            raise InputError(f"spread must be above 0; got {self.spread}")

    def normalise(self, keypoints: Array, shape: tuple[int, int]) -> Floats:
        """From pixels; ``shape`` makes no difference."""
        return np.asarray((np.asarray(keypoints) - self.centre) / self.spread, dtype=np.float32)

    def restore(self, keypoints: Array, shape: tuple[int, int]) -> Floats:
        """To pixels; ``shape`` makes no difference."""
        return np.asarray(np.asarray(keypoints) * self.spread + self.centre, dtype=np.float32)


@dataclass(frozen=True)
class RelativeScale:
    """-1 at the left and upper border of the picture, 1 at the right and lower one.

    The border is that of the outer pixels, half a pixel beyond their centres, as in ``torch.nn.functional.grid_sample``
    with ``align_corners=False``: ``(p + 0.5) * 2 / side - 1``.
    """

    def normalise(self, keypoints: Array, shape: tuple[int, int]) -> Floats:
        """From pixels of a picture of ``shape`` (height, width)."""
        return np.asarray((np.asarray(keypoints) + 0.5) * 2 / np.array(shape[::-1]) - 1, dtype=np.float32)

    def restore(self, keypoints: Array, shape: tuple[int, int]) -> Floats:
        """To pixels of a picture of ``shape`` (height, width)."""
        return np.asarray((np.asarray(keypoints) + 1) * np.array(shape[::-1]) / 2 - 0.5, dtype=np.float32)


@dataclass(frozen=True)
class ToTensors(Transform):
    """Turn a sample into tensors: ``"image"`` float32 ``(C, H, W)`` from 0 to 1, ``"keypoints"`` float32 ``(68, 2)``.

    Args:
        keypoints: their scale. ``keypoints.restore(predicted, (H, W))`` leads back to pixels.
        channels: 3, or 1 for grey.
    """

    keypoints: KeypointScale = field(default_factory=RelativeScale)
    channels: int = 3

    def __post_init__(self) -> None:
        if self.channels not in (1, 3):
            raise InputError(f"channels must be 1 or 3; got {self.channels}")

    def apply(self, sample: Sample, random: np.random.Generator) -> dict[str, Any]:
        """The tensors, and other entries of the sample as they are."""
        image = channels_first(sample["image"])
        if self.channels == 1:
            image = functional.rgb_to_grayscale(image)
        height, width = sample["image"].shape[:2]
        return {
            **sample,
            "image": functional.to_dtype(image, torch.float32, scale=True),
            "keypoints": torch.from_numpy(self.keypoints.normalise(sample["keypoints"], (height, width))),
        }
