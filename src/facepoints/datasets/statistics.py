"""A data set in numbers: sizes, faces, poses, light and shapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from facepoints.analysis import head_pose
from facepoints.arrays import Array, Floats, Image
from facepoints.datasets.crops import OnError
from facepoints.datasets.inventory import LAYOUTS, Entry, Inventory
from facepoints.datasets.progress import Track
from facepoints.datasets.shape_model import ShapeModel, shape_model
from facepoints.errors import ImageError, InputError
from facepoints.images import read
from facepoints.scheme import OUTER_EYE_CORNERS

__all__ = ["MEASURES", "DataStatistics", "Measure", "data_statistics"]


@dataclass(frozen=True)
class Measure:
    """What is measured of each face.

    Attributes:
        title: for people, with the unit.
        note: how to read it.
        keypoints: whether it needs keypoints, not only a box.
    """

    title: str
    note: str
    keypoints: bool = False


MEASURES = {
    "picture_width": Measure("Picture width, pixels", "One value a face."),
    "picture_height": Measure("Picture height, pixels", "One value a face."),
    "face_size": Measure(
        "Face size, pixels", "The longer side of its box; of keypoints, of the tight box around them."
    ),
    "face_share": Measure(
        "Face over picture",
        "The longer side of the box over that of the picture. Near 1, it shows little but the face.",
    ),
    "brightness": Measure("Face brightness, 0 to 1", "The mean luminance inside the box."),
    "eye_distance": Measure("Eye distance, pixels", "Between the outer corners: what the NME is measured in.", True),
    "yaw": Measure("Yaw, degrees", "Positive: the face turns to the picture's right.", True),
    "pitch": Measure("Pitch, degrees", "Positive: the face looks up.", True),
    "roll": Measure("Roll, degrees", "Positive: the head leans to the picture's right.", True),
}
"""What :func:`data_statistics` measures, by name."""

_PERCENTILES = (0, 5, 25, 50, 75, 95, 100)
_MODES = 6


@dataclass(frozen=True, eq=False)
class DataStatistics:
    """What :func:`data_statistics` measured.

    Attributes:
        path: the folder.
        layout: what it was recognised as, for people.
        splits: ``n`` names, the split of each face.
        groups: ``n`` names, the person or photo of each face.
        values: by the names in :data:`MEASURES`, ``(n,)`` one value a face.
        shapes: mean shape and modes of all faces; None without keypoints, or of a single face.
    """

    path: Path
    layout: str
    splits: Sequence[str]
    groups: Sequence[str]
    values: dict[str, Floats]
    shapes: ShapeModel | None

    def __len__(self) -> int:
        return len(self.splits)

    def of_splits(self, measure: str) -> dict[str, Floats]:
        """The values of a measure in each split."""
        names = np.asarray(self.splits)
        return {name: self.values[measure][names == name] for name in dict.fromkeys(self.splits)}

    def to_dict(self) -> dict[str, Any]:
        """As plain values: counts and percentiles of each split, and the variance that each mode explains."""
        splits = {}
        for name in dict.fromkeys(self.splits):
            members = [row for row, split in enumerate(self.splits) if split == name]
            percentiles = {measure: _percentiles(values[members]) for measure, values in self.values.items()}
            splits[name] = {
                "faces": len(members),
                "groups": len({self.groups[row] for row in members}),
                "percentiles": percentiles,
            }
        shares = [] if self.shapes is None else [round(float(share), 4) for share in self.shapes.shares]
        return {"path": str(self.path), "layout": self.layout, "splits": splits, "mode_shares": shares}


def data_statistics(inventory: Inventory, *, on_error: OnError, track: Track | None = None) -> DataStatistics:
    """Measure every labelled face of a data set.

    Args:
        inventory: of :func:`facepoints.datasets.inventory.take_inventory`.
        on_error: told of each picture that cannot be read; its faces are left out.
        track: shows progress.

    Raises:
        InputError: there is no face to measure.
    """
    show = track or (lambda items, _: items)
    rows: list[tuple[Entry, dict[str, float]]] = []
    for entry in show(inventory.entries, f"{inventory.root.name}: faces"):
        try:
            image = read(entry.image)
        except ImageError as error:
            on_error(entry.image, error)
            continue
        rows += [(entry, measured) for measured in _measured(image, entry)]
    if not rows:
        raise InputError(f"{inventory.root}: there is no face to measure")
    names = [name for name in MEASURES if name in rows[0][1]]
    values = {name: np.asarray([measured[name] for _, measured in rows], dtype=np.float32) for name in names}
    keypoints = [entry.keypoints for entry, _ in rows if entry.keypoints is not None]
    shapes = shape_model(np.stack(keypoints), _MODES) if len(keypoints) > 1 else None
    splits, groups = [entry.split for entry, _ in rows], [entry.group for entry, _ in rows]
    return DataStatistics(inventory.root, LAYOUTS[inventory.layout], splits, groups, values, shapes)


def _measured(image: Image, entry: Entry) -> list[dict[str, float]]:
    height, width = image.shape[:2]
    if entry.keypoints is None:
        good = (entry.boxes[:, 2:] > entry.boxes[:, :2]).all(axis=1)
        return [_of_box(image, box) for box in entry.boxes[good]]
    points = entry.keypoints
    if np.ptp(points, axis=0).min() == 0:  # no face has such points; `facepoints data check` tells of them
        return []
    pose = head_pose(points[None], (width, height))
    first, second = OUTER_EYE_CORNERS
    return [
        {
            **_of_box(image, np.concatenate([points.min(axis=0), points.max(axis=0)])),
            "eye_distance": float(np.linalg.norm(points[first] - points[second])),
            "yaw": float(pose.yaw[0]),
            "pitch": float(pose.pitch[0]),
            "roll": float(pose.roll[0]),
        }
    ]


def _of_box(image: Image, box: Array) -> dict[str, float]:
    height, width = image.shape[:2]
    x1, y1 = (int(np.clip(low, 0, side - 1)) for low, side in zip(box[:2], (width, height), strict=True))
    x2, y2 = (int(np.clip(high, 0, side - 1)) for high, side in zip(box[2:], (width, height), strict=True))
    face = image[min(y1, y2) : max(y1, y2) + 1, min(x1, x2) : max(x1, x2) + 1]
    size = float(max(box[2:] - box[:2]))
    return {
        "picture_width": width,
        "picture_height": height,
        "face_size": size,
        "face_share": size / max(width, height),
        "brightness": float(cv2.cvtColor(face, cv2.COLOR_RGB2GRAY).mean()) / 255,
    }


def _percentiles(values: Floats) -> dict[str, float]:
    found = np.percentile(values, _PERCENTILES)
    return {str(name): round(float(value), 3) for name, value in zip(_PERCENTILES, found, strict=True)}
