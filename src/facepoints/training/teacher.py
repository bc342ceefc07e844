"""The teacher of a run: a network that is there already, whose answers soften the labels."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.progress import track

from facepoints.arrays import Floats
from facepoints.datasets.crops import BACKGROUND, FaceCrops
from facepoints.datasets.self_training import label_styles, soften, teach
from facepoints.errors import InputError
from facepoints.keypoints import KeypointEstimator
from facepoints.training.config import TrainConfig
from facepoints.training.processes import is_first_process
from facepoints.training.sharing import SharedRows, gather_lists
from facepoints.weights import resolve

__all__ = ["check_teacher", "fingerprint", "softened"]


def fingerprint(config: TrainConfig) -> dict[str, str]:
    """What tells the teacher of a run: a checksum of its file; nothing without a teacher."""
    if not config.teacher:
        return {}
    return {"teacher_sha256": hashlib.sha256(resolve(config.teacher).read_bytes()).hexdigest()}


def check_teacher(config: TrainConfig) -> None:
    """Raise InputError or WeightsError if there is no such teacher."""
    if not 0 <= config.teacher_share <= 1:
        raise InputError(f"teacher_share must be from 0 to 1; got {config.teacher_share}")
    if config.teacher:
        KeypointEstimator(config.teacher)


def softened(crops: FaceCrops, config: TrainConfig, *, progress_bar: bool) -> tuple[FaceCrops, dict[str, Floats]]:
    """The crops with the labels that the run learns, and the style of each data set's labels.

    Without a teacher, the labels as they are, and no styles. Each process of a run looks at a part of the faces and
    tells the others, so all of them must call this.

    Args:
        crops: of the training, none of the validation.
        config: of the run.
        progress_bar: show one; a thousand faces take about 12 seconds.
    """
    if not config.teacher:
        return crops, {}
    shown = progress_bar and is_first_process()

    def watch(rows: Sequence[int]) -> Iterable[int]:
        return track(
            rows, "The teacher looks at each face", console=Console(stderr=True), disable=not shown, transient=True
        )

    faces = [row for row, source in enumerate(crops.sources) if source != BACKGROUND]
    own = [faces[index] for index in SharedRows(len(faces))]
    taught = teach(crops, [KeypointEstimator(config.teacher)], seed=config.seed, rows=own, watch=watch)
    taught[faces] = gather_lists([list(taught[own])])[0]
    return soften(crops, taught, config.teacher_share), label_styles(crops, taught)
