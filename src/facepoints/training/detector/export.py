"""From a detector's checkpoint to the ONNX file that ``NetworkDetector`` runs."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from torch import Tensor, nn

from facepoints.errors import WeightsError
from facepoints.files import atomic_write
from facepoints.training.networks.detector import DetectorNetwork, rows_of_blocks
from facepoints.training.onnx_file import add_metadata, to_onnx
from facepoints.training.trained_module import CHECKPOINT_KEY

__all__ = ["ExportedDetector", "export_detector", "export_detector_checkpoint", "load_detector_checkpoint"]

OUTPUTS = ("boxes", "scores", "points", "frames")

_TOLERANCE = 1e-2
"""Largest difference in pixels that is allowed between PyTorch and onnxruntime."""

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
    try:
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        settings = checkpoint[CHECKPOINT_KEY]
        network, prefix = DetectorNetwork(), "network."
        weights = checkpoint["state_dict"].items()
        network.load_state_dict(
            {name.removeprefix(prefix): value for name, value in weights if name.startswith(prefix)}
        )
    except Exception as error:  # torch.load raises whatever the damaged bytes lead it to
        raise WeightsError(f"{path} is no checkpoint of `facepoints train detector`: {error}") from error
    return network.eval(), settings


def export_detector_checkpoint(checkpoint: Path, path: Path) -> None:
    """Write the network of a checkpoint as ONNX, with the settings of its run as metadata.

    Raises:
        WeightsError: no such checkpoint, or the export is not faithful.
        InputError: the file cannot be written.
    """
    network, settings = load_detector_checkpoint(checkpoint)
    export_detector(network, path, name="detector", about={"facepoints.training": json.dumps(settings, sort_keys=True)})


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
    exported = ExportedDetector(network).eval()
    sample = torch.randint(0, 256, (2, 96, 128, 3), dtype=torch.uint8)
    dynamic = {
        0: torch.export.Dim("batch", min=1, max=4096),
        1: 32 * torch.export.Dim("rows", min=1, max=_LARGEST),
        2: 32 * torch.export.Dim("columns", min=1, max=_LARGEST),
    }
    with atomic_write(path) as temporary:
        to_onnx(exported, sample, temporary, name="pictures", outputs=OUTPUTS, dynamic=dynamic)
        add_metadata(temporary, {"facepoints.name": name, "facepoints.kind": "detector", **about})
        _compare(network, temporary)


def _compare(network: DetectorNetwork, path: Path) -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (1, 128, 96, 3), dtype=np.uint8)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    boxes, scores = session.run(["boxes", "scores"], {"pictures": pictures})
    with torch.no_grad():
        expected = network(torch.from_numpy(pictures))
    difference = float(np.abs(boxes - expected.boxes.numpy()).max())
    difference += float(np.abs(scores - expected.logits.sigmoid().numpy()).max())
    if not difference < _TOLERANCE:
        raise WeightsError(
            f"the exported network differs from PyTorch's by {difference:.3g} pixels; nothing was written"
        )
