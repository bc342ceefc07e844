"""Transforms of training samples, for :mod:`facepoints.datasets.torch_datasets` and for training code of one's own.

Each takes a sample, a dict of ``"image"`` and ``"keypoints"``, and returns one; :class:`ToTensors` comes last. Chance
comes from the numpy generator that a call may be given: the same generator, the same result, whichever process draws
it. As ``transform=`` of a data set, which gives none, it comes from PyTorch's seed.

Before a loader with worker processes, call ``cv2.setNumThreads(1)``: processes forked beside OpenCV's threads hang.
"""

from __future__ import annotations

from facepoints.training.transforms.base import Compose, Transform
from facepoints.training.transforms.colour import ColourJitter, Grey, RandomGamma
from facepoints.training.transforms.geometric import (
    FaceCrop,
    RandomCrop,
    RandomFlip,
    RandomQuarterTurn,
    RandomTurn,
    Rescale,
)
from facepoints.training.transforms.presets import TRANSFORMS, check_transforms
from facepoints.training.transforms.tensors import FixedScale, KeypointScale, RelativeScale, ToTensors

__all__ = [
    "TRANSFORMS",
    "ColourJitter",
    "Compose",
    "FaceCrop",
    "FixedScale",
    "Grey",
    "KeypointScale",
    "RandomCrop",
    "RandomFlip",
    "RandomGamma",
    "RandomQuarterTurn",
    "RandomTurn",
    "RelativeScale",
    "Rescale",
    "ToTensors",
    "Transform",
    "check_transforms",
]
