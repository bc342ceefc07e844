"""Building blocks of the networks: plain convolutions, which are fast in onnxruntime and in bf16."""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["ConvBlock", "ResidualBlock"]


class ConvBlock(nn.Sequential):
    """Convolution, batch norm, ReLU; halves the size at stride 2."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 3, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
        )


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions beside an identity (He et al., CVPR 2016)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = ConvBlock(width, width)
        self.second = nn.Sequential(nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width))
        last = self.second[1]
        assert isinstance(last, nn.BatchNorm2d)
        nn.init.zeros_(last.weight)  # starts as the identity (Goyal et al., 2017)

    def forward(self, features: Tensor) -> Tensor:
        """``(n, width, h, w)`` to the same shape."""
        return torch.relu(features + self.second(self.first(features)))
