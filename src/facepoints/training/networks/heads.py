"""Heads: three ways to read 68 points off an encoder's maps."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from facepoints.scheme import POINT_COUNT
from facepoints.training.networks.base import Head, Prediction, cell_centres, expectation
from facepoints.training.networks.blocks import ResidualBlock

__all__ = ["DenseHead", "HeatmapHead", "OffsetHead", "RegressionHead"]


class RegressionHead(Head):
    """Coordinates straight from the coarsest map: pooled, through dense layers, to 136 numbers and 68 scores.

    Args:
        channels: of the encoder's maps.
        size: of the crop in pixels.
        hidden: units of the dense layers between.
        dropout: before each dense layer.
    """

    def __init__(
        self, channels: Sequence[int], size: int, hidden: Sequence[int] = (256,), dropout: float = 0.1
    ) -> None:
        super().__init__()
        self.size = size
        layers: list[nn.Module] = []
        inputs = channels[-1]
        for units in hidden:
            layers += [nn.Dropout(dropout), nn.Linear(inputs, units), nn.ReLU(inplace=True)]
            inputs = units
        self.layers = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), *layers, nn.Linear(inputs, 3 * POINT_COUNT))
        _start_in_the_middle(self.layers[-1])

    def forward(self, maps: Sequence[Tensor]) -> Prediction:
        """Read the coarsest map."""
        return numbers_to_prediction(self.layers(maps[-1]), self.size)


class DenseHead(Head):
    """The dense layers of the course project's networks, on the whole of the coarsest map.

    Args:
        inputs: numbers in the coarsest map.
        size: of the crop in pixels.
        hidden: units of the dense layers between.
        dropout: after each of them.
        norm: whether each has a batch norm.
        activation: after each.
    """

    def __init__(
        self,
        inputs: int,
        size: int,
        hidden: Sequence[int],
        dropout: Sequence[float],
        *,
        norm: bool,
        activation: type[nn.Module],
    ) -> None:
        super().__init__()
        self.size = size
        layers: list[nn.Module] = []
        for units, share in zip(hidden, dropout, strict=True):
            layers += [nn.Linear(inputs, units), *([nn.BatchNorm1d(units)] if norm else []), activation()]
            layers += [nn.Dropout(share)]
            inputs = units
        self.layers = nn.Sequential(nn.Flatten(), *layers, nn.Linear(inputs, 3 * POINT_COUNT))
        _start_in_the_middle(self.layers[-1])

    def forward(self, maps: Sequence[Tensor]) -> Prediction:
        """Read the coarsest map."""
        return numbers_to_prediction(self.layers(maps[-1]), self.size)


class HeatmapHead(Head):
    """One heatmap a point, read by its expectation (soft-argmax; Sun et al., "Integral Human Pose Regression", ECCV
    2018), so that a coarse grid still gives sub-pixel points and decoding is part of the graph.

    The maps are fused top down (Lin et al., "Feature Pyramid Networks", CVPR 2017). The score of a point rises with its
    heatmap's sharpness.

    Args:
        channels: of the encoder's maps.
        size: of the crop in pixels.
        cells: of the finest map, along each side.
        width: channels of the fused map.
        blocks: residual blocks on the fused map.
    """

    def __init__(self, channels: Sequence[int], size: int, cells: int, width: int = 64, blocks: int = 0) -> None:
        super().__init__()
        self.laterals = nn.ModuleList(nn.Conv2d(inputs, width, 1) for inputs in channels)
        self.fuse = nn.Sequential(
            nn.BatchNorm2d(width), nn.ReLU(inplace=True), *(ResidualBlock(width) for _ in range(blocks))
        )
        self.heatmaps = nn.Conv2d(width, POINT_COUNT, 1)
        self.presence = nn.Linear(channels[-1], POINT_COUNT)
        self.sharpness = nn.Parameter(torch.ones(POINT_COUNT))
        self.register_buffer("cells", cell_centres(size, cells), persistent=False)

    def forward(self, maps: Sequence[Tensor]) -> Prediction:
        """Fuse the maps and read the heatmaps."""
        heatmaps = self.heatmaps(self.fuse(fused(self.laterals, maps[-len(self.laterals) :])))
        probabilities = heatmaps.flatten(2).float().softmax(dim=-1)
        peak = (probabilities * probabilities).sum(dim=-1).log()
        scores = self.presence(maps[-1].mean(dim=(2, 3))).float() + self.sharpness * peak
        return Prediction(expectation(probabilities, self.get_buffer("cells")), scores, heatmaps)


class OffsetHead(Head):
    """A coarse heatmap a point, and from the likeliest cell its offset to the point (Jin, Liao and Shao,
    "Pixel-in-Pixel Net", IJCV 2021, without its neighbours).

    Args:
        channels: of the encoder's maps.
        size: of the crop in pixels.
        cells: of the finest map that is used, along each side.
        width: channels of the fused map.
    """

    def __init__(self, channels: Sequence[int], size: int, cells: int, width: int = 96) -> None:
        super().__init__()
        self.stride = size / cells
        self.laterals = nn.ModuleList(nn.Conv2d(inputs, width, 1) for inputs in channels)
        self.fuse = nn.Sequential(nn.BatchNorm2d(width), nn.ReLU(inplace=True))
        self.heatmaps = nn.Conv2d(width, POINT_COUNT, 1)
        self.offsets = nn.Conv2d(width, 2 * POINT_COUNT, 1)
        self.presence = nn.Linear(channels[-1], POINT_COUNT)
        self.sharpness = nn.Parameter(torch.ones(POINT_COUNT))
        self.register_buffer("cells", cell_centres(size, cells), persistent=False)

    def forward(self, maps: Sequence[Tensor]) -> Prediction:
        """Fuse the coarse maps and read them."""
        features = self.fuse(fused(self.laterals, maps[-len(self.laterals) :]))
        heatmaps = self.heatmaps(features)
        numbers = self.offsets(features).float() * self.stride
        offsets = numbers.reshape(-1, POINT_COUNT, 2, *numbers.shape[2:])
        flat = heatmaps.flatten(2).float()
        points = self._points_at(offsets, flat.argmax(dim=-1))
        peak = flat.log_softmax(dim=-1).amax(dim=-1)
        scores = self.presence(maps[-1].mean(dim=(2, 3))).float() + self.sharpness * peak
        return Prediction(points, scores, heatmaps, offsets)

    def points_to_train(self, prediction: Prediction, keypoints: Tensor) -> Tensor:
        """The points that the cells of the true ones give: choosing a cell has no gradient."""
        assert prediction.offsets is not None
        cells = prediction.offsets.shape[-1]
        column_and_row = ((keypoints + 0.5) / self.stride).floor().clamp(0, cells - 1).long()
        return self._points_at(prediction.offsets, column_and_row[..., 1] * cells + column_and_row[..., 0])

    def _points_at(self, offsets: Tensor, cell: Tensor) -> Tensor:
        """Points ``(n, 68, 2)`` in crop pixels, of cells ``(n, 68)``."""
        # All of them first and then one: a table of the cells' centres is cheaper than looking them up.
        points = offsets.flatten(3) + self.get_buffer("cells").T
        chosen = cell[..., None, None].expand(-1, -1, 2, 1)
        return points.gather(3, chosen).squeeze(3)


def fused(laterals: nn.ModuleList, maps: Sequence[Tensor]) -> Tensor:
    """The maps, coarsest first, brought to the same width, enlarged to the next one's size and added."""
    total: Tensor = laterals[-1](maps[-1])
    for lateral, features in zip(reversed(laterals[:-1]), reversed(maps[:-1]), strict=True):
        total = lateral(features) + _enlarged(total, features)
    return total


def numbers_to_prediction(numbers: Tensor, size: int) -> Prediction:
    """From ``(n, 204)``, x and y of each point (-1 to 1 over the crop) and then the scores, to a prediction."""
    numbers = numbers.float()
    points = (numbers[:, : 2 * POINT_COUNT].reshape(-1, POINT_COUNT, 2) + 1) * (size / 2) - 0.5
    return Prediction(points, numbers[:, 2 * POINT_COUNT :])


def _enlarged(features: Tensor, like: Tensor) -> Tensor:
    if like.shape[2] == 2 * features.shape[2]:
        return functional.interpolate(features, scale_factor=2, mode="nearest")
    return functional.interpolate(features, size=like.shape[2:], mode="nearest")


def _start_in_the_middle(layer: nn.Module) -> None:
    """Start with all points near the crop's centre."""
    assert isinstance(layer, nn.Linear)
    nn.init.normal_(layer.weight, std=0.01)
    nn.init.zeros_(layer.bias)
