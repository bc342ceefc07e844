"""The keypoints of a face and the edges between them."""

from __future__ import annotations

from facepoints.drawing.canvas import Canvas
from facepoints.drawing.style import OUTLINE_COLOUR, PALETTE, Style
from facepoints.faces import Face
from facepoints.scheme import CLOSED_GROUPS, GROUPS

__all__ = ["draw_edges", "draw_points"]


def draw_edges(canvas: Canvas, face: Face, style: Style) -> None:
    """Draw the lines between neighbouring points, each group of the scheme in its colour."""
    for name, group in GROUPS.items():
        canvas.lines(face.keypoints[list(group)], PALETTE[name], style.line_width, closed=name in CLOSED_GROUPS)


def draw_points(canvas: Canvas, face: Face, style: Style) -> None:
    """Draw the points: coloured discs with a thin dark ring. The rings come first, so that none covers a disc."""
    canvas.discs(face.keypoints, OUTLINE_COLOUR, style.point_radius + style.outline)
    for name, group in GROUPS.items():
        canvas.discs(face.keypoints[list(group)], PALETTE[name], style.point_radius)
