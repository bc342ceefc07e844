"""Encoders of our own: small residual pyramids of plain convolutions."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

from facepoints.training.networks.base import Encoder
from facepoints.training.networks.blocks import ConvBlock, ResidualBlock

__all__ = ["PyramidConfig", "PyramidEncoder"]


@dataclass(frozen=True)
class PyramidConfig:
    """Shape of a :class:`PyramidEncoder`.

    Attributes:
        widths: channels at strides 2, 4, 8, 16 and 32.
        blocks: residual blocks at strides 4, 8, 16 and 32.
        patch: the first layer sees patches of so many pixels a side: 2 for a 3x3 convolution of stride 2, or 4 for one
            4x4 convolution of stride 4 in place of the first two, which have the largest maps and so cost most.
    """

    widths: tuple[int, int, int, int, int] = (16, 32, 64, 96, 160)
    blocks: tuple[int, int, int, int] = (0, 1, 1, 1)
    patch: int = 2


class PyramidEncoder(Encoder):
    """Maps at strides 8, 16 and 32. The crop's black border is 0 here as well, so padding and border look alike."""

    def __init__(self, config: PyramidConfig | None = None) -> None:
        super().__init__()
        config = config or PyramidConfig()
        widths, blocks = config.widths, config.blocks
        self.channels = widths[2:]
        if config.patch == 4:
            self.stem = ConvBlock(3, widths[1], kernel=4, stride=4, padding=0)
        else:
            self.stem = ConvBlock(3, widths[0], stride=2)
        # Named by their strides, so that a network can start from the weights of one with another stem.
        self.stages = nn.ModuleDict(
            {
                f"stride{4 << level}": nn.Sequential(
                    ConvBlock(widths[level], widths[level + 1], stride=2),
                    *(ResidualBlock(widths[level + 1]) for _ in range(blocks[level])),
                )
                for level in range(1 if config.patch == 4 else 0, 4)
            }
        )

    def forward(self, crops: Tensor) -> list[Tensor]:
        """The maps of the three coarsest strides."""
        features = self.stem(crops)
        maps = []
        for stage in self.stages.values():
            features = stage(features)
            maps.append(features)
        return maps[-3:]

    def first_convolution(self) -> nn.Conv2d:
        """The stem's."""
        convolution = self.stem[0]
        assert isinstance(convolution, nn.Conv2d)
        return convolution
