"""Looking into a network: the filters of its first layer, and the feature maps of every convolution.

It works on ONNX files, which every network of this project can be had as, and runs them with onnxruntime: what is seen
is what the network computes in use, 8-bit networks included.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime

from facepoints.arrays import Array, Floats, Image, as_image
from facepoints.errors import InputError, WeightsError
from facepoints.inference import open_network
from facepoints.training.onnx_layers import convolutions
from facepoints.training.onnx_shortcuts import filters_of_one_look
from facepoints.weights.structure import check_structure

__all__ = ["InspectedNetwork", "Layer", "filter_responses"]

_FREE_SIDE = 256
"""Length of what a network leaves open, where no input is given; the detector wants a multiple of 32."""


@dataclass(frozen=True)
class Layer:
    """A convolution of a network.

    Attributes:
        number: from 1, in the order of the network.
        name: such as ``stages.1.0.0``.
        kernel: height and width.
        inputs: channels that come in.
        outputs: channels that go out, each of them a feature map.
        stride: along height and width.
        size: height and width of the feature maps.
    """

    number: int
    name: str
    kernel: tuple[int, int]
    inputs: int
    outputs: int
    stride: tuple[int, int]
    size: tuple[int, int]


class InspectedNetwork:
    """A network whose inside can be looked at.

    Args:
        path: of the ONNX file.

    Attributes:
        names: of all convolutions, in the order of the network.
        input_shape: of the network's input; None for a length that is free.

    Raises:
        WeightsError: the file is missing or damaged, the network takes several inputs or has no convolutions, or it is
            refused: see :mod:`facepoints.weights.structure`.
    """

    def __init__(self, path: Path) -> None:
        check_structure(path)  # before onnx.load, too, which reads whatever files a network names
        inputs = open_network(path).get_inputs()
        self._path = path
        self._model = onnx.load(path)
        self._convolutions = convolutions(self._model.graph)
        if len(inputs) != 1 or not self._convolutions:
            raise WeightsError(
                f"{path} has {len(inputs)} inputs and {len(self._convolutions)} convolutions; "
                "networks with one input and at least one convolution can be looked into"
            )
        self._one_look = filters_of_one_look(self._model)
        self._input = inputs[0].name
        self._dtype = next(
            onnx.helper.tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type)
            for value in self._model.graph.input
            if value.name == self._input
        )
        self.input_shape = tuple(length if isinstance(length, int) else None for length in inputs[0].shape)
        self.names = tuple(convolution.name for convolution in self._convolutions)

    @property
    def takes_pictures(self) -> bool:
        """Whether the input is as for all networks of facepoints: RGB uint8 pictures ``(n, H, W, 3)``."""
        return self._dtype == np.uint8 and len(self.input_shape) == 4 and self.input_shape[3] == 3

    @property
    def input_type(self) -> str:
        """Kind of numbers and shape of the input, to be read by people."""
        lengths = ", ".join("n" if length is None else str(length) for length in self.input_shape)
        return f"{self._dtype} ({lengths})"

    def blank(self) -> Array:
        """An input of zeros, without the axis of the batch; 256 long where the network leaves the length open."""
        return np.zeros([length or _FREE_SIDE for length in self.input_shape[1:]], dtype=self._dtype)

    def number_of(self, layer: int | str) -> int:
        """The number of a layer that is given by its number or its name.

        Raises:
            InputError: there is no such layer; the message has names that are like it.
        """
        text = str(layer).strip()
        if text in self.names:
            return self.names.index(text) + 1
        if text.isdecimal() and 1 <= int(text) <= len(self.names):
            return int(text)
        near = difflib.get_close_matches(text, self.names, n=4, cutoff=0.4)
        known = f"near it are {', '.join(near)}; " if near else ""
        raise InputError(
            f"there is no layer {text!r}: {known}a layer is given by its name or its number, 1 to {len(self.names)}"
        )

    def layers(self, inputs: Array | None = None) -> list[Layer]:
        """All convolutions.

        Args:
            inputs: one input of the network, without the axis of the batch, which decides the sizes of the feature
                maps; None for :meth:`blank`.

        Raises:
            WeightsError: the network cannot run on such an input.
        """
        tensors = [tensor for each in self._convolutions for tensor in (each.weights, each.result)]
        values = self._run(self.blank() if inputs is None else inputs, tensors)
        return [
            Layer(
                number=number,
                name=each.name,
                kernel=weights.shape[2:],
                inputs=weights.shape[1] * each.groups,
                outputs=len(weights),
                stride=each.stride,
                size=values[each.result].shape[2:],
            )
            for number, each in enumerate(self._convolutions, start=1)
            for weights in [self._of_one_look(number, values[each.weights])]
        ]

    def feature_maps(self, inputs: Array, layers: Sequence[int | str]) -> list[Floats]:
        """What convolutions make of an input, before any activation: ``(channels, h, w)`` for each of ``layers``.

        Args:
            inputs: one input of the network, without the axis of the batch.
            layers: numbers or names.

        Raises:
            InputError: there is no such layer.
            WeightsError: the network cannot run on such an input.
        """
        numbers = [self.number_of(layer) for layer in layers]
        results = [self._convolutions[number - 1].result for number in numbers]
        values = self._run(inputs, results)
        maps = [np.asarray(values[result][0], dtype=np.float32) for result in results]
        return [each[: self._one_look] if number == 1 else each for number, each in zip(numbers, maps, strict=True)]

    def first_filters(self) -> Floats:
        """The filters of the first convolution, ``(n, height, width, channels)``.

        Channels are red, green and blue where the network takes colour pictures. A first layer whose channels are the
        colours of several neighbouring pixels of a row, as that of the detector, is shown as the filters over pixels
        that it is.

        Raises:
            WeightsError: the network cannot run.
        """
        first = self._convolutions[0]
        blank = self.blank()
        values = self._run(blank, [first.weights, first.given])
        weights = self._of_one_look(1, np.asarray(values[first.weights], dtype=np.float32))
        count, channels, height, width = weights.shape
        pixels = max(1, channels // 3)
        rows, columns = blank.shape[:2]
        if self.takes_pictures and values[first.given].shape == (1, 3 * pixels, rows, columns // pixels):
            apart = weights.reshape(count, pixels, 3, height, width).transpose(0, 3, 4, 1, 2)
            return apart.reshape(count, height, width * pixels, 3)
        return weights.transpose(0, 2, 3, 1)

    def _of_one_look(self, number: int, weights: Array) -> Array:
        """The weights of a convolution; of the first, where it serves a second look at the mirror image, those for the
        look at the picture itself, without the columns that only the other needs."""
        if number != 1 or self._one_look is None:
            return weights
        own = weights[: self._one_look]
        used = np.flatnonzero(own.any(axis=(0, 1, 2)))
        return own[..., used[0] : used[-1] + 1]

    def _run(self, inputs: Array, tensors: Sequence[str]) -> dict[str, Array]:
        """The values of some tensors of the graph, weights among them, for one input."""
        wanted = list(dict.fromkeys(tensors))
        outputs = self._model.graph.output
        del outputs[:]
        outputs.extend(onnx.ValueInfoProto(name=name) for name in wanted)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        try:
            session = onnxruntime.InferenceSession(
                self._model.SerializeToString(), options, providers=["CPUExecutionProvider"]
            )
            values = session.run(wanted, {self._input: np.asarray(inputs, dtype=self._dtype)[None]})
        except Exception as error:  # onnxruntime's own exceptions share no public base
            raise WeightsError(
                f"{self._path}: the network takes {self.input_type} and cannot run on one input of shape "
                f"{np.shape(inputs)}: {error}"
            ) from error
        return dict(zip(wanted, values, strict=True))


def filter_responses(picture: Image, filters: Floats) -> Floats:
    """A picture filtered by each of some filters: their correlation with it at every pixel, without stride or bias.

    Args:
        picture: RGB ``(H, W, 3)``; for filters of one channel it is made grey. Beyond the picture its border is
            repeated.
        filters: ``(n, height, width, channels)`` with 3 channels, or with 1.

    Returns:
        ``(n, H, W)``.

    Raises:
        InputError: the filters have another number of channels.
    """
    if filters.ndim != 4 or filters.shape[3] not in (1, 3):
        raise InputError(f"filters must have shape (n, height, width, 3), or 1 for grey; got {filters.shape}")
    colours = as_image(picture)
    seen = colours if filters.shape[3] == 3 else cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY)[..., None]
    planes = np.moveaxis(seen.astype(np.float32), 2, 0)
    return np.stack(
        [
            sum(
                cv2.filter2D(plane, cv2.CV_32F, kernel, borderType=cv2.BORDER_REPLICATE)
                for plane, kernel in zip(planes, np.moveaxis(one, 2, 0), strict=True)
            )
            for one in filters
        ]
    )
