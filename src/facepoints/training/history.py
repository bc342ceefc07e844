"""The curves of a run, read from what TensorBoard shows of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facepoints.errors import InputError

__all__ = ["Curve", "read_history"]


@dataclass(frozen=True, eq=False)
class Curve:
    """How a figure of a run changed.

    Attributes:
        inputs: ``(n,)`` how many inputs the run had been trained on, rising.
        values: ``(n,)`` the figure then.
    """

    inputs: NDArray[np.int64]
    values: NDArray[np.float64]


def read_history(out: Path) -> dict[str, Curve]:
    """The curves of a run, also of one that goes on or was continued.

    Those of a keypoint network: ``"train/loss"`` and its terms (``"train/l1"`` and so on), ``"val_nme"`` in percent,
    and ``"val/nme_SOURCE"`` and ``"val/score_SOURCE"`` for each data set. A curve with no value yet is not there.

    Args:
        out: folder of the run.

    Raises:
        InputError: there is no run in this folder, or it has written nothing yet.
    """
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    out = Path(out)
    events = out / "tensorboard"
    try:
        batch_size = int(json.loads((out / "config.json").read_text(encoding="utf-8"))["batch_size"])
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise InputError(f"{out} is not the folder of a run of `facepoints train`: {error}") from error
    # 0 keeps all values; the default keeps a sample of them.
    accumulator = EventAccumulator(str(events), size_guidance={"scalars": 0})
    if events.is_dir():
        accumulator.Reload()
    tags = [tag for tag in accumulator.Tags()["scalars"] if tag != "epoch"]
    if not tags:
        raise InputError(f"the run in {out} has not written any figure yet: wait for its first steps")
    return {tag: _curve(accumulator.Scalars(tag), batch_size) for tag in tags}


def _curve(events: list[Any], batch_size: int) -> Curve:
    # A run that was killed and continued has some steps twice: the later ones count.
    values = {int(event.step): float(event.value) for event in events}
    steps = sorted(values)
    inputs = (np.asarray(steps, dtype=np.int64) + 1) * batch_size
    return Curve(inputs, np.asarray([values[step] for step in steps], dtype=np.float64))
