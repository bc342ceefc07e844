"""Settings of a training run; each field becomes an option of ``facepoints train``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from facepoints.errors import InputError
from facepoints.files import atomic_write

__all__ = [
    "HEAD_NAMES",
    "LOSS_NAMES",
    "NETWORK_NAMES",
    "ROUNDED_SOURCES",
    "SOURCE_WEIGHTS",
    "RunConfig",
    "TrainConfig",
    "keep_or_check",
    "setting",
]

# The registries themselves need PyTorch, which `--help` must not.
NETWORK_NAMES = (
    "compact",
    "tiny",
    "large",
    "plain",
    "naimishnet",
    "naimishnet-average",
    "lenet",
    "resnet18",
    "resnet18-grey",
    "resnet50",
    "resnet50-grey",
    "vgg11",
    "squeezenet",
    "efficientnet-lite0",
)
"""Keys of ``facepoints.training.networks.NETWORKS``."""

HEAD_NAMES = ("regression", "heatmaps", "offsets")
"""``facepoints.training.networks.HEADS``."""

LOSS_NAMES = ("mse", "l1", "smooth_l1", "wing", "adaptive_wing", "heatmap", "gaussian_nll", "laplace_nll")
"""Keys of ``facepoints.training.losses.LOSSES``."""

SOURCE_WEIGHTS = {"300w": 0.5, "ytf": 0.38, "unlabelled": 0.3, "background": 0.12}
"""How often each source is drawn, relative to the others that are there."""

ROUNDED_SOURCES = ("ytf",)
"""Sources whose labels are whole numbers."""

_LARGEST_DEAD_ZONE = 5.0


def setting(default: Any, text: str) -> Any:
    """A field of a dataclass of settings, with the help text of its option."""
    return field(default=default, metadata={"help": text})


@dataclass(frozen=True)
class RunConfig:
    """What every run has to decide; each field's help text says what it is."""

    samples: int = setting(1_000_000, "Inputs to train on in all, each newly augmented.")
    batch_size: int = setting(64, "Inputs a step.")
    learning_rate: float = setting(2e-3, "Peak of AdamW's learning rate.")
    weight_decay: float = setting(0.05, "Weight decay of AdamW.")
    warm_up: float = setting(0.03, "Share of the steps in which the learning rate rises; then it falls as a cosine.")
    ema_share: float = setting(0.03, "Time constant of the weights' moving average, as a share of the steps.")
    epoch_samples: int = setting(20_000, "Inputs between two validations and checkpoints.")
    validation_share: float = setting(0.1, "Share of the people and photos that are validated on.")
    patience: int = setting(0, "Validations without a better one before the run stops; 0 for never.")
    seed: int = setting(0, "Seed of weights, draws and augmentation, and of the validation split of keypoint networks.")
    precision: str = setting("bf16-mixed", "bf16-mixed or 32-true.")

    def __post_init__(self) -> None:
        positive = ("samples", "batch_size", "learning_rate", "epoch_samples")
        wrong = [name for name in positive if not getattr(self, name) > 0]
        if wrong:
            raise InputError(f"{', '.join(wrong)} must be above 0")
        negative = ("weight_decay", "warm_up", "ema_share", "patience", "seed")
        wrong = [name for name in negative if not getattr(self, name) >= 0]
        if wrong:
            raise InputError(f"{', '.join(wrong)} must be 0 or more")
        if not 0 < self.validation_share < 1:
            raise InputError(f"validation_share must be between 0 and 1; got {self.validation_share}")
        if self.precision not in ("bf16-mixed", "32-true"):
            raise InputError(f"precision must be bf16-mixed or 32-true; got {self.precision!r}")
        if self.epoch_samples < self.batch_size:
            raise InputError("epoch_samples must be at least batch_size")
        if self.samples < self.epoch_samples:
            raise InputError(f"samples must be at least epoch_samples, which is {self.epoch_samples:,}")

    @property
    def ema_decay(self) -> float:
        """Decay a step of the moving average of the weights."""
        return 1 - 1 / max(1.0, self.ema_share * self.samples / self.batch_size)

    @property
    def epochs(self) -> int:
        """Number of validations."""
        return max(1, round(self.samples / self.epoch_samples))


@dataclass(frozen=True)
class TrainConfig(RunConfig):
    """All that decides what a keypoint network learns."""

    network: str = setting("compact", f"Name of the network: {', '.join(NETWORK_NAMES)}.")
    head: str = setting("own", f"How points are read: {', '.join(HEAD_NAMES)}, or own, which the network comes with.")
    loss: str = setting(
        "own", f"Terms of the loss, such as l1+heatmap: {', '.join(LOSS_NAMES)}; or own, which goes with the head."
    )
    teacher: str = setting(
        "", "Keypoint network whose answers soften the labels, by name or .onnx file; empty for none."
    )
    teacher_share: float = setting(
        0.5, "How far labels made by people move to the teacher's, 0 to 1; those of a network move all the way."
    )
    pretrained: bool = setting(False, "Start from ImageNet's weights; torchvision may have to download them.")
    transforms: str = setting(
        "facepoints",
        "How training crops vary: facepoints; occluded, the same behind glasses, hands and masks; course; or none for "
        "not at all.",
    )
    dead_zone: float = setting(
        0.0,
        "Errors of up to so many pixels of the picture cost nothing where labels are whole numbers, as in YouTube "
        "Faces; 0.5 is all that rounding can do.",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 <= self.dead_zone <= _LARGEST_DEAD_ZONE:
            raise InputError(f"dead_zone must be from 0 to {_LARGEST_DEAD_ZONE:g} pixels; got {self.dead_zone}")


def keep_or_check(
    values: Mapping[str, Any], path: Path, *, kind: str, continued: bool, defaults: Mapping[str, Any] | None = None
) -> None:
    """Write what a new run depends on into its folder; where a run is continued, check that it is the same.

    Args:
        values: plain values by name.
        path: of the JSON file; its folder must exist.
        kind: what the values are, for the message: ``"settings"``.
        continued: whether there is anything to continue. A run that failed before its first checkpoint leaves its
            values, which must not bind the next.
        defaults: what is meant where an earlier run's file does not name a value, since there was none of it then.

    Raises:
        InputError: the folder holds a run with other values, which this one must not continue.
    """
    if not continued or not path.exists():
        with atomic_write(path) as temporary:
            temporary.write_text(json.dumps(dict(values), indent=2) + "\n", encoding="utf-8")
        return
    try:
        before = {**(defaults or {}), **json.loads(path.read_text(encoding="utf-8"))}
    except (OSError, ValueError, TypeError, RecursionError) as error:  # TypeError where it is no table
        raise InputError(f"cannot read the {kind} of the earlier run, {path}: {error}") from error
    changed = [f"{name} ({before.get(name)} before)" for name, value in values.items() if before.get(name) != value]
    if changed:
        raise InputError(
            f"{path.parent} holds a run with other {kind}: {', '.join(changed)}. "
            "Continue it with its own, or give another --out"
        )
