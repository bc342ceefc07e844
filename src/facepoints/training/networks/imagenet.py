"""Encoders that others have trained on ImageNet, from torchvision: transfer learning.

With ``pretrained``, torchvision downloads the weights to its own cache the first time; without, the weights are random.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from http.client import HTTPException
from typing import Any

import torch
from torch import Tensor, nn
from torchvision import models

from facepoints.errors import InputError
from facepoints.training.networks.base import Encoder

__all__ = ["ResNetEncoder", "SqueezeNetEncoder", "VggEncoder"]

_MEAN = (123.675, 116.28, 103.53)
_DEVIATION = (58.395, 57.12, 57.375)
_GREY_MEAN = (116.4,)
_GREY_DEVIATION = (57.4,)

_VGG_STAGES = ((64,), (128,), (256, 256), (512, 512), (512, 512))
"""Widths of VGG-11's convolutions; a pooling ends each stage."""


class ResNetEncoder(Encoder):
    """ResNet-18 or ResNet-50 (He et al., CVPR 2016) without its classifier: maps at strides 8, 16 and 32.

    Args:
        depth: 18 or 50.
        grey: see grey crops; the first convolution's weights for the three colours are added up.
        pretrained: start from ImageNet's weights.

    Raises:
        InputError: the weights cannot be downloaded.
    """

    mean: tuple[float, ...] = _MEAN
    deviation: tuple[float, ...] = _DEVIATION

    def __init__(self, depth: int, *, grey: bool = False, pretrained: bool = False) -> None:
        super().__init__()
        makers = {18: models.resnet18, 50: models.resnet50}
        network = _make(makers[depth], pretrained)
        if grey:
            self.colours, self.mean, self.deviation = 1, _GREY_MEAN, _GREY_DEVIATION
            network.conv1 = _grey(network.conv1)
        self.stem = nn.Sequential(network.conv1, network.bn1, network.relu, network.maxpool)
        self.stages = nn.ModuleList([network.layer1, network.layer2, network.layer3, network.layer4])
        self.channels = (128, 256, 512) if depth == 18 else (512, 1024, 2048)

    def forward(self, crops: Tensor) -> list[Tensor]:
        """The maps of the three coarsest strides."""
        features = self.stem(crops)
        maps = []
        for stage in self.stages:
            features = stage(features)
            maps.append(features)
        return maps[1:]

    def first_convolution(self) -> nn.Conv2d:
        """``conv1``."""
        convolution = self.stem[0]
        assert isinstance(convolution, nn.Conv2d)
        return convolution


class VggEncoder(Encoder):
    """VGG-11 (Simonyan and Zisserman, ICLR 2015) up to a named layer.

    Args:
        cut: name of the last layer that is used: ``features.0`` to ``features.20``.
        pretrained: keep ImageNet's weights as they are; else all is trained from random ones.

    Raises:
        InputError: no such layer, or the weights cannot be downloaded.
    """

    mean = _MEAN
    deviation = _DEVIATION

    def __init__(self, cut: str = "features.20", *, pretrained: bool = False) -> None:
        super().__init__()
        self.frozen = pretrained
        layers = _vgg_layers()
        names = [f"features.{index}" for index in range(len(layers))]
        if cut not in names:
            raise InputError(f"VGG-11 has no layer {cut!r}; known are {names[0]} to {names[-1]}")
        self.layers = nn.Sequential(*layers[: names.index(cut) + 1])
        if pretrained:
            weights = _downloaded(models.VGG11_Weights.IMAGENET1K_V1.get_state_dict, check_hash=True)
            self.layers.load_state_dict({name: weights[f"features.{name}"] for name in self.layers.state_dict()})
        self.channels = (next(layer.out_channels for layer in reversed(self.layers) if isinstance(layer, nn.Conv2d)),)

    def forward(self, crops: Tensor) -> list[Tensor]:
        """The map of the last layer."""
        return [self.layers(crops)]

    def first_convolution(self) -> nn.Conv2d:
        """``features.0``."""
        convolution = self.layers[0]
        assert isinstance(convolution, nn.Conv2d)
        return convolution


def _vgg_layers() -> list[nn.Module]:
    """Those of torchvision's VGG-11 before its classifier, which would take two seconds and half a gigabyte to make."""
    layers: list[nn.Module] = []
    inputs = 3
    for stage in _VGG_STAGES:
        for width in stage:
            convolution = nn.Conv2d(inputs, width, 3, padding=1)
            nn.init.kaiming_normal_(convolution.weight, mode="fan_out", nonlinearity="relu")
            assert convolution.bias is not None
            nn.init.zeros_(convolution.bias)
            layers += [convolution, nn.ReLU(inplace=True)]
            inputs = width
        layers.append(nn.MaxPool2d(2))
    return layers


class SqueezeNetEncoder(Encoder):
    """SqueezeNet 1.1 (Iandola et al., 2016) without its classifier: maps at strides 8 and 16.

    Args:
        pretrained: start from ImageNet's weights.

    Raises:
        InputError: the weights cannot be downloaded.
    """

    mean = _MEAN
    deviation = _DEVIATION
    channels = (256, 512)

    def __init__(self, *, pretrained: bool = False) -> None:
        super().__init__()
        features = _make(models.squeezenet1_1, pretrained).features
        # The poolings lie at 2, 5 and 8: the maps of stride 8 end before the last of them.
        self.fine: nn.Sequential = features[:8]
        self.coarse: nn.Sequential = features[8:]

    def forward(self, crops: Tensor) -> list[Tensor]:
        """The maps of the two coarsest strides."""
        fine = self.fine(crops)
        return [fine, self.coarse(fine)]

    def first_convolution(self) -> nn.Conv2d:
        """``features.0``."""
        convolution = self.fine[0]
        assert isinstance(convolution, nn.Conv2d)
        return convolution


def _make(maker: Callable[..., Any], pretrained: bool) -> Any:
    """A network of torchvision's."""
    return _downloaded(maker, weights="IMAGENET1K_V1" if pretrained else None)


def _downloaded(load: Callable[..., Any], **arguments: Any) -> Any:
    """What ``load`` returns, which may have to download it."""
    try:
        return load(**arguments)
    except (OSError, HTTPException, RuntimeError) as error:  # urllib's, a broken download, a wrong checksum
        raise InputError(
            f"cannot download torchvision's ImageNet weights ({error}); train without --pretrained, or with "
            "--network efficientnet-lite0, whose weights come with a package"
        ) from error


def _grey(convolution: nn.Conv2d) -> nn.Conv2d:
    """The convolution for one colour that sees in grey crops what ``convolution`` sees in colourless ones."""
    grey = copy.deepcopy(convolution)
    grey.in_channels = 1
    with torch.no_grad():
        grey.weight = nn.Parameter(convolution.weight.sum(dim=1, keepdim=True))
    return grey
