"""Reading the checkpoints that training runs leave."""

from __future__ import annotations

import pickletools
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor

from facepoints.errors import WeightsError
from facepoints.training.trained_module import CHECKPOINT_KEY, CHECKPOINT_KIND

__all__ = ["Checkpoint", "load_data", "read_checkpoint"]

_NETWORK = "network."
_LONGEST_TEXT = 10_000
"""Characters; names and settings have far fewer."""


class Checkpoint(NamedTuple):
    """What a checkpoint says.

    Attributes:
        kind: of network: ``"keypoints"`` or ``"detector"``.
        settings: of its run.
        weights: the averaged ones, by name.
    """

    kind: str
    settings: dict[str, Any]
    weights: dict[str, Tensor]


def load_data(path: Path) -> Any:
    """What ``torch.load`` makes of a checkpoint, as data alone: nothing in it is run.

    Before that it is checked for what would take time or memory beyond the size of the file: compressed parts, and long
    texts, over which ``torch.load`` may look for the words of its error message for hours.

    Raises:
        Exception: the file is missing or damaged, or holds more than data; PyTorch raises errors of any class.
    """
    with zipfile.ZipFile(path) as archive:
        for part in archive.infolist():
            if part.compress_type != zipfile.ZIP_STORED:
                raise ValueError(f"{part.filename} is compressed")
            if part.filename.endswith(".pkl"):
                _check_texts(archive.read(part))
    return torch.load(path, map_location="cpu", weights_only=True)


def _check_texts(pickled: bytes) -> None:
    for _, argument, _ in pickletools.genops(pickled):
        if isinstance(argument, (str, bytes)) and len(argument) > _LONGEST_TEXT:
            raise ValueError(f"it holds a text of {len(argument):,} characters")


def read_checkpoint(path: Path) -> Checkpoint:
    """Read ``best.ckpt`` or ``last.ckpt`` of a run.

    Raises:
        WeightsError: the file is missing, or no checkpoint of ``facepoints train``.
    """
    try:
        content = load_data(path)
        settings = dict(content[CHECKPOINT_KEY])
        state = content["state_dict"].items()
        weights = {name.removeprefix(_NETWORK): value for name, value in state if name.startswith(_NETWORK)}
        # Checkpoints did not tell their kind while keypoint networks were the only one.
        return Checkpoint(content.get(CHECKPOINT_KIND, "keypoints"), settings, weights)
    except Exception as error:  # see load_data
        raise WeightsError(f"{path} is no checkpoint of `facepoints train`: {error}") from error
