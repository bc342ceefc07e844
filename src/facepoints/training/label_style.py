"""Where labels lie beside a network's symmetric answer, on average: what an export that looks twice is moved by."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from facepoints.arrays import Floats
from facepoints.datasets.crops import BACKGROUND, FaceCrops
from facepoints.datasets.self_training import UNLABELLED, label_styles, teach
from facepoints.errors import InputError
from facepoints.keypoints import KeypointEstimator
from facepoints.training.export import export_checkpoint

__all__ = ["mean_style"]

_FACES = 600
"""Of each data set, about: the median of so many is known to a tenth of a percent of the outer-eye distance."""


def mean_style(checkpoint: Path, crops: FaceCrops) -> Floats:
    """The mean over the data sets of their labels' styles, ``(68, 2)`` over the outer-eye distance.

    Args:
        checkpoint: whose network is asked.
        crops: that it was trained on; those labelled by a network and background are left out.

    Raises:
        InputError: no labelled face.
        WeightsError: no such checkpoint.
    """
    rows: list[int] = []
    for source in sorted(set(crops.sources) - {BACKGROUND, UNLABELLED}):
        own = [row for row, name in enumerate(crops.sources) if name == source]
        rows += own[:: max(1, len(own) // _FACES)]
    if not rows:
        raise InputError("there is no labelled face in the file of crops")
    chosen = crops.subset(rows)
    with TemporaryDirectory() as folder:
        network = Path(folder) / "keypoints.onnx"
        export_checkpoint(checkpoint, network)
        taught = teach(chosen, [KeypointEstimator(network)])
    return np.asarray(np.mean(list(label_styles(chosen, taught).values()), axis=0), dtype=np.float32)
