"""Transforms that move pixels, and the keypoints with them.

torchvision's own are not used here: its ``KeyPoints`` (from 0.23) are scaled without regard to pixel centres, half a
pixel off at a factor of 2, and its flip leaves the left eye's points to the right eye.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from facepoints.arrays import Array, Floats, Image, is_number
from facepoints.datasets.torch_datasets import Sample
from facepoints.errors import InputError
from facepoints.geometry import apply_transform, crop_transform, tight_boxes, warp
from facepoints.scheme import mirrored
from facepoints.training.transforms.base import Transform, changed, check_number, check_range

__all__ = ["FaceCrop", "RandomCrop", "RandomFlip", "RandomQuarterTurn", "RandomTurn", "Rescale"]

_WIDEST = 32_766
"""Pixels of the longest side that OpenCV's warps take."""


@dataclass(frozen=True)
class Rescale(Transform):
    """Resize the picture.

    Args:
        size: of the shorter side in pixels, the shape being kept; or the exact (height, width).
    """

    size: int | tuple[int, int]

    def __post_init__(self) -> None:
        _check_size(self.size)

    def apply(self, sample: Sample, random: np.random.Generator) -> Sample:
        """The resized picture; nothing here is left to chance."""
        image = sample["image"]
        old = np.asarray(image.shape[:2])
        if isinstance(self.size, tuple):
            height, width = self.size
        else:
            height, width = (max(1, round(self.size * int(side) / int(old.min()))) for side in old)
        # Pixel p covers p - 0.5 to p + 0.5, and the borders of the two pictures are the same.
        factor = np.array([width, height]) / old[::-1]
        return changed(sample, _resized(image, height, width), (sample["keypoints"] + 0.5) * factor - 0.5)


def _resized(image: Image, height: int, width: int) -> Image:
    # Area averaging does not alias where a side shrinks, but puts pixels in the wrong place where one grows.
    smaller = (min(width, image.shape[1]), min(height, image.shape[0]))
    reduced = cv2.resize(image, smaller, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(reduced, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


@dataclass(frozen=True)
class RandomCrop(Transform):
    """Cut out a part of this size, all places being equally likely.

    Args:
        size: of a square's side in pixels, or (height, width).
    """

    size: int | tuple[int, int]

    def __post_init__(self) -> None:
        _check_size(self.size)

    def apply(self, sample: Sample, random: np.random.Generator) -> Sample:
        """The part of the picture.

        Raises:
            InputError: the picture is smaller than the crop.
        """
        image = sample["image"]
        height, width = self.size if isinstance(self.size, tuple) else (self.size, self.size)
        if image.shape[0] < height or image.shape[1] < width:
            raise InputError(
                f"cannot cut {width} x {height} pixels out of a picture of {image.shape[1]} x {image.shape[0]}; "
                "put Rescale before RandomCrop"
            )
        top = int(random.integers(image.shape[0] - height + 1))
        left = int(random.integers(image.shape[1] - width + 1))
        crop = np.ascontiguousarray(image[top : top + height, left : left + width])
        return changed(sample, crop, sample["keypoints"] - np.array([left, top]))


@dataclass(frozen=True)
class FaceCrop(Transform):
    """Cut out a square around the face, and resize it; black where it reaches over the picture.

    Args:
        size: of the crop in pixels.
        margin: what lies around the tight box of the points on every side, over the box's longer side: one number for
            a tight crop with the face in its middle, or a range. From a range, the crop's size is drawn first, then its
            place, so that each side has the smaller number at least. The estimator's own crops have 0.15.
    """

    size: int
    margin: float | tuple[float, float] = (0.02, 0.35)

    def __post_init__(self) -> None:
        if not is_number(self.size, whole=True) or self.size < 1:
            raise InputError(f"the crop is square: size must be one number of pixels above 0; got {self.size!r}")
        check_range("margin", self._margins, low=0)

    @property
    def _margins(self) -> tuple[float, float]:
        return self.margin if isinstance(self.margin, tuple) else (self.margin, self.margin)

    def apply(self, sample: Sample, random: np.random.Generator) -> Sample:
        """The crop around the sample's own points.

        Raises:
            InputError: the sample shows no face.
        """
        if not np.isfinite(sample["keypoints"]).all():
            raise InputError("FaceCrop needs the keypoints of a face; those of this sample are NaN")
        return self.cut(sample, tight_boxes(sample["keypoints"][None])[0], random)

    def cut(self, sample: Sample, box: Floats, random: np.random.Generator) -> Sample:
        """The crop around a box ``(4,)`` instead of the points, which may be NaN."""
        low, high = self._margins
        margin = random.uniform(low, high)
        reach = margin - low
        longer = max(float((box[2:] - box[:2]).max()), 1.0)
        centre = (box[:2] + box[2:]) / 2 + random.uniform(-reach, reach, 2) * longer
        transform = crop_transform(centre, longer * (1 + 2 * margin), 0.0, self.size)
        return changed(
            sample, warp(sample["image"], transform, self.size), apply_transform(transform, sample["keypoints"])
        )


@dataclass(frozen=True)
class RandomFlip(Transform):
    """Mirror the picture, left becoming right; the points are numbered anew, so that the left eye stays the left one.

    Args:
        probability: of mirroring.
    """

    probability: float = 0.5

    def __post_init__(self) -> None:
        check_number("probability", self.probability, low=0, high=1)

    def apply(self, sample: Sample, random: np.random.Generator) -> Sample:
        """The mirrored sample, or the sample itself."""
        if random.random() >= self.probability:
            return sample
        image = sample["image"]
        return changed(sample, np.ascontiguousarray(image[:, ::-1]), mirrored(sample["keypoints"], image.shape[1]))


@dataclass(frozen=True)
class RandomQuarterTurn(Transform):
    """Turn the picture by quarters of a circle, pixel by pixel; height and width may change places.

    Args:
        probability: of any turn at all.
        turns: numbers of quarters to choose from, anticlockwise.
    """

    probability: float = 0.05
    turns: tuple[int, ...] = (1, 2, 3)

    def __post_init__(self) -> None:
        check_number("probability", self.probability, low=0, high=1)
        if not self.turns or not set(self.turns) <= {1, 2, 3}:
            raise InputError(f"turns must be some of 1, 2 and 3; got {self.turns}")

    def apply(self, sample: Sample, random: np.random.Generator) -> Sample:
        """The turned sample, or the sample itself."""
        if random.random() >= self.probability:
            return sample
        turns = int(random.choice(self.turns))
        image, points = sample["image"], sample["keypoints"]
        height, width = image.shape[:2]
        for _ in range(turns):
            points = np.stack([points[:, 1], width - 1 - points[:, 0]], axis=1)
            height, width = width, height
        return changed(sample, np.ascontiguousarray(np.rot90(image, turns)), points)


@dataclass(frozen=True)
class RandomTurn(Transform):
    """Turn the picture about its middle; black where nothing was, its size unchanged.

    Args:
        degrees: the angle is drawn evenly from ``-degrees`` to ``degrees``.
    """

    degrees: float = 30.0

    def __post_init__(self) -> None:
        check_number("degrees", self.degrees, low=0, high=180)

    def apply(self, sample: Sample, random: np.random.Generator) -> Sample:
        """The turned sample.

        Raises:
            InputError: the picture is too large to turn.
        """
        image = sample["image"]
        height, width = image.shape[:2]
        if max(height, width) > _WIDEST:
            raise InputError(f"cannot turn a picture of more than {_WIDEST:,} pixels a side; put Rescale before")
        angle = float(random.uniform(-self.degrees, self.degrees))
        turn: Array = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle, 1.0)
        turned = cv2.warpAffine(image, turn, (width, height), flags=cv2.INTER_LINEAR)
        return changed(sample, np.asarray(turned, dtype=np.uint8), apply_transform(turn, sample["keypoints"]))


def _check_size(size: int | tuple[int, int]) -> None:
    sides = size if isinstance(size, tuple) and len(size) == 2 else (size,)
    if not all(is_number(side, whole=True) and side > 0 for side in sides):
        raise InputError(f"size must be a number of pixels above 0, or (height, width); got {size!r}")
