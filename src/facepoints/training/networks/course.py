"""The networks of the classical course project: a few convolutions on grey crops of 224 pixels, then dense layers."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from facepoints.training.networks.base import Encoder

__all__ = ["LeNetEncoder", "NaimishNetEncoder", "PlainEncoder", "start_as_xavier"]


class _Stack(Encoder):
    """Stages one after the other; each gives a map."""

    colours = 1
    deviation = (255.0,)

    def __init__(self, stages: Sequence[nn.Sequential], channels: Sequence[int]) -> None:
        super().__init__()
        self.stages = nn.ModuleList(stages)
        self.channels = tuple(channels)

    def forward(self, crops: Tensor) -> list[Tensor]:
        """A map of each stage."""
        maps = []
        for stage in self.stages:
            crops = stage(crops)
            maps.append(crops)
        return maps

    def first_convolution(self) -> nn.Conv2d:
        """The first stage's."""
        first = self.stages[0]
        assert isinstance(first, nn.Sequential)
        convolution = first[0]
        assert isinstance(convolution, nn.Conv2d)
        return convolution


class PlainEncoder(_Stack):
    """The course project's own CNN: four convolutions without padding (4x4 to 1x1), each with batch norm, ELU, 2x2
    max-pool and dropout; Xavier's initial weights."""

    def __init__(self) -> None:
        channels, kernels, dropout = (32, 64, 128, 256), (4, 3, 2, 1), (0.1, 0.2, 0.3, 0.4)
        stages = [
            nn.Sequential(
                nn.Conv2d(before, after, kernel), nn.BatchNorm2d(after), nn.ELU(), nn.MaxPool2d(2), nn.Dropout(share)
            )
            for before, after, kernel, share in zip((1, *channels[:-1]), channels, kernels, dropout, strict=True)
        ]
        super().__init__(stages, channels)
        start_as_xavier(self)


class NaimishNetEncoder(_Stack):
    """After Agarwal, Krohn-Grimberghe and Vyas, "Facial Key Points Detection using Deep Convolutional Neural Network -
    NaimishNet" (arXiv 1710.00977): four padded 5x5 convolutions, each with ELU, pooling and rising dropout.

    Args:
        average: pool by the average instead of the maximum.
    """

    def __init__(self, *, average: bool = False) -> None:
        channels, dropout = (32, 64, 128, 256), (0.1, 0.2, 0.3, 0.4)
        stages = [
            nn.Sequential(
                nn.Conv2d(before, after, 5, padding=2),
                nn.ELU(),
                nn.AvgPool2d(2) if average else nn.MaxPool2d(2),
                nn.Dropout(share),
            )
            for before, after, share in zip((1, *channels[:-1]), channels, dropout, strict=True)
        ]
        super().__init__(stages, channels)
        start_as_xavier(self)


class LeNetEncoder(_Stack):
    """After LeCun et al., "Gradient-Based Learning Applied to Document Recognition" (1998): two 5x5 convolutions, each
    with ReLU and max-pool, the second pool being 4x4 so that the dense layers stay of a size that can be trained."""

    def __init__(self) -> None:
        channels, pools = (64, 128), (2, 4)
        stages = [
            nn.Sequential(nn.Conv2d(before, after, 5), nn.ReLU(), nn.MaxPool2d(pool))
            for before, after, pool in zip((1, 64), channels, pools, strict=True)
        ]
        super().__init__(stages, channels)


def start_as_xavier(module: nn.Module) -> None:
    """Initial weights of all convolutions and dense layers after Glorot and Bengio (AISTATS 2010)."""
    for layer in module.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
