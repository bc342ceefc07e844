"""How a run draws its training crops, by name; the first is what the shipped networks were trained with."""

from __future__ import annotations

import numpy as np

from facepoints.arrays import Floats, Image
from facepoints.errors import InputError
from facepoints.geometry import apply_transform, face_crop_transform, tight_boxes, warp
from facepoints.training.augment import AugmentConfig, DrawCrop, TrainingCrop, augment
from facepoints.training.transforms.base import Compose
from facepoints.training.transforms.colour import ColourJitter, RandomGamma
from facepoints.training.transforms.geometric import FaceCrop, RandomFlip, RandomQuarterTurn, RandomTurn

__all__ = ["TRANSFORMS", "check_transforms"]

_AUGMENT = AugmentConfig()
_OCCLUDED = AugmentConfig(occluders=0.3)
_COURSE_TURN = RandomTurn(30)
_COURSE_CHANGES = Compose((RandomQuarterTurn(), RandomGamma(), ColourJitter()))
_FLIP = RandomFlip(1.0)


def _facepoints(image: Image, keypoints: Floats, box: Floats, size: int, random: np.random.Generator) -> TrainingCrop:
    """:func:`~facepoints.training.augment.augment` with its default settings."""
    return augment(image, keypoints, box, size, _AUGMENT, random)


def _occluded(image: Image, keypoints: Floats, box: Floats, size: int, random: np.random.Generator) -> TrainingCrop:
    """The same, and glasses, a hand, a mask, hair or a microphone before three faces of ten."""
    return augment(image, keypoints, box, size, _OCCLUDED, random)


def _course(image: Image, keypoints: Floats, box: Floats, size: int, random: np.random.Generator) -> TrainingCrop:
    """The course project's: +-30 degrees, face crop with random margin, mirroring, quarter turns, gamma, colours."""
    # The turn comes first: then the corners of the crop show what is there, not black.
    sample = _COURSE_TURN({"image": image, "keypoints": keypoints}, random)
    if np.isfinite(keypoints).all():
        box = tight_boxes(sample["keypoints"][None])[0]
    sample = FaceCrop(size).cut(sample, box, random)
    flip = random.random() < _AUGMENT.flip
    if flip:
        sample = _FLIP(sample, random)
    sample = _COURSE_CHANGES(sample, random)
    return TrainingCrop(sample["image"], sample["keypoints"], flip)


def _none(image: Image, keypoints: Floats, box: Floats, size: int, random: np.random.Generator) -> TrainingCrop:
    """The crop that validation and the estimator make of the true box, always the same."""
    transform = face_crop_transform(box, size)
    return TrainingCrop(warp(image, transform, size), apply_transform(transform, keypoints))


TRANSFORMS: dict[str, DrawCrop] = {
    "facepoints": _facepoints,
    "occluded": _occluded,
    "course": _course,
    "none": _none,
}
"""What makes a training crop of a face crop with margin, by name."""


def check_transforms(name: str) -> None:
    """Raise InputError if there are no transforms of that name."""
    if name not in TRANSFORMS:
        raise InputError(f"there are no transforms {name!r}; known are {', '.join(TRANSFORMS)}")
