"""Transforms of light and colour, by torchvision; their numbers are drawn from our generator, and no pixel moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torchvision.transforms.v2 import functional

from facepoints.arrays import Image
from facepoints.datasets.torch_datasets import Sample
from facepoints.training.transforms.base import Transform, changed, check_number, check_range

__all__ = ["ColourJitter", "Grey", "RandomGamma", "channels_first"]


@dataclass(frozen=True)
class Grey(Transform):
    """Take the colour away; the picture keeps its three channels, now equal.

    Args:
        probability: of doing so.
    """

    probability: float = 1.0

    def __post_init__(self) -> None:
        check_number("probability", self.probability, low=0, high=1)

    def apply(self, sample: Sample, random: np.random.Generator) -> Sample:
        """The grey sample, or the sample itself."""
        if random.random() >= self.probability:
            return sample
        grey = functional.rgb_to_grayscale(channels_first(sample["image"]), num_output_channels=3)
        return changed(sample, _channels_last(grey))


@dataclass(frozen=True)
class RandomGamma(Transform):
    """Raise the brightness, from 0 to 1, to a power: below 1 lightens the picture, above 1 darkens it.

    Args:
        gamma: range of the power; its logarithm is drawn evenly.
    """

    gamma: tuple[float, float] = (0.7, 1.4)

    def __post_init__(self) -> None:
        check_range("gamma", self.gamma, low=1e-3)

    def apply(self, sample: Sample, random: np.random.Generator) -> Sample:
        """The sample in another light."""
        gamma = float(np.exp(random.uniform(*np.log(self.gamma))))
        return changed(sample, _channels_last(functional.adjust_gamma(channels_first(sample["image"]), gamma)))


@dataclass(frozen=True)
class ColourJitter(Transform):
    """Change brightness, contrast, saturation and hue, in any order, as torchvision's ``ColorJitter`` does.

    Args:
        brightness: the factor is drawn evenly from ``1 - brightness`` (at least 0) to ``1 + brightness``.
        contrast: the same, about the mean grey.
        saturation: the same, about grey.
        hue: the hue is turned by up to this share of the colour circle, 0.5 being all of it; about as slow as all
            the others together.
    """

    brightness: float = 0.4
    contrast: float = 0.4
    saturation: float = 0.4
    hue: float = 0.0

    def __post_init__(self) -> None:
        for name in ("brightness", "contrast", "saturation"):
            check_number(name, getattr(self, name), low=0)
        check_number("hue", self.hue, low=0, high=0.5)

    def apply(self, sample: Sample, random: np.random.Generator) -> Sample:
        """The sample in other colours."""
        steps: list[tuple[Callable[[Tensor, float], Tensor], float, float]] = [
            (functional.adjust_brightness, 1.0, self.brightness),
            (functional.adjust_contrast, 1.0, self.contrast),
            (functional.adjust_saturation, 1.0, self.saturation),
            (functional.adjust_hue, 0.0, self.hue),
        ]
        tensor = channels_first(sample["image"])
        for index in random.permutation(len(steps)):
            adjust, middle, spread = steps[index]
            factor = random.uniform(middle - spread, middle + spread)
            if spread:
                tensor = adjust(tensor, factor if middle == 0 else max(factor, 0.0))
        return changed(sample, _channels_last(tensor))


def channels_first(image: Image) -> Tensor:
    """``(H, W, 3)`` uint8 as a new tensor ``(3, H, W)``."""
    return torch.from_numpy(image.transpose(2, 0, 1).copy())


def _channels_last(tensor: Tensor) -> Image:
    return np.ascontiguousarray(tensor.permute(1, 2, 0).numpy())
