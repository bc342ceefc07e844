"""Reading the checkpoints that training runs leave."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor

from facepoints.errors import WeightsError
from facepoints.training.trained_module import CHECKPOINT_KEY, CHECKPOINT_KIND

__all__ = ["Checkpoint", "read_checkpoint"]

_NETWORK = "network."


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


def read_checkpoint(path: Path) -> Checkpoint:
    """Read ``best.ckpt`` or ``last.ckpt`` of a run.

    Raises:
        WeightsError: the file is missing, or no checkpoint of ``facepoints train``.
    """
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
        settings = dict(content[CHECKPOINT_KEY])
        state = content["state_dict"].items()
        weights = {name.removeprefix(_NETWORK): value for name, value in state if name.startswith(_NETWORK)}
        # Checkpoints did not tell their kind while keypoint networks were the only one.
        return Checkpoint(content.get(CHECKPOINT_KIND, "keypoints"), settings, weights)
    except Exception as error:  # torch.load raises whatever the damaged bytes lead it to
        raise WeightsError(f"{path} is no checkpoint of `facepoints train`: {error}") from error
