"""What keypoint networks are made of: an encoder, which sees the crop, and a head, which says where the points are."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from facepoints.errors import InputError

__all__ = ["Encoder", "Head", "KeypointNetwork", "Prediction", "cell_centres", "expectation"]

_LUMA = (0.299, 0.587, 0.114)
"""Shares of red, green and blue in grey (ITU-R BT.601), as OpenCV has them."""


class Prediction(NamedTuple):
    """What a keypoint network says about a batch of crops.

    Attributes:
        points: ``(n, 68, 2)`` in crop pixels.
        score_logits: ``(n, 68)``; their sigmoid is the score of each point.
        heatmap_logits: ``(n, 68, cells, cells)`` before the softmax over all cells; None where the head has none.
        offsets: ``(n, 68, 2, cells, cells)``, where the point lies from each cell's centre, in crop pixels; None where
            the head has none.
    """

    points: Tensor
    score_logits: Tensor
    heatmap_logits: Tensor | None = None
    offsets: Tensor | None = None


class Encoder(nn.Module, ABC):
    """From normalised crops ``(n, colours, size, size)`` to maps, finest first.

    Attributes:
        channels: of each map.
        colours: 3, or 1 for grey.
        mean: what is taken off each colour, of values up to 255.
        deviation: what each is divided by then.
        frozen: whether the encoder keeps the weights that it has.
    """

    channels: tuple[int, ...]
    colours: int = 3
    mean: tuple[float, ...] = (0.0,)
    deviation: tuple[float, ...] = (128.0,)
    frozen: bool = False

    @abstractmethod
    def forward(self, crops: Tensor) -> list[Tensor]:
        """The maps of each crop."""

    @abstractmethod
    def first_convolution(self) -> nn.Conv2d:
        """The convolution that sees the crop."""


class Head(nn.Module, ABC):
    """From an encoder's maps to a :class:`Prediction`."""

    @abstractmethod
    def forward(self, maps: Sequence[Tensor]) -> Prediction:
        """Read points and scores off the maps."""

    def points_to_train(self, prediction: Prediction, keypoints: Tensor) -> Tensor:
        """The points ``(n, 68, 2)`` that the loss compares with the true ``keypoints``: those of the prediction, unless
        the head's way to them gives no gradient."""
        del keypoints
        return prediction.points


class KeypointNetwork(nn.Module):
    """Crops ``(n, size, size, 3)`` uint8 RGB to a :class:`Prediction`.

    Args:
        encoder: sees the crop.
        head: fits the encoder's maps.
        size: side of the crop in pixels.
    """

    def __init__(self, encoder: Encoder, head: Head, size: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = head
        self.size = size
        self.folded = False
        mean, deviation = torch.tensor(encoder.mean), torch.tensor(encoder.deviation)
        self.register_buffer("mean", mean.reshape(1, -1, 1, 1), persistent=False)
        self.register_buffer("deviation", deviation.reshape(1, -1, 1, 1), persistent=False)
        self.register_buffer("luma", torch.tensor(_LUMA).reshape(1, 3, 1, 1), persistent=False)
        if encoder.frozen:
            encoder.requires_grad_(False)

    def forward(self, crops: Tensor) -> Prediction:
        """Run the network; see the class for shapes."""
        prediction: Prediction = self.head(self.encoder(self._normalised(crops)))
        return prediction

    def train(self, mode: bool = True) -> KeypointNetwork:
        """Switch dropout and batch statistics on or off; a frozen encoder stays as it is in use."""
        super().train(mode)
        if self.encoder.frozen:
            self.encoder.eval()
        return self

    def start_from(self, weights: Mapping[str, Tensor]) -> None:
        """Take those weights of another network that have the name and the shape of its own.

        Raises:
            InputError: not half of its own are among them.
        """
        own = self.state_dict()
        fitting = {name: value for name, value in weights.items() if name in own and own[name].shape == value.shape}
        if 2 * len(fitting) < len(own):
            raise InputError(f"only {len(fitting)} of {len(own)} tensors fit: it is quite another network")
        self.load_state_dict(fitting, strict=False)

    def fold_input_scale(self) -> None:
        """Move the scaling of the input into the first convolution, which saves a pass over every crop.

        Where a mean is taken off the input, nothing is moved: the convolution's padding would have to be the mean.
        """
        if self.encoder.colours == 3 and not any(self.encoder.mean) and not self.folded:
            with torch.no_grad():
                self.encoder.first_convolution().weight.div_(self.get_buffer("deviation"))
            self.folded = True

    def _normalised(self, crops: Tensor) -> Tensor:
        pixels = crops.permute(0, 3, 1, 2).to(self.encoder.first_convolution().weight.dtype)
        if self.encoder.colours == 1:
            pixels = (pixels * self.get_buffer("luma")).sum(dim=1, keepdim=True)
        if self.folded:
            return pixels
        if any(self.encoder.mean):
            pixels = pixels - self.get_buffer("mean")
        return pixels / self.get_buffer("deviation")


def expectation(probabilities: Tensor, cells: Tensor) -> Tensor:
    """Mean place ``(n, 68, 2)`` under ``(n, 68, k)`` probabilities of the cells ``(k, 2)``, in 32 bits in any case.

    Autocast would multiply the matrices in 16 bits, in which places are whole pixels at best.
    """
    if torch.is_autocast_enabled(probabilities.device.type):
        return torch.stack([(probabilities * places).sum(dim=-1) for places in cells.T], dim=-1)
    return probabilities @ cells


def cell_centres(size: int, cells: int) -> Tensor:
    """``(cells * cells, 2)``: where each cell of a map lies in a crop of ``size`` pixels, row by row."""
    stride = size / cells
    centres = torch.arange(cells, dtype=torch.float32) * stride + (stride - 1) / 2
    rows, columns = torch.meshgrid(centres, centres, indexing="ij")
    return torch.stack([columns.flatten(), rows.flatten()], dim=1)
