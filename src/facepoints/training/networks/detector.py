"""The detector network: plain convolutions, three strides, one face a grid point (anchor-free).

Learned from FCOS (Tian et al., ICCV 2019: distances to the box's sides, one stride for each range of sizes), YuNet (Wu
et al., 2023) and SCRFD (Guo et al., ICLR 2022: little work at the fine strides). The first layer sees blocks of 4 x 4
pixels: at stride 2 the maps are so large that moving them costs more than convolving them.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from facepoints.errors import InputError
from facepoints.training.networks.blocks import ConvBlock, ResidualBlock, ResidualConv

__all__ = [
    "DETECTOR_NETWORKS",
    "LANDMARKS",
    "STRIDES",
    "DetectorConfig",
    "DetectorNetwork",
    "FacePrediction",
    "create_detector",
    "grid_centres",
    "rows_of_blocks",
]

STRIDES = (8, 16, 32)
"""Pixels between neighbouring grid points of each level."""

LANDMARKS = 7
"""Five points (eyes, nose, mouth corners), and the middles of the top and bottom edges of the upright square."""

_INPUT_SCALE = 1 / 128

_BLOCK = 4
"""Side in pixels of the blocks that the stem sees."""

_LARGEST_LOG = 4.0
"""Limit of a predicted logarithm: e^4 strides are a face of 870 px at stride 8."""


class FacePrediction(NamedTuple):
    """A candidate face for each of ``k`` grid points: those of stride 8 first, row by row.

    Attributes:
        logits: ``(n, k)``; their sigmoid is the score.
        boxes: ``(n, k, 4)`` x1, y1, x2, y2 in pixels of the picture.
        landmarks: ``(n, k, 7, 2)`` in pixels of the picture, see ``LANDMARKS``.
    """

    logits: Tensor
    boxes: Tensor
    landmarks: Tensor


@dataclass(frozen=True)
class DetectorConfig:
    """Shape of a :class:`DetectorNetwork`.

    Attributes:
        stem: channels at stride 4.
        stem_convolutions: residual ones at stride 4.
        widths: channels at strides 8, 16 and 32.
        blocks: residual blocks at strides 8, 16 and 32.
        head_width: channels of the fused maps and of the heads.
    """

    stem: int = 32
    stem_convolutions: int = 0
    widths: tuple[int, int, int] = (64, 96, 128)
    blocks: tuple[int, int, int] = (1, 1, 1)
    head_width: int = 48


DETECTOR_NETWORKS = {
    "slim": DetectorConfig(),
    "full": DetectorConfig(stem_convolutions=1, blocks=(2, 2, 1)),
}
"""Shape of each detector that can be trained. "full" has what "slim" has and more residual blocks, so it can start from
its weights: new blocks start as the identity (Chen et al., "Net2Net", ICLR 2016)."""


def create_detector(name: str) -> DetectorNetwork:
    """A new detector with random weights.

    Raises:
        InputError: no detector of that name.
    """
    if name not in DETECTOR_NETWORKS:
        raise InputError(f"there is no detector network {name!r}; known are {', '.join(DETECTOR_NETWORKS)}")
    return DetectorNetwork(DETECTOR_NETWORKS[name])


class DetectorNetwork(nn.Module):
    """Pictures ``(n, H, W, 3)`` uint8 RGB, H and W multiples of 32, to a :class:`FacePrediction`."""

    def __init__(self, config: DetectorConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or DetectorConfig()
        self.stem = nn.Sequential(
            nn.Conv2d(3, config.stem, _BLOCK, _BLOCK, bias=False),
            nn.BatchNorm2d(config.stem),
            nn.ReLU(inplace=True),
            *(ResidualConv(config.stem) for _ in range(config.stem_convolutions)),
        )
        inputs = (config.stem, *config.widths[:-1])
        self.stages = nn.ModuleList(
            nn.Sequential(ConvBlock(before, width, stride=2), *(ResidualBlock(width) for _ in range(blocks)))
            for before, width, blocks in zip(inputs, config.widths, config.blocks, strict=True)
        )
        head = config.head_width
        self.laterals = nn.ModuleList(nn.Conv2d(width, head, 1) for width in config.widths)
        self.heads = nn.ModuleList(
            nn.Sequential(nn.BatchNorm2d(head), nn.ReLU(inplace=True), ConvBlock(head, head)) for _ in STRIDES
        )
        self.outputs = nn.ModuleList(nn.Conv2d(head, 1 + 4 + 2 * LANDMARKS, 1) for _ in STRIDES)
        for output in self.outputs:
            _start_rare(output)

    def forward(self, pictures: Tensor) -> FacePrediction:
        """Run the network; see the class for shapes."""
        dtype = next(self.parameters()).dtype
        return self.decode(self.stem(pictures.permute(0, 3, 1, 2).to(dtype) * _INPUT_SCALE))

    def decode(self, features: Tensor) -> FacePrediction:
        """From the stem's output, ``(n, stem, H / 4, W / 4)``, to the candidates."""
        parts = [_decode(raw, stride) for raw, stride in zip(self._raw(features), STRIDES, strict=True)]
        return FacePrediction(*(torch.cat(tensors, dim=1) for tensors in zip(*parts, strict=True)))

    def row_stem(self) -> nn.Sequential:
        """The stem for :func:`rows_of_blocks` of values up to 255, in place of pictures.

        It gives what the stem gives. onnxruntime is slow at convolutions over 3 channels; here there are 12.
        """
        convolution, *rest = copy.deepcopy(self.stem)
        assert isinstance(convolution, nn.Conv2d)
        weights = convolution.weight.detach()
        outputs = len(weights)
        rows = nn.Conv2d(3 * _BLOCK, outputs, (_BLOCK, 1), (_BLOCK, 1), bias=False)
        columns_and_colours = weights.permute(0, 3, 1, 2).reshape(outputs, 3 * _BLOCK, _BLOCK, 1)
        rows.weight = nn.Parameter(columns_and_colours * _INPUT_SCALE)
        return nn.Sequential(rows, *rest)

    def start_from(self, weights: Mapping[str, Tensor]) -> None:
        """Take the weights of a network of the same shape, or of one with fewer residual blocks.

        Raises:
            InputError: they are of a network of another shape.
        """
        own = self.state_dict()
        unknown = [name for name in weights if name not in own or own[name].shape != weights[name].shape]
        new = {name.rsplit(".", 1)[0] for name in own if name not in weights}
        inside = {
            f"{path}.{name}"
            for path, block in self.named_modules()
            if isinstance(block, (ResidualBlock, ResidualConv))
            for name, _ in block.named_modules()
        }
        if unknown or not new <= inside:
            raise InputError("a detector can start from the weights of its own shape, or of one with fewer blocks")
        self.load_state_dict(dict(weights), strict=False)

    def _raw(self, features: Tensor) -> list[Tensor]:
        """The map of each stride, ``(n, 19, H / stride, W / stride)``, not decoded yet."""
        pyramid = []
        for stage in self.stages:
            features = stage(features)
            pyramid.append(features)
        fused: Tensor = self.laterals[-1](pyramid[-1])
        levels = [fused]
        for lateral, features in zip(reversed(self.laterals[:-1]), reversed(pyramid[:-1]), strict=True):
            fused = lateral(features) + functional.interpolate(fused, scale_factor=2, mode="nearest")
            levels.append(fused)
        fine_first = reversed(levels)
        return [output(head(level)) for output, head, level in zip(self.outputs, self.heads, fine_first, strict=True)]


def rows_of_blocks(pictures: Tensor) -> Tensor:
    """Pictures ``(n, H, W, 3)`` as ``(n, 12, H, W / 4)``: four neighbouring pixels of a row are the channels of one."""
    count, height, width = pictures.shape[:3]
    return pictures.reshape(count, height, width // _BLOCK, 3 * _BLOCK).permute(0, 3, 1, 2)


def grid_centres(height: int, width: int, stride: int) -> Tensor:
    """``(height * width, 2)``: where each grid point of a map lies in the picture, in pixels, row by row."""
    rows = torch.arange(height, dtype=torch.float32) * stride + (stride - 1) / 2
    columns = torch.arange(width, dtype=torch.float32) * stride + (stride - 1) / 2
    grid = torch.meshgrid(rows, columns, indexing="ij")
    return torch.stack([grid[1].flatten(), grid[0].flatten()], dim=1)


def _decode(raw: Tensor, stride: int) -> FacePrediction:
    """From the raw map of one stride, ``(n, 19, h, w)``, to its candidates."""
    height, width = raw.shape[2:]
    rows = raw.float().flatten(2).transpose(1, 2)
    centres = grid_centres(height, width, stride).to(rows.device)
    distances = rows[:, :, 1:5].clamp(max=_LARGEST_LOG).exp() * stride
    boxes = torch.cat([centres - distances[:, :, :2], centres + distances[:, :, 2:]], dim=2)
    # The centres of all landmarks side by side: onnxruntime is slow where it has to repeat them itself.
    landmarks = torch.cat([centres] * LANDMARKS, dim=1) + rows[:, :, 5:] * stride
    return FacePrediction(rows[:, :, 0], boxes, landmarks.reshape(rows.shape[0], -1, LANDMARKS, 2))


def _start_rare(output: nn.Module) -> None:
    """Start with low scores, as hardly any grid point has a face (Lin et al., "Focal Loss", ICCV 2017)."""
    assert isinstance(output, nn.Conv2d)
    assert output.bias is not None
    nn.init.normal_(output.weight, std=0.01)
    nn.init.zeros_(output.bias)
    with torch.no_grad():
        output.bias[0] = -4.0
        output.bias[1:5] = 0.5
