"""The ``compact`` network: a small residual pyramid that gives one heatmap a point.

Heatmaps are read by their expectation (soft-argmax; Sun et al., "Integral Human Pose Regression", ECCV 2018), so that
a coarse grid still gives sub-pixel points and decoding is part of the graph.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from facepoints.scheme import POINT_COUNT
from facepoints.training.networks.blocks import ConvBlock, ResidualBlock

__all__ = ["Compact", "CompactConfig", "Prediction"]


class Prediction(NamedTuple):
    """What a keypoint network says about a batch of crops.

    Attributes:
        points: ``(n, 68, 2)`` in crop pixels.
        score_logits: ``(n, 68)``; their sigmoid is the score of each point.
        heatmap_logits: ``(n, 68, cells, cells)`` before the softmax over all cells.
    """

    points: Tensor
    score_logits: Tensor
    heatmap_logits: Tensor


@dataclass(frozen=True)
class CompactConfig:
    """Shape of a :class:`Compact`.

    Attributes:
        input_size: side of the crop in pixels, a multiple of 32.
        widths: channels at strides 2, 4, 8, 16 and 32.
        blocks: residual blocks at strides 4, 8, 16 and 32.
        head_width: channels of the fused map at stride 8, from which the heatmaps come.
        head_blocks: residual blocks on the fused map.
    """

    input_size: int = 128
    widths: tuple[int, int, int, int, int] = (16, 32, 64, 96, 160)
    blocks: tuple[int, int, int, int] = (0, 1, 1, 1)
    head_width: int = 64
    head_blocks: int = 0


class Compact(nn.Module):
    """Crops ``(n, size, size, 3)`` uint8 RGB to a :class:`Prediction`."""

    def __init__(self, config: CompactConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or CompactConfig()
        widths, blocks, head = config.widths, config.blocks, config.head_width
        self.input_scale = 1 / 128
        self.stem = ConvBlock(3, widths[0], stride=2)
        self.stages = nn.ModuleList(
            nn.Sequential(
                ConvBlock(widths[level], widths[level + 1], stride=2),
                *(ResidualBlock(widths[level + 1]) for _ in range(blocks[level])),
            )
            for level in range(4)
        )
        self.laterals = nn.ModuleList(nn.Conv2d(width, head, 1) for width in widths[2:])
        self.fuse = nn.Sequential(
            nn.BatchNorm2d(head), nn.ReLU(inplace=True), *(ResidualBlock(head) for _ in range(config.head_blocks))
        )
        self.heatmaps = nn.Conv2d(head, POINT_COUNT, 1)
        self.presence = nn.Linear(widths[4], POINT_COUNT)
        self.sharpness = nn.Parameter(torch.ones(POINT_COUNT))
        self.register_buffer("cells", _cell_centres(config.input_size, stride=8), persistent=False)

    def forward(self, crops: Tensor) -> Prediction:
        """Run the network; see the class for shapes."""
        # The crop's black border is 0 here as well, so padding and border look alike.
        features = self.stem(crops.permute(0, 3, 1, 2).to(self.sharpness.dtype) * self.input_scale)
        pyramid = []
        for stage in self.stages:
            features = stage(features)
            pyramid.append(features)
        heatmaps = self.heatmaps(self.fuse(self._fused(pyramid[1:])))
        logits = heatmaps.flatten(2).float()
        probabilities = logits.softmax(dim=-1)
        peak = (probabilities * probabilities).sum(dim=-1).log()
        scores = self.presence(features.mean(dim=(2, 3))).float() + self.sharpness * peak
        return Prediction(probabilities @ self.cells, scores, heatmaps)

    def fold_input_scale(self) -> None:
        """Move the scaling of the input into the first convolution, which saves a pass over every crop."""
        with torch.no_grad():
            next(self.stem.parameters()).mul_(self.input_scale)
        self.input_scale = 1.0

    def _fused(self, pyramid: list[Tensor]) -> Tensor:
        fused: Tensor = self.laterals[-1](pyramid[-1])
        for lateral, features in zip(reversed(self.laterals[:-1]), reversed(pyramid[:-1]), strict=True):
            fused = lateral(features) + functional.interpolate(fused, scale_factor=2, mode="nearest")
        return fused


def _cell_centres(size: int, stride: int) -> Tensor:
    """``(cells * cells, 2)``: where each cell of the heatmap lies in the crop, in pixels."""
    centres = torch.arange(size // stride, dtype=torch.float32) * stride + (stride - 1) / 2
    rows, columns = torch.meshgrid(centres, centres, indexing="ij")
    return torch.stack([columns.flatten(), rows.flatten()], dim=1)
