"""From a checkpoint to the ONNX file that the estimator runs."""

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

from facepoints.arrays import Floats, Image
from facepoints.errors import WeightsError
from facepoints.scheme import MIRROR
from facepoints.training.checkpoints import read_checkpoint
from facepoints.training.networks import OWN_HEAD, KeypointNetwork, create
from facepoints.training.onnx_file import random_bytes, write_network
from facepoints.training.quantise import quantise

__all__ = [
    "CALIBRATION_FACES",
    "ExportedNetwork",
    "export",
    "export_checkpoint",
    "load_checkpoint",
    "quantise_keypoints",
]

CALIBRATION_FACES = 256
"""Enough for the ranges of activations."""

_CALIBRATION_BATCH = 16


class ExportedNetwork(nn.Module):
    """A network with nothing left to decode: crops in, points and scores out.

    Maps ``(n, size, size, 3)`` uint8 RGB to points ``(n, 68, 2)`` in crop pixels and scores ``(n, 68)`` from 0 to 1.

    Args:
        network: to export.
        style: ``(68, 2)``, over the outer-eye distance, along the line of the eyes and down across it. If given, the
            network looks at the mirrored crop as well, and the mean of both answers is moved by so much: by the style
            of the labels (:func:`facepoints.datasets.self_training.label_styles`), which a network does not have that
            learned mirrored labels as often as others.
    """

    def __init__(self, network: KeypointNetwork, style: Floats | None = None) -> None:
        super().__init__()
        self.network = copy.deepcopy(network)
        self.network.fold_input_scale()
        self.twice = style is not None
        if style is not None:
            self.register_buffer("style", torch.from_numpy(style))
            self.register_buffer("order", torch.from_numpy(MIRROR.copy()))

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor]:
        """Run the network."""
        if not self.twice:
            prediction = self.network(crops)
            return prediction.points, prediction.score_logits.sigmoid()
        prediction = self.network(torch.cat([crops, crops.flip(2)]))
        count, order = crops.shape[0], self.get_buffer("order")
        points, scores = prediction.points, prediction.score_logits.sigmoid()
        other = points[count:, order]
        other = torch.stack([self.network.size - 1 - other[..., 0], other[..., 1]], dim=-1)
        mean = (points[:count] + other) / 2
        along = mean[:, 45] - mean[:, 36]
        axes = torch.stack([along, torch.stack([-along[:, 1], along[:, 0]], dim=-1)], dim=1)
        return mean + self.get_buffer("style") @ axes, (scores[:count] + scores[count:, order]) / 2


def load_checkpoint(path: Path) -> tuple[KeypointNetwork, dict[str, Any]]:
    """The network with the averaged weights of a checkpoint, and the settings of its run.

    Raises:
        WeightsError: the file is missing, or no checkpoint of ``facepoints train keypoints``.
    """
    checkpoint = read_checkpoint(path)
    if checkpoint.kind != "keypoints":
        raise WeightsError(f"{path} is a checkpoint of a {checkpoint.kind}, not of `facepoints train keypoints`")
    try:
        network = create(checkpoint.settings["network"], checkpoint.settings.get("head", OWN_HEAD))
        network.load_state_dict(checkpoint.weights)
    except (KeyError, RuntimeError) as error:  # the latter for weights of another shape
        raise WeightsError(f"{path} is no checkpoint of `facepoints train keypoints`: {error}") from error
    return network.eval(), checkpoint.settings


def export_checkpoint(checkpoint: Path, path: Path, style: Floats | None = None) -> None:
    """Write the network of a checkpoint as ONNX, with the settings of its run as metadata.

    Args:
        checkpoint: of a run.
        path: of the file.
        style: look at the mirrored crop as well, see :class:`ExportedNetwork`.

    Raises:
        WeightsError: no such checkpoint, or the export is not faithful.
        InputError: the file cannot be written.
    """
    network, settings = load_checkpoint(checkpoint)
    about = {"facepoints.training": json.dumps(settings, sort_keys=True)}
    export(network, path, name=str(settings["network"]), about=about, style=style)


def quantise_keypoints(network: Path, out: Path, crops: Iterable[Image]) -> None:
    """Write a copy of an exported keypoint network that computes with 8 bits; its last layers keep 32.

    Args:
        network: ONNX file of :func:`export`.
        out: file to write.
        crops: typical ones, RGB uint8 of the network's size; no more than ``CALIBRATION_FACES`` are looked at.

    Raises:
        InputError: the file cannot be written.
    """
    chosen = list(islice(crops, CALIBRATION_FACES))
    batches = (
        {"crops": np.stack(chosen[start : start + _CALIBRATION_BATCH])}
        for start in range(0, len(chosen), _CALIBRATION_BATCH)
    )
    quantise(network, out, batches, exact="network.head.")


def export(
    network: KeypointNetwork, path: Path, *, name: str, about: dict[str, str], style: Floats | None = None
) -> None:
    """Write the network as one ONNX file and compare its output with PyTorch's.

    Args:
        network: to export.
        path: of the file.
        name: that the file tells of itself.
        about: further metadata, kept in the file.
        style: look at the mirrored crop as well, see :class:`ExportedNetwork`.

    Raises:
        WeightsError: onnxruntime's output differs from PyTorch's.
        InputError: the file cannot be written.
    """
    exported, size = ExportedNetwork(network, style).eval(), network.size
    outputs, trial = ("points", "scores"), random_bytes(3, size, size, 3)
    with torch.no_grad():
        expected = dict(zip(outputs, exported(trial), strict=True))
    write_network(
        exported,
        trial[:2],
        path,
        name="crops",
        outputs=outputs,
        dynamic={0: torch.export.Dim("batch", min=1, max=4096)},
        metadata={"facepoints.name": name, "facepoints.input_size": str(size), **about},
        trial=trial,
        expected=expected,
    )
