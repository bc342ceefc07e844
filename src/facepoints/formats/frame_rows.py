"""What the tables of a video have in common: their columns and the numbers in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from facepoints.arrays import Array
from facepoints.faces import Faces
from facepoints.scheme import POINT_COUNT

__all__ = ["ABOUT", "BOX", "POINTS", "Details", "Video", "detail_columns", "detail_values", "point_rows"]

Details = Sequence[Mapping[str, Any]]
"""For each face what a result says beside its points, such as ``{"pose": {"yaw": 3.0}}``."""

ABOUT = ("image", "width", "height", "frame", "time", "face")
"""The first columns."""

# The columns of Faces.to_columns(), in its order.
BOX = ("x1", "y1", "x2", "y2")
POINTS = tuple(f"point{point}_{what}" for point in range(POINT_COUNT) for what in ("x", "y", "score"))


@dataclass(frozen=True)
class Video:
    """The video that frames belong to.

    Attributes:
        name: as it shall stand in the result: usually its path.
        width: of its frames in pixels.
        height: of its frames in pixels.
        details: the columns for :data:`Details`, from :func:`detail_columns`.
    """

    name: str
    width: int
    height: int
    details: tuple[str, ...] = ()


def detail_columns(example: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns for details of this form: ``pose_yaw`` for ``{"pose": {"yaw": 3.0}}``, ``blinks`` for
    ``{"blinks": 2}``."""
    return tuple(_flat(example))


def detail_values(detail: Mapping[str, Any], columns: Sequence[str]) -> list[Any]:
    """The values of one face for these columns; None for what it does not have."""
    values = _flat(detail)
    return [values.get(column) for column in columns]


def point_rows(faces: Faces) -> Array:
    """``(n, 204)`` x, y and score of each point, in the order of ``POINTS``."""
    return np.concatenate([faces.keypoints, faces.keypoint_scores[:, :, None]], axis=2).reshape(len(faces), -1)


def _flat(detail: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in detail.items():
        if isinstance(value, Mapping):
            flat.update({f"{name}_{part}": number for part, number in value.items()})
        else:
            flat[name] = value
    return flat
