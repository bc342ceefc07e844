"""The box of a face and its score."""

from __future__ import annotations

import numpy as np

from facepoints.drawing.canvas import Canvas
from facepoints.drawing.style import BOX_COLOUR, OUTLINE_COLOUR, TEXT_COLOUR, Style
from facepoints.faces import Face

__all__ = ["draw_box", "draw_score"]


def draw_box(canvas: Canvas, face: Face, style: Style) -> None:
    """Draw the box: a light line with a thin dark one on both sides."""
    canvas.box(face.box, OUTLINE_COLOUR, style.line_width + 2 * style.outline)
    canvas.box(face.box, BOX_COLOUR, style.line_width)


def draw_score(canvas: Canvas, face: Face, style: Style, picture_size: tuple[int, int]) -> None:
    """Write the score on a dark label above the box, or at its upper edge inside where the picture ends."""
    words = f"{face.score:.2f}"
    padding = 0.4 * style.text_height
    width = canvas.text_width(words, style.text_height) + 2 * padding
    height = style.text_height + 2 * padding
    x1, y1 = float(face.box[0]), float(face.box[1])
    left = max(min(x1, picture_size[0] - width), 0.0)
    top = y1 - height if y1 >= height else max(y1, 0.0)
    canvas.rectangle(np.array([left, top, left + width, top + height]), OUTLINE_COLOUR)
    canvas.text(words, np.array([left + padding, top + height - padding]), TEXT_COLOUR, style.text_height)
