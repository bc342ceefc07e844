"""The convolutions of an ONNX graph: their names, their weights, and where their results are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import onnx

__all__ = ["Convolution", "convolutions"]

_PASSED_ON = frozenset({"DequantizeLinear", "QuantizeLinear", "Cast", "Identity"})
"""Operations that change how weights are written, not which weights they are."""


@dataclass(frozen=True)
class Convolution:
    """One node ``Conv`` of a graph, in two dimensions.

    Attributes:
        name: of the module that it was in PyTorch, ``stages.1.0.0``; if the file does not tell, of the node.
        given: tensor that it convolves.
        weights: tensor ``(outputs, inputs / groups, height, width)``.
        result: tensor with its feature maps; in an 8-bit network what the next layer sees of them.
        stride: along height and width.
        groups: of channels that are convolved apart from each other.
    """

    name: str
    given: str
    weights: str
    result: str
    stride: tuple[int, int]
    groups: int


def convolutions(graph: onnx.GraphProto) -> list[Convolution]:
    """All two-dimensional convolutions of a graph, in the order in which it lists them; no two have one name."""
    makers = {output: node for node in graph.node for output in node.output}
    users: dict[str, list[onnx.NodeProto]] = {}
    for node in graph.node:
        for name in node.input:
            users.setdefault(name, []).append(node)
    nodes = [node for node in graph.node if node.op_type == "Conv" and len(_settings(node).get("strides", (1, 1))) == 2]
    names = _unique(_name(node, makers) for node in nodes)
    return [
        Convolution(
            name=name,
            given=node.input[0],
            weights=node.input[1],
            result=_result(node.output[0], users),
            stride=tuple(_settings(node).get("strides", (1, 1))),
            groups=_settings(node).get("group", 1),
        )
        for node, name in zip(nodes, names, strict=True)
    ]


def _settings(node: onnx.NodeProto) -> dict[str, Any]:
    return {attribute.name: onnx.helper.get_attribute_value(attribute) for attribute in node.attribute}


def _name(node: onnx.NodeProto, makers: dict[str, onnx.NodeProto]) -> str:
    weights = node.input[1]
    while weights in makers and makers[weights].op_type in _PASSED_ON:
        weights = makers[weights].input[0]
    # "network.stem.0.weight_quantized" is the stem; "onnx::Conv_217" says nothing.
    module = re.fullmatch(r"(?:network\.)?(.+)\.weight(?:_quantized)?", weights)
    return module[1] if module else node.name or node.output[0]


def _unique(names: Iterable[str]) -> list[str]:
    """The names; where one comes again, as that of a module that is used twice, its count is added."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return found


def _result(output: str, users: dict[str, list[onnx.NodeProto]]) -> str:
    """What the next layer gets of ``output``: in 8-bit networks it is rounded to a byte and read back first."""
    for operation in ("QuantizeLinear", "DequantizeLinear"):
        followers = users.get(output, [])
        if len(followers) != 1 or followers[0].op_type != operation:
            break
        output = followers[0].output[0]
    return output
