"""What a run shall do; all of it is the same in each of its workers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import cv2

from facepoints import __version__, weights
from facepoints.analysis import DETAIL_NAMES
from facepoints.batch.sources.entry import SourceOptions
from facepoints.errors import InputError
from facepoints.finder_settings import FinderSettings
from facepoints.formats import detail_columns

__all__ = ["BatchSettings", "model_name"]

_CHECKSUM_LENGTH = 8


@dataclass(frozen=True)
class BatchSettings:
    """What is looked for in a collection, and what is told of it.

    Attributes:
        finder: the detector, the keypoint network and their settings; ``threads`` are those of each worker.
        pose: tell each head's yaw, pitch and roll.
        ratios: tell aspect ratios and measures of eyes, mouth and brows.
        frames: of videos: every so many frames, ``"key"`` for key frames, None to leave videos out.
        column: of Parquet sources that holds paths, URLs or bytes; None to choose by name and type.
        shard_size: pictures in one part of the result; None for a size that grows with the collection.

    Raises:
        InputError: a number is below 1.
    """

    finder: FinderSettings = field(default_factory=FinderSettings)
    pose: bool = False
    ratios: bool = False
    frames: int | Literal["key"] | None = "key"
    column: str | None = None
    shard_size: int | None = None

    def __post_init__(self) -> None:
        if isinstance(self.frames, int) and self.frames < 1:
            raise InputError(f"every how many frames must be at least 1; got {self.frames}")
        if self.shard_size is not None and self.shard_size < 1:
            raise InputError(f"a part of the result must have room for at least 1 picture; got {self.shard_size}")

    @property
    def details(self) -> tuple[str, ...]:
        """The columns of pose and ratios that were asked for."""
        asked = {"pose": self.pose, "ratios": self.ratios}
        return detail_columns({key: dict.fromkeys(DETAIL_NAMES[key]) for key, wanted in asked.items() if wanted})

    def sources(self, left_out: Path | None = None) -> SourceOptions:
        """What the readers of sources have to know; ``left_out`` is a folder that is no input."""
        return SourceOptions(frames=self.frames, column=self.column, left_out=left_out)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> BatchSettings:
        """The settings that :meth:`as_dict` wrote."""
        return cls(**{**values, "finder": FinderSettings(**values["finder"])})


def model_name(finder: FinderSettings) -> str:
    """What stands in the column ``model``: the versions of the program and of both networks, by their checksums.

    Raises:
        InputError: there is no network of that name.
        WeightsError: the file of a network cannot be read.
    """
    detector = "detector" if finder.detector == "network" else finder.detector
    if detector == "detector" or detector.lower().endswith(".onnx"):
        detector = _with_checksum(detector, "detector")
    else:
        detector = f"{detector} (OpenCV {cv2.__version__})"
    return f"facepoints {__version__}, {detector}, {_with_checksum(finder.keypoints, 'keypoints')}"


def _with_checksum(network: str, kind: str) -> str:
    path = weights.resolve(network, kind)
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise InputError(f"{path}: the network cannot be read: {error.strerror}") from error
    return f"{Path(network).name} {digest[:_CHECKSUM_LENGTH]}"
