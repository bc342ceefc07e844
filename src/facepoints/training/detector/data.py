"""Batches of scenes for training, and whole pictures for validation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypedDict

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset, Sampler

from facepoints.arrays import Floats, Image
from facepoints.datasets.face_pictures import FacePictures, KnownFaces
from facepoints.geometry import oval_reach
from facepoints.training.detector.losses import SceneBatch
from facepoints.training.detector.scenes import SceneMaker
from facepoints.training.detector.targets import GridTargets, assign

__all__ = [
    "CountSampler",
    "KnownBoxes",
    "TrainingScenes",
    "ValidationPicture",
    "ValidationPictures",
    "collate_scenes",
    "first_of",
]

_MULTIPLE = 32


class CountSampler(Sampler[int]):
    """The numbers of an epoch's draws.

    The number seeds the draw, so a run sees the same scenes with any number of workers, and after a resume.
    """

    def __init__(self, draws: int) -> None:
        self.draws = draws
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Called by Lightning before each epoch."""
        self.epoch = epoch

    def __len__(self) -> int:
        return self.draws

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.epoch * self.draws, (self.epoch + 1) * self.draws))


class TrainingScenes(Dataset[tuple[Image, GridTargets]]):
    """Scenes and their targets; an index is the number of a draw."""

    def __init__(self, maker: SceneMaker, seed: int) -> None:
        self.maker = maker
        self.seed = seed

    def __len__(self) -> int:
        return len(self.maker.pictures)

    def __getitem__(self, index: int) -> tuple[Image, GridTargets]:
        scene = self.maker.draw(np.random.default_rng((self.seed, index)))
        return scene.image, assign(scene)


def collate_scenes(items: Sequence[tuple[Image, GridTargets]]) -> SceneBatch:
    """Stack scenes of equal size."""
    return {
        "pictures": torch.from_numpy(np.stack([image for image, _ in items])),
        "labels": torch.from_numpy(np.stack([targets.labels for _, targets in items])),
        "boxes": torch.from_numpy(np.stack([targets.boxes for _, targets in items])),
        "landmarks": torch.from_numpy(np.stack([targets.landmarks for _, targets in items])),
    }


class KnownBoxes(NamedTuple):
    """The faces of a validation picture.

    Attributes:
        boxes: ``(m, 4)`` float32.
        ignore: ``(m,)`` bool.
        complete: whether all its faces are labelled.
    """

    boxes: Floats
    ignore: np.ndarray
    complete: bool


class ValidationPicture(TypedDict):
    """One whole picture: ``picture`` is ``(1, H, W, 3)`` uint8, padded with black to multiples of 32."""

    picture: Tensor
    known: KnownBoxes


class ValidationPictures(Dataset[ValidationPicture]):
    """The pictures as they are."""

    def __init__(self, pictures: FacePictures) -> None:
        self.pictures = pictures

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, index: int) -> ValidationPicture:
        image, faces = self.pictures.images[index], self.pictures.faces[index]
        height, width = image.shape[:2]
        padded = np.pad(image, ((0, -height % _MULTIPLE), (0, -width % _MULTIPLE), (0, 0)))
        return {
            "picture": torch.from_numpy(padded)[None],
            "known": KnownBoxes(_upright_boxes(faces), faces.ignore, self.pictures.complete[index]),
        }


def first_of(items: Sequence[ValidationPicture]) -> ValidationPicture:
    """A batch is a single picture, since sizes differ."""
    return items[0]


def _upright_boxes(faces: KnownFaces) -> Floats:
    reach = oval_reach(faces.ovals[:, 2:4] / 2, faces.ovals[:, 4])
    return np.concatenate([faces.ovals[:, :2] - reach, faces.ovals[:, :2] + reach], axis=1).astype(np.float32)
