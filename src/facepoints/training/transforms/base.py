"""What all transforms share: how they are called, and where their chance comes from."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch

from facepoints.arrays import Floats, Image, as_image
from facepoints.datasets.torch_datasets import Sample
from facepoints.errors import InputError
from facepoints.scheme import POINT_COUNT

__all__ = ["Compose", "Transform", "changed", "check_number", "check_range"]


class Transform(ABC):
    """A callable that takes a sample and returns a changed one; the sample that it is given stays as it is."""

    def __call__(self, sample: Sample, random: np.random.Generator | None = None) -> Any:
        """Return the changed sample.

        Args:
            sample: ``"image"``, RGB uint8 ``(H, W, 3)``, and ``"keypoints"``, ``(68, 2)`` in its pixels or NaN where
                there is no face; other entries are passed on as they are.
            random: where all chance comes from; None for a new generator seeded by PyTorch's, so that
                ``torch.manual_seed`` repeats a run and the processes of a loader differ from each other.

        Raises:
            InputError: no such image or keypoints.
        """
        as_image(sample["image"])
        if np.shape(sample["keypoints"]) != (POINT_COUNT, 2):
            raise InputError(f"keypoints must have shape ({POINT_COUNT}, 2); got {np.shape(sample['keypoints'])}")
        return self.apply(sample, _seeded_by_torch() if random is None else random)

    @abstractmethod
    def apply(self, sample: Sample, random: np.random.Generator) -> Any:
        """What the class does; ``sample`` has been checked."""


@dataclass(frozen=True)
class Compose(Transform):
    """One transform after another; all draw from one generator, in turn."""

    transforms: Sequence[Transform]

    def apply(self, sample: Sample, random: np.random.Generator) -> Any:
        """What the last of them returns."""
        for transform in self.transforms:
            sample = transform(sample, random)
        return sample


def changed(sample: Sample, image: Image, keypoints: Floats | None = None) -> Sample:
    """A sample with another image and, unless None, other keypoints."""
    points = sample["keypoints"] if keypoints is None else keypoints.astype(np.float32, copy=False)
    return cast("Sample", {**sample, "image": image, "keypoints": points})


def check_number(name: str, value: float, low: float, high: float = math.inf) -> None:
    """Raise InputError unless ``value`` is finite and from ``low`` to ``high``."""
    if not (low <= value <= high and math.isfinite(value)):
        raise InputError(f"{name} must be {_limits(low, high)}; got {value}")


def check_range(name: str, value: tuple[float, float], low: float, high: float = math.inf) -> None:
    """Raise InputError unless ``value`` is two finite numbers from ``low`` to ``high``, the smaller one first."""
    if len(value) != 2 or not (low <= value[0] <= value[1] <= high and math.isfinite(value[1])):
        raise InputError(f"{name} must be two numbers {_limits(low, high, 'of ')}, the smaller one first; got {value}")


def _limits(low: float, high: float, word: str = "") -> str:
    return f"{word}{low:g} or more" if math.isinf(high) else f"from {low:g} to {high:g}"


def _seeded_by_torch() -> np.random.Generator:
    return np.random.default_rng(int(torch.randint(2**63 - 1, ())))
