"""Building blocks of the networks: plain convolutions, which are fast in onnxruntime and in bf16."""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["ConvBlock", "ResidualBlock", "ResidualConv"]


class ConvBlock(nn.Sequential):
    """Convolution, batch norm, ReLU; halves the size at stride 2."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 3, stride: int = 1, padding: int | None = None) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2 if padding is None else padding, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
        )


class ResidualConv(nn.Module):
    """One 3x3 convolution beside an identity."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.inside = _normed_convolution(width)

    def forward(self, features: Tensor) -> Tensor:
        """``(n, width, h, w)`` to the same shape."""
        return torch.relu(features + self.inside(features))


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions beside an identity (He et al., CVPR 2016)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = ConvBlock(width, width)
        self.second = _normed_convolution(width)

    def forward(self, features: Tensor) -> Tensor:
        """``(n, width, h, w)`` to the same shape."""
        return torch.relu(features + self.second(self.first(features)))


def _normed_convolution(width: int) -> nn.Sequential:
    """A convolution and its batch norm, which add nothing at first: the block starts as the identity (Goyal et al.,
    "Accurate, Large Minibatch SGD", 2017)."""
    norm = nn.BatchNorm2d(width)
    nn.init.zeros_(norm.weight)
    return nn.Sequential(nn.Conv2d(width, width, 3, 1, 1, bias=False), norm)
