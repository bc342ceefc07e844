"""Batches for training: crops in memory, chance that depends on the draw alone, and the plain crops of validation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypedDict

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset, Sampler

from facepoints.arrays import Floats, Image
from facepoints.datasets.crops import FaceCrops
from facepoints.datasets.self_training import style_offsets
from facepoints.errors import InputError
from facepoints.geometry import apply_transform, face_crop_transform, warp
from facepoints.scheme import mirrored
from facepoints.training.augment import DrawCrop

__all__ = ["Batch", "DrawSampler", "Item", "TrainingCrops", "ValidationCrops", "collate"]


class Batch(TypedDict):
    """Crops and their points.

    ``crops`` is ``(n, size, size, 3)`` uint8 RGB; ``keypoints`` is ``(n, 68, 2)`` float32 in crop pixels, NaN for
    background; ``scale`` is ``(n,)`` float32, crop pixels per outer-eye distance; ``dead_zone`` is ``(n,)`` float32,
    crop pixels by which each coordinate of the labels may be off through no fault of the network.
    """

    crops: Tensor
    keypoints: Tensor
    scale: Tensor
    dead_zone: Tensor


class Item(NamedTuple):
    """A crop ``(size, size, 3)``, its points ``(68, 2)``, and their dead zone; see :class:`Batch`."""

    image: Image
    keypoints: Floats
    dead_zone: float = 0.0


class DrawSampler(Sampler[tuple[int, int]]):
    """Rows drawn at random, each with the number of its draw.

    The draw seeds the augmentation, so a run gives the same crops with any number of workers, and after a resume.

    Args:
        sources: ``(n,)`` name of each row's source.
        weights: how often each source is drawn. Sources that are not there are left out.
        draws: rows an epoch.
        seed: of the draws.
        row_weights: ``(n,)`` how often each row is drawn beside the others of its source; None for all alike.

    Raises:
        InputError: a source has no weight.
    """

    def __init__(
        self,
        sources: Sequence[str],
        weights: Mapping[str, float],
        draws: int,
        seed: int,
        row_weights: Floats | None = None,
    ) -> None:
        unknown = set(sources) - set(weights)
        if unknown:
            raise InputError(f"no weight for the source {', '.join(sorted(unknown))}; known are {', '.join(weights)}")
        rows = np.ones(len(sources)) if row_weights is None else np.asarray(row_weights, dtype=np.float64)
        names = np.asarray(sources)
        totals = {source: rows[names == source].sum() for source in set(sources)}
        shares = rows * np.asarray([weights[source] / totals[source] for source in sources])
        self.cumulative = np.cumsum(shares / shares.sum())
        self.draws = draws
        self.seed = seed
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Called by Lightning before each epoch."""
        self.epoch = epoch

    def __len__(self) -> int:
        return self.draws

    def __iter__(self) -> Iterator[tuple[int, int]]:
        uniform = np.random.default_rng((self.seed, self.epoch)).random(self.draws)
        rows = np.searchsorted(self.cumulative, uniform, side="right").clip(max=len(self.cumulative) - 1)
        first = self.epoch * self.draws
        return iter([(first + number, int(row)) for number, row in enumerate(rows)])


class TrainingCrops(Dataset[Item]):
    """Varied crops; an index is the pair (number of the draw, row).

    Args:
        crops: to draw from.
        size: of the training crops in pixels.
        draw_crop: what varies them, such as one of :data:`facepoints.training.transforms.TRANSFORMS`.
        seed: of the run.
        styles: of each source's labels, see :func:`facepoints.datasets.self_training.label_styles`. Labels of mirrored
            crops lie beside the truth as those of the others do, not mirrored: else the two contradict each other.
        dead_zones: of each source whose labels are whole numbers: by how many pixels of its pictures they may be off.
            A picture that was scaled down to fit into its crop counts as if it had not been.
    """

    def __init__(
        self,
        crops: FaceCrops,
        size: int,
        draw_crop: DrawCrop,
        seed: int,
        styles: Mapping[str, Floats] | None = None,
        dead_zones: Mapping[str, float] | None = None,
    ) -> None:
        self.crops = crops
        self.size = size
        self.draw_crop = draw_crop
        self.seed = seed
        self.dead_zones = dict(dead_zones or {})
        # Mirroring a style like a face puts its points, left and right, where the mirrored labels have them.
        self._changes = {source: style - mirrored(style, 1) for source, style in (styles or {}).items()}

    def __len__(self) -> int:
        return len(self.crops)

    def __getitem__(self, index: tuple[int, int]) -> Item:
        draw, row = index
        random = np.random.default_rng((self.seed, draw))
        crops, source = self.crops, self.crops.sources[row]
        crop = self.draw_crop(crops.images[row], crops.keypoints[row], crops.boxes[row], self.size, random)
        dead_zone = self.dead_zones.get(source, 0.0)
        if dead_zone:
            dead_zone *= _eye_distance(crop.keypoints) / _eye_distance(crops.keypoints[row])
        change = self._changes.get(source) if crop.mirrored else None
        if change is None:
            return Item(crop.image, crop.keypoints, dead_zone)
        return Item(crop.image, crop.keypoints + style_offsets(change, crop.keypoints), dead_zone)


class ValidationCrops(Dataset[Item]):
    """The very crops that the estimator makes of the true boxes."""

    def __init__(self, crops: FaceCrops, size: int) -> None:
        self.crops = crops
        self.size = size

    def __len__(self) -> int:
        return len(self.crops)

    def __getitem__(self, index: int) -> Item:
        transform = face_crop_transform(self.crops.boxes[index], self.size)
        image = warp(self.crops.images[index], transform, self.size)
        return Item(image, apply_transform(transform, self.crops.keypoints[index]))


def collate(items: Sequence[Item]) -> Batch:
    """Stack crops and points of equal size."""
    keypoints = torch.from_numpy(np.stack([item.keypoints for item in items]))
    return {
        "crops": torch.from_numpy(np.stack([item.image for item in items])),
        "keypoints": keypoints,
        "scale": (keypoints[:, 45] - keypoints[:, 36]).norm(dim=-1),
        "dead_zone": torch.tensor([item.dead_zone for item in items], dtype=torch.float32),
    }


def _eye_distance(keypoints: Floats) -> float:
    return float(np.linalg.norm(keypoints[45] - keypoints[36]))
