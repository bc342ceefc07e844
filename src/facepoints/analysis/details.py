"""What is told of each face on request, beside its points: head pose, ratios and measures, as plain numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import fields
from types import MappingProxyType

from facepoints.analysis.measures import Measures, measure
from facepoints.analysis.pose import head_pose
from facepoints.analysis.ratios import eye_aspect_ratios, mouth_aspect_ratios
from facepoints.arrays import Array
from facepoints.faces import Faces, as_faces

__all__ = ["DETAIL_NAMES", "details"]

_ANGLES = ("yaw", "pitch", "roll")
_ASPECTS = ("left_eye_aspect", "right_eye_aspect", "mouth_aspect")
_MEASURES = tuple(field.name for field in fields(Measures))

DETAIL_NAMES = MappingProxyType({"pose": _ANGLES, "ratios": (*_ASPECTS, *_MEASURES)})
"""The names of what :func:`details` tells: the angles in degrees, whose signs :mod:`facepoints.analysis.pose` explains;
the aspect ratios of eyes and mouth in the picture, and the measures, 0 to 1. Left and right are sides of the picture.
"""


def details(
    faces: Faces, size: tuple[int, int], *, pose: bool = False, ratios: bool = False
) -> list[dict[str, dict[str, float | None]]]:
    """Pose and ratios of each face, ready for JSON: for :meth:`facepoints.Faces.to_dict` and the writers of results.

    Args:
        faces: of one picture.
        size: its width and height in pixels.
        pose: ``"pose"``: yaw, pitch and roll in degrees.
        ratios: ``"ratios"``: aspect ratios and measures.

    Returns:
        One dict a face, empty if nothing was asked for. None stands for what a face does not have: the angles and
        measures of one whose points lie in one place or on one line.

    Raises:
        InputError: no ``Faces``, or not such a size.
    """
    rows: list[dict[str, dict[str, float | None]]] = [{} for _ in as_faces(faces)]
    if not (pose or ratios):
        return rows
    poses = head_pose(faces.keypoints, size)
    if pose:
        _add(rows, "pose", [poses.yaw, poses.pitch, poses.roll], digits=2)
    if ratios:
        measures = measure(faces.keypoints, size, poses)
        eyes = eye_aspect_ratios(faces.keypoints)
        aspects = [eyes[:, 0], eyes[:, 1], mouth_aspect_ratios(faces.keypoints)]
        _add(rows, "ratios", [*aspects, *(getattr(measures, name) for name in _MEASURES)], digits=4)
    return rows


def _add(rows: list[dict[str, dict[str, float | None]]], key: str, columns: Sequence[Array], *, digits: int) -> None:
    for row, values in zip(rows, zip(*columns, strict=True), strict=True):
        row[key] = {
            name: round(float(value), digits) if math.isfinite(value) else None
            for name, value in zip(DETAIL_NAMES[key], values, strict=True)
        }
