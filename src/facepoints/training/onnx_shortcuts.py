"""Shorter ways through an 8-bit ONNX graph, which onnxruntime does not find by itself.

Sharing the first convolution changes no result; without a needless rounding, results differ by what it took or added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import onnx
from onnx import helper, numpy_helper

from facepoints.arrays import Array

__all__ = ["filters_of_one_look", "share_first_convolution", "skip_needless_rounding"]

_FILTERS_OF_ONE_LOOK = "look_middle"
"""Tensor with how many filters of the first convolution are for the crop as it is; the others are their mirror images.
"""


class _Graph:
    """Who makes and who uses each tensor of a graph."""

    def __init__(self, graph: onnx.GraphProto) -> None:
        self.graph = graph
        self.makers = {output: node for node in graph.node for output in node.output}
        self.values = {value.name: value for value in graph.initializer}
        self.users: dict[str, list[onnx.NodeProto]] = {}
        for node in graph.node:
            for name in node.input:
                self.users.setdefault(name, []).append(node)

    def value(self, name: str) -> Array:
        return np.asarray(numpy_helper.to_array(self.values[name]))

    def replace_value(self, name: str, value: Array) -> None:
        self.values[name].CopyFrom(numpy_helper.from_array(np.ascontiguousarray(value), name))

    def made_by(self, operation: str, name: str) -> onnx.NodeProto | None:
        """The node of that operation that makes ``name``."""
        node = self.makers.get(name)
        return node if node is not None and node.op_type == operation else None

    def only_user(self, operation: str, name: str) -> onnx.NodeProto | None:
        """The node of that operation that uses ``name``, if no other does."""
        users = self.users.get(name, [])
        return users[0] if len(users) == 1 and users[0].op_type == operation else None


def skip_needless_rounding(model: onnx.ModelProto) -> int:
    """Where a result is rounded to a byte, made non-negative and rounded once more, leave out the first rounding.

    Bytes whose zero stands for 0 cut off what is negative by themselves, so onnxruntime then needs no step of its own
    for the ReLU.

    Returns:
        How many roundings were left out.
    """
    graph = _Graph(model.graph)
    gone: list[onnx.NodeProto] = []
    for relu in [node for node in model.graph.node if node.op_type == "Relu"]:
        back = graph.made_by("DequantizeLinear", relu.input[0])
        first = graph.made_by("QuantizeLinear", back.input[0]) if back is not None else None
        if back is None or first is None or not _rounds_from_zero(graph, relu.output[0]):
            continue
        if graph.only_user("Relu", back.output[0]) and graph.only_user("DequantizeLinear", first.output[0]):
            relu.input[0] = first.input[0]
            gone += [first, back]
    for node in gone:
        model.graph.node.remove(node)
    _drop_unused_values(model.graph)
    return len(gone) // 2


def _rounds_from_zero(graph: _Graph, name: str) -> bool:
    users = graph.users.get(name, [])
    return bool(users) and all(
        user.op_type == "QuantizeLinear"
        and graph.value(user.input[2]).dtype == np.uint8
        and graph.value(user.input[2]) == 0
        for user in users
    )


@dataclass(frozen=True)
class _TwoLooks:
    """The start of a network that looks at a picture and at its mirror image, side by side in a batch."""

    flip: onnx.NodeProto
    join: onnx.NodeProto
    turn: onnx.NodeProto
    convolution: onnx.NodeProto
    rounding: onnx.NodeProto


def share_first_convolution(model: onnx.ModelProto) -> bool:
    """Let a network that looks at a crop and at its mirror image convolve the crop once for both, at first.

    The mirror image under a filter is the crop under the mirrored filter, mirrored. So the first convolution gets the
    mirrored filters beside its own; what they give is turned round afterwards. The first convolution is the slowest:
    it has few channels and many places, whose surroundings are gathered once instead of twice.

    Returns:
        False, and nothing is changed, if the network does not begin so.
    """
    graph = _Graph(model.graph)
    looks = _two_looks(graph)
    if looks is None:
        return False
    crops = looks.join.input[0]
    side = next(given for given in model.graph.input if given.name == crops).type.tensor_type.shape.dim[2].dim_value
    filters = _add_mirrored_filters(graph, looks.convolution, side)
    _part_looks(graph, looks, filters)
    looks.turn.input[0] = crops
    model.graph.node.remove(looks.flip)
    model.graph.node.remove(looks.join)
    del model.graph.value_info[:]  # the shapes of what was
    _drop_unused_values(model.graph)
    return True


def filters_of_one_look(model: onnx.ModelProto) -> int | None:
    """How many filters the first convolution has for one look, where it serves two; else None."""
    found = [value for value in model.graph.initializer if value.name == _FILTERS_OF_ONE_LOOK]
    return int(numpy_helper.to_array(found[0])[0]) if found else None


def _two_looks(graph: _Graph) -> _TwoLooks | None:
    join = next((node for node in graph.graph.node if node.op_type == "Concat"), None)
    if join is None or _setting(join, "axis") != [0] or len(join.input) != 2:
        return None
    flip = graph.made_by("Slice", join.input[1])
    if flip is None or flip.input[0] != join.input[0] or not _reverses(graph, flip, axis=2):
        return None
    turn = graph.only_user("Transpose", join.output[0])
    back = graph.only_user("DequantizeLinear", turn.output[0]) if turn is not None else None
    convolution = graph.only_user("Conv", back.output[0]) if back is not None else None
    relu = graph.only_user("Relu", convolution.output[0]) if convolution is not None else None
    rounding = graph.only_user("QuantizeLinear", relu.output[0]) if relu is not None else None
    if turn is None or convolution is None or rounding is None:
        return None
    return _TwoLooks(flip, join, turn, convolution, rounding)


def _reverses(graph: _Graph, node: onnx.NodeProto, axis: int) -> bool:
    start, axes, step = (graph.value(node.input[index]).tolist() for index in (1, 3, 4))
    return bool(start == [-1] and axes == [axis] and step == [-1])


def _add_mirrored_filters(graph: _Graph, convolution: onnx.NodeProto, side: int) -> int:
    """Widen the filters, so that one window shows what they and their mirror images need; how many there were."""
    weights, *others = [
        name
        for given in convolution.input[1:]
        for maker in [graph.made_by("DequantizeLinear", given)]
        for name in (maker.input if maker is not None else [given])
    ]
    filters = graph.value(weights)
    count, kernel = len(filters), filters.shape[3]
    stride, (top, left, bottom, right) = _setting(convolution, "strides")[1], _setting(convolution, "pads")
    # Column o of the picture, counted from the first that the stride names, meets column k = o + left of a filter;
    # seen from the other end of the picture, it meets k = rest - o + left.
    rest = side - 1 - stride * ((side + left + right - kernel) // stride)
    low, high = min(-left, rest + left - kernel + 1), max(kernel - 1 - left, rest + left)
    wide = np.zeros((2 * count, *filters.shape[1:3], high - low + 1), dtype=filters.dtype)
    own, other = -left - low, rest + left - kernel + 1 - low
    wide[:count, ..., own : own + kernel] = filters
    wide[count:, ..., other : other + kernel] = filters[..., ::-1]
    graph.replace_value(weights, wide)
    for name in others:
        value = graph.value(name)
        if value.shape == (count,):
            graph.replace_value(name, np.concatenate([value, value]))
    _set(convolution, "kernel_shape", wide.shape[2:])
    _set(convolution, "pads", (top, -low, bottom, high - rest))
    return count


def _part_looks(graph: _Graph, looks: _TwoLooks, filters: int) -> None:
    """After the first convolution, turn the second look's maps round and put both looks side by side in the batch."""
    both, numbers = looks.rounding.output[0], np.iinfo(np.int64)
    constants = {
        "look_start": [0],
        _FILTERS_OF_ONE_LOOK: [filters],
        "look_channels": [1],
        "look_turned_start": [filters, -1],
        "look_turned_end": [2 * filters, numbers.min],
        "look_turned_axes": [1, 3],
        "look_turned_steps": [1, -1],
    }
    graph.graph.initializer.extend(
        numpy_helper.from_array(np.array(value, dtype=np.int64), name) for name, value in constants.items()
    )
    start, middle, channels, *turned = constants
    parted = [
        helper.make_node("Slice", [both, start, middle, channels], ["first_look"], name="first_look"),
        helper.make_node("Slice", [both, *turned], ["second_look"], name="second_look"),
        helper.make_node("Concat", ["first_look", "second_look"], ["looks"], name="looks", axis=0),
    ]
    for user in graph.users[both]:
        user.input[0] = "looks"
    place = list(graph.graph.node).index(looks.rounding) + 1
    for offset, node in enumerate(parted):
        graph.graph.node.insert(place + offset, node)


def _setting(node: onnx.NodeProto, name: str) -> list[int]:
    found = next(helper.get_attribute_value(attribute) for attribute in node.attribute if attribute.name == name)
    return list(found) if isinstance(found, Sequence) else [int(found)]


def _set(node: onnx.NodeProto, name: str, value: Sequence[int]) -> None:
    for attribute in [one for one in node.attribute if one.name == name]:
        node.attribute.remove(attribute)
    node.attribute.append(helper.make_attribute(name, list(value)))


def _drop_unused_values(graph: onnx.GraphProto) -> None:
    used = {name for node in graph.node for name in node.input} | {output.name for output in graph.output}
    for value in [value for value in graph.initializer if value.name not in used]:
        graph.initializer.remove(value)
