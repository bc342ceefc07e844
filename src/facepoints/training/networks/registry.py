"""The networks and heads that can be trained, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from facepoints.errors import InputError
from facepoints.training.networks.base import Encoder, Head, KeypointNetwork
from facepoints.training.networks.course import LeNetEncoder, NaimishNetEncoder, PlainEncoder, start_as_xavier
from facepoints.training.networks.heads import DenseHead, HeatmapHead, OffsetHead, RegressionHead
from facepoints.training.networks.pyramid import PyramidConfig, PyramidEncoder

__all__ = ["HEADS", "NETWORKS", "OWN_HEAD", "NetworkSpec", "check_names", "create", "head_of", "least_batch"]

OWN_HEAD = "own"
"""The head that a network comes with."""

HEADS = ("regression", "heatmaps", "offsets")
"""Ways to read the points: :class:`RegressionHead` or :class:`DenseHead`, :class:`HeatmapHead`, :class:`OffsetHead`."""

_COARSE = 12
"""Least stride of the maps that the head "offsets" uses; networks without padding have odd ones."""


@dataclass(frozen=True)
class NetworkSpec:
    """How a network is made.

    Attributes:
        encoder: makes the encoder; takes whether it should start from weights that others have trained.
        size: side of the crops in pixels.
        head: name of the head that it comes with.
        dense: arguments of the :class:`DenseHead` that it has for the head "regression"; None for a
            :class:`RegressionHead`.
        hidden: units of the dense layers of that.
        pretrained: whether there are such weights.
        head_options: further arguments of the head that it comes with.
    """

    encoder: Callable[[bool], Encoder]
    size: int = 128
    head: str = "heatmaps"
    dense: Mapping[str, Any] | None = None
    hidden: tuple[int, ...] = (256,)
    pretrained: bool = False
    head_options: Mapping[str, Any] = field(default_factory=dict)


def _ours(size: int, head_options: Mapping[str, Any] | None = None, **shape: Any) -> NetworkSpec:
    return NetworkSpec(lambda _: PyramidEncoder(PyramidConfig(**shape)), size, head_options=head_options or {})


def _course(encoder: Callable[[], Encoder], **dense: Any) -> NetworkSpec:
    return NetworkSpec(lambda _: encoder(), 224, "regression", dense)


def _imagenet(make: Callable[[bool], Encoder], head: str = "regression", **options: Any) -> NetworkSpec:
    return NetworkSpec(make, 224, head, pretrained=True, **options)


def _resnet(depth: int, grey: bool = False) -> NetworkSpec:
    def make(pretrained: bool) -> Encoder:
        from facepoints.training.networks.imagenet import ResNetEncoder

        return ResNetEncoder(depth, grey=grey, pretrained=pretrained)

    return _imagenet(make)


def _vgg(pretrained: bool) -> Encoder:
    from facepoints.training.networks.imagenet import VggEncoder

    return VggEncoder(pretrained=pretrained)


def _squeezenet(pretrained: bool) -> Encoder:
    from facepoints.training.networks.imagenet import SqueezeNetEncoder

    return SqueezeNetEncoder(pretrained=pretrained)


def _efficientnet_lite(pretrained: bool) -> Encoder:
    from facepoints.training.networks.efficientnet_lite import EfficientNetLiteEncoder

    return EfficientNetLiteEncoder(pretrained=pretrained)


_DENSE = {"hidden": (1000, 1000), "dropout": (0.5, 0.6), "activation": nn.ELU}

NETWORKS: dict[str, NetworkSpec] = {
    "compact": _ours(128),
    "tiny": _ours(128, patch=4),
    "large": _ours(192, {"width": 128, "blocks": 1}, widths=(32, 64, 128, 192, 320), blocks=(1, 2, 2, 2)),
    "plain": _course(PlainEncoder, norm=True, **_DENSE),
    "naimishnet": _course(NaimishNetEncoder, norm=False, **_DENSE),
    "naimishnet-average": _course(lambda: NaimishNetEncoder(average=True), norm=False, **_DENSE),
    "lenet": _course(LeNetEncoder, norm=False, hidden=(544, 272), dropout=(0.0, 0.0), activation=nn.ReLU),
    "resnet18": _resnet(18),
    "resnet18-grey": _resnet(18, grey=True),
    "resnet50": _resnet(50),
    "resnet50-grey": _resnet(50, grey=True),
    # Frozen features say where in the crop something is only by their place in the map, which pooling would lose.
    "vgg11": _imagenet(_vgg, dense={"hidden": (512,), "dropout": (0.5,), "norm": True, "activation": nn.ReLU}),
    # Its classifier is a 1x1 convolution and then a mean; a mean and then a dense layer give the same.
    "squeezenet": _imagenet(_squeezenet, hidden=()),
    "efficientnet-lite0": _imagenet(_efficientnet_lite),
}
"""How each network is made. The first three are ours; plain, naimishnet and lenet those of the course project; the
others are for transfer learning."""


def check_names(network: str, head: str = OWN_HEAD, *, pretrained: bool = False) -> None:
    """Raise InputError if there is no such network or head, or no weights to start from."""
    if network not in NETWORKS:
        raise InputError(f"there is no network {network!r}; known are {', '.join(NETWORKS)}")
    if head not in (OWN_HEAD, *HEADS):
        raise InputError(f"there is no head {head!r}; known are {', '.join((OWN_HEAD, *HEADS))}")
    if pretrained and not NETWORKS[network].pretrained:
        known = [name for name, spec in NETWORKS.items() if spec.pretrained]
        raise InputError(f"there are no pretrained weights of {network!r}; there are of {', '.join(known)}")


def head_of(network: str, head: str) -> str:
    """The name in ``HEADS`` of a network's head, also where it is called ``"own"``."""
    return NETWORKS[network].head if head == OWN_HEAD else head


def least_batch(network: str, head: str = OWN_HEAD) -> int:
    """Crops that a network must see at once in training: 2 where dense layers have a batch norm, else 1."""
    dense = NETWORKS[network].dense if head_of(network, head) == "regression" else None
    return 2 if dense and dense["norm"] else 1


def create(network: str, head: str = OWN_HEAD, *, pretrained: bool = False) -> KeypointNetwork:
    """A new network.

    Args:
        network: of ``NETWORKS``.
        head: of ``HEADS``, or ``"own"`` for the one that the network comes with.
        pretrained: start from weights trained on ImageNet, which may have to be downloaded; else from random ones.

    Raises:
        InputError: no such network, head or weights, or they cannot be downloaded.
    """
    check_names(network, head, pretrained=pretrained)
    return build(NETWORKS[network], head, pretrained=pretrained)


def build(spec: NetworkSpec, head: str = OWN_HEAD, *, pretrained: bool = False) -> KeypointNetwork:
    """A new network of any shape; see :func:`create`."""
    encoder = spec.encoder(pretrained)
    chosen = spec.head if head == OWN_HEAD else head
    options = spec.head_options if chosen == spec.head else {}
    return KeypointNetwork(encoder, _make_head(chosen, spec, encoder, options), spec.size)


def _make_head(name: str, spec: NetworkSpec, encoder: Encoder, options: Mapping[str, Any]) -> Head:
    sides = _map_sides(encoder, spec.size)
    if name == "regression":
        if spec.dense is None:
            return RegressionHead(encoder.channels, spec.size, spec.hidden, **options)
        head = DenseHead(encoder.channels[-1] * sides[-1] ** 2, spec.size, **spec.dense)
        start_as_xavier(head.layers[:-1])  # the last starts in the middle of the crop
        return head
    if name == "heatmaps":
        finest = next(index for index, side in enumerate(sides) if side <= spec.size / 7 or index == len(sides) - 1)
        return HeatmapHead(encoder.channels[finest:], spec.size, sides[finest], **options)
    first = next((index for index, side in enumerate(sides) if spec.size / side >= _COARSE), len(sides) - 1)
    return OffsetHead(encoder.channels[first:], spec.size, sides[first], **options)


def _map_sides(encoder: Encoder, size: int) -> list[int]:
    """Cells along each side of the maps."""
    was_training = encoder.training
    with torch.no_grad():
        maps = encoder.eval()(torch.zeros(1, encoder.colours, size, size))
    encoder.train(was_training)
    return [int(features.shape[2]) for features in maps]
