"""From a detector's checkpoint to the ONNX file that ``NetworkDetector`` runs."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from facepoints.arrays import Image
from facepoints.errors import WeightsError
from facepoints.training.checkpoints import read_checkpoint
from facepoints.training.networks.detector import STRIDES, DetectorNetwork, create_detector, rows_of_blocks
from facepoints.training.onnx_file import random_bytes, write_network
from facepoints.training.quantise import quantise

__all__ = [
    "CALIBRATION_PICTURES",
    "ExportedDetector",
    "export_detector",
    "export_detector_checkpoint",
    "load_detector_checkpoint",
    "quantise_detector",
]

OUTPUTS = ("boxes", "scores", "points", "frames")

CALIBRATION_PICTURES = 128
"""Enough for the ranges of activations."""

_LARGEST = 512
"""Width and height are at most so many times 32 pixels."""


class ExportedDetector(nn.Module):
    """A detector with nothing left to decode.

    Maps ``(n, H, W, 3)`` uint8 RGB to boxes ``(n, k, 4)``, scores ``(n, k)``, points ``(n, k, 5, 2)`` and frames
    ``(n, k, 2, 2)``.
    """

    def __init__(self, network: DetectorNetwork) -> None:
        super().__init__()
        self.network = copy.deepcopy(network)
        self.stem = network.row_stem()

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Run the network."""
        prediction = self.network.decode(self.stem(rows_of_blocks(pictures).float()))
        points, frames = prediction.landmarks[:, :, :5], prediction.landmarks[:, :, 5:]
        return prediction.boxes, prediction.logits.sigmoid(), points, frames


def load_detector_checkpoint(path: Path) -> tuple[DetectorNetwork, dict[str, Any]]:
    """The network with the averaged weights of a checkpoint, and the settings of its run.

    Raises:
        WeightsError: the file is missing, or no checkpoint of ``facepoints train detector``.
    """
    checkpoint = read_checkpoint(path)
    if checkpoint.kind != "detector":
        raise WeightsError(f"{path} is a checkpoint of {checkpoint.kind}, not of `facepoints train detector`")
    try:
        # Checkpoints did not name their network while there was one.
        network = create_detector(checkpoint.settings.get("network", "slim"))
        network.load_state_dict(checkpoint.weights)
    except RuntimeError as error:  # weights of another shape
        raise WeightsError(f"{path} is no checkpoint of `facepoints train detector`: {error}") from error
    return network.eval(), checkpoint.settings


def export_detector_checkpoint(checkpoint: Path, path: Path) -> None:
    """Write the network of a checkpoint as ONNX, with the settings of its run as metadata.

    Raises:
        WeightsError: no such checkpoint, or the export is not faithful.
        InputError: the file cannot be written.
    """
    network, settings = load_detector_checkpoint(checkpoint)
    export_detector(network, path, name="detector", about={"facepoints.training": json.dumps(settings, sort_keys=True)})


def quantise_detector(network: Path, out: Path, pictures: Iterable[Image]) -> None:
    """Write a copy of an exported detector that computes with 8 bits.

    Args:
        network: ONNX file of :func:`export_detector`.
        out: file to write.
        pictures: typical ones, RGB uint8 with sides of 32 pixels or more; no more than ``CALIBRATION_PICTURES`` are
            looked at.

    Raises:
        InputError: the file cannot be written.
    """
    inputs = ({"pictures": _whole_steps(picture)[None]} for picture in islice(pictures, CALIBRATION_PICTURES))
    quantise(network, out, inputs, exact="network.outputs.")


def _whole_steps(picture: Image) -> Image:
    height, width = (side // STRIDES[-1] * STRIDES[-1] for side in picture.shape[:2])
    return np.ascontiguousarray(picture[:height, :width])


def export_detector(network: DetectorNetwork, path: Path, *, name: str, about: dict[str, str]) -> None:
    """Write the network as one ONNX file and compare its output with PyTorch's.

    Args:
        network: to export.
        path: of the file.
        name: that the file tells of itself.
        about: further metadata, kept in the file.

    Raises:
        WeightsError: onnxruntime's output differs from PyTorch's.
        InputError: the file cannot be written.
    """
    trial = random_bytes(1, 128, 96, 3)
    with torch.no_grad():
        # Of the network itself: its exported form reads pictures in another way.
        prediction = network(trial)
    write_network(
        ExportedDetector(network).eval(),
        random_bytes(2, 96, 128, 3),
        path,
        name="pictures",
        outputs=OUTPUTS,
        dynamic={
            0: torch.export.Dim("batch", min=1, max=4096),
            1: 32 * torch.export.Dim("rows", min=1, max=_LARGEST),
            2: 32 * torch.export.Dim("columns", min=1, max=_LARGEST),
        },
        metadata={"facepoints.name": name, "facepoints.kind": "detector", **about},
        trial=trial,
        expected={"boxes": prediction.boxes, "scores": prediction.logits.sigmoid()},
    )
