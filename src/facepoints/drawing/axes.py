"""The axes of a head, drawn on the tip of its nose."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np

from facepoints.analysis import FACE_MODEL, Poses
from facepoints.arrays import Array, Floats
from facepoints.drawing.canvas import Canvas
from facepoints.drawing.style import OUTLINE_COLOUR, Colour, Style

__all__ = ["AXIS_COLOURS", "axis_points", "draw_axes"]

AXIS_COLOURS: MappingProxyType[str, Colour] = MappingProxyType(
    {"x": (255, 70, 70), "y": (70, 220, 90), "z": (80, 130, 255)}
)
"""Red points to the picture's right, green down and blue to where the face looks, if it looks into the camera."""

_LENGTHS = (45.0, 45.0, 65.0)  # mm; the blue one is longer, since it mostly points at the viewer
_NOSE_TIP = 30
_ENDS = FACE_MODEL[_NOSE_TIP] + np.array([np.zeros(3), *np.diag(_LENGTHS) * [1, 1, -1]])
_WIDTH = 2.2  # of an axis, over the width of an edge


def axis_points(keypoints: Array, poses: Poses, size: tuple[int, int]) -> Floats:
    """``(n, 4, 2)``: the tip of each nose and the ends of its three axes in a picture of this width and height."""
    points = poses.project(_ENDS, size)
    # Noses differ from the model's; the axes stand on the one in the picture.
    return np.asarray(points + (keypoints[:, _NOSE_TIP, None] - points[:, :1]), dtype=np.float32)


def draw_axes(canvas: Canvas, points: Array, rotation: Array, style: Style) -> None:
    """Draw the axes of a face with a thin dark outline, the nearest on top.

    Args:
        canvas: to draw on.
        points: ``(4, 2)`` of :func:`axis_points`.
        rotation: ``(3, 3)`` of its pose.
        style: of its face.
    """
    width = _WIDTH * style.line_width
    towards_viewer = rotation[2] * [-1, -1, 1]
    colours = list(AXIS_COLOURS.values())
    for axis in np.argsort(towards_viewer):
        line = points[[0, axis + 1]]
        canvas.lines(line, OUTLINE_COLOUR, width + 2 * style.outline, closed=False)
        canvas.lines(line, colours[axis], width, closed=False)
