"""COCO's JSON of keypoints, with one category, ``face``, of 68 keypoints.

Coordinates are those of this package, which are COCO's too: x, y of a keypoint count pixels from 0, and a box is x, y
of its upper left corner, width and height. Every keypoint has visibility 2, labelled and visible, since the network
places all of them; how sure each is stands in ``keypoint_scores``, a field that other programs pass over.

Source: "COCO: Data format", https://cocodataset.org/#format-data; Lin et al., "Microsoft COCO" (ECCV 2014).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from tempfile import SpooledTemporaryFile
from typing import Any, TextIO

import numpy as np

from facepoints.faces import Face, Faces
from facepoints.formats.details import Details
from facepoints.formats.results import frame_name
from facepoints.scheme import EDGES, GROUPS, POINT_COUNT

__all__ = ["CATEGORY", "CocoWriter"]

CATEGORY: Mapping[str, Any] = {
    "id": 1,
    "name": "face",
    "supercategory": "person",
    "keypoints": [f"{group}_{number}" for group, points in GROUPS.items() for number in range(len(points))],
    "skeleton": [[first + 1, second + 1] for first, second in EDGES],  # COCO counts keypoints from 1 here
}
"""The one category: the names of its 68 keypoints, and the pairs that a drawing joins."""

_INFO = {"description": "Faces with 68 keypoints (iBUG / 300-W scheme) from facepoints"}
_VISIBLE = 2
_IN_MEMORY = 2**20
"""Bytes; what is more waits on disk."""


class CocoWriter:
    """One object with ``info``, ``categories``, ``annotations`` (one a face) and ``images``; ids count from 1.

    The images come last: they are collected beside the stream, on disk if they are many, so that memory stays flat.

    Args:
        stream: open for text.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._images = SpooledTemporaryFile(_IN_MEMORY, "w+", encoding="ascii", newline="")  # noqa: SIM115
        self._image_count = 0
        self._annotation_count = 0
        head = json.dumps({"info": _INFO, "categories": [CATEGORY]})
        stream.write(f'{head[:-1]},\n"annotations": [')

    def write(
        self,
        name: str,
        width: int,
        height: int,
        faces: Faces,
        details: Details | None = None,
        *,
        frame: int | None = None,
        time: float | None = None,
    ) -> None:
        """Add a picture and its faces; details become fields of their annotations."""
        self._image_count += 1
        row = {"id": self._image_count, "file_name": frame_name(name, frame), "width": width, "height": height}
        self._images.write(f"{',' if self._image_count > 1 else ''}\n{json.dumps(row)}")
        for index, face in enumerate(faces):
            self._annotation_count += 1
            ids = {"id": self._annotation_count, "image_id": self._image_count, "category_id": CATEGORY["id"]}
            annotation = {**(details[index] if details else {}), **ids, **_annotation(face)}
            separator = "," if self._annotation_count > 1 else ""
            self._stream.write(f"{separator}\n{json.dumps(annotation, allow_nan=False)}")

    def close(self) -> None:
        """Write the images and what completes the JSON."""
        with self._images as images:
            self._stream.write('\n],\n"images": [')
            images.seek(0)
            for line in images:
                self._stream.write(line)
            self._stream.write("\n]}\n")


def _annotation(face: Face) -> dict[str, Any]:
    x1, y1, x2, y2 = (round(float(value), 2) for value in face.box)
    width, height = round(x2 - x1, 2), round(y2 - y1, 2)
    points = np.full((POINT_COUNT, 3), _VISIBLE, dtype=object)
    points[:, :2] = face.keypoints.astype(np.float64).round(2)
    row: dict[str, Any] = {
        "bbox": [x1, y1, width, height],
        "area": round(width * height, 2),
        "iscrowd": 0,
        "num_keypoints": POINT_COUNT,
        "keypoints": points.ravel().tolist(),
        "score": round(face.score, 4),
        "keypoint_scores": face.keypoint_scores.astype(np.float64).round(4).tolist(),
    }
    return row if face.track_id is None else {**row, "track_id": face.track_id}
