"""A picture with its faces drawn in."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from facepoints.analysis import head_pose
from facepoints.arrays import Array, Image, as_boxes, as_floats, as_image
from facepoints.drawing.axes import axis_points, draw_axes
from facepoints.drawing.boxes import draw_box, draw_score
from facepoints.drawing.canvas import Canvas
from facepoints.drawing.points import draw_edges, draw_points
from facepoints.drawing.style import OUTLINE_COLOUR, Colour, Style
from facepoints.faces import Face, Faces, as_faces
from facepoints.geometry import tight_boxes
from facepoints.scheme import POINT_COUNT

__all__ = ["draw", "draw_boxes", "draw_keypoints"]

_EDGE_OPACITY = 0.7
"""The points matter more than the lines between them."""


def draw(
    image: Image,
    faces: Faces,
    *,
    boxes: bool = True,
    keypoints: bool = True,
    edges: bool = True,
    scores: bool = False,
    pose: bool = False,
) -> Image:
    """A copy of the picture with the faces drawn in; line width and point size follow the size of each face.

    Args:
        image: RGB ``uint8``, ``(H, W, 3)``; stays as it is.
        faces: may lie partly or wholly outside the picture.
        boxes: draw the box of each face.
        keypoints: draw the 68 points, each group of the scheme in its colour of ``PALETTE``.
        edges: draw the lines between neighbouring points.
        scores: write the score of each face at its box.
        pose: draw the axes of each head on the tip of its nose: red to the head's side that is on the picture's right,
            green down, blue to where the face looks; none on a face whose points lie on one line.

    Raises:
        InputError: not such an image, or no ``Faces``.
    """
    drawn = as_image(image).copy()
    size = (drawn.shape[1], drawn.shape[0])
    faces = as_faces(faces)
    poses = head_pose(faces.keypoints, size) if pose else None
    axes = None if poses is None else axis_points(faces.keypoints, poses, size)
    turned = np.zeros(len(faces), dtype=bool) if poses is None else poses.known
    # The highest score comes last, so that it lies on top.
    for row, face in reversed(list(enumerate(faces))):
        style = Style.for_face(face)
        area = _area(face, style, axes[row] if axes is not None and turned[row] else np.empty((0, 2)))
        if edges:
            canvas = Canvas(drawn, area, _EDGE_OPACITY)
            draw_edges(canvas, face, style)
            canvas.finish()
        canvas = Canvas(drawn, area)
        if boxes:
            draw_box(canvas, face, style)
        if keypoints:
            draw_points(canvas, face, style)
        if scores:
            draw_score(canvas, face, style, size)
        if poses is not None and axes is not None and turned[row]:
            draw_axes(canvas, axes[row], poses.rotations[row], style)
        canvas.finish()
    return drawn


def draw_boxes(image: Image, boxes: ArrayLike, colour: Colour) -> Image:
    """A copy of the picture with boxes drawn in, such as those of eyes and smiles.

    Args:
        image: RGB ``uint8``, ``(H, W, 3)``; stays as it is.
        boxes: ``(n, 4)`` x1, y1, x2, y2; may lie partly or wholly outside the picture.
        colour: RGB.

    Raises:
        InputError: not such an image, or not such boxes.
    """
    drawn = as_image(image).copy()
    for box in as_boxes(boxes):
        width = max(0.75, 0.015 * float((box[2:] - box[:2]).max()))
        margin = np.array([-1, -1, 1, 1]) * (2 * width + 1)
        canvas = Canvas(drawn, box + margin)
        canvas.box(box, OUTLINE_COLOUR, 1.8 * width)
        canvas.box(box, colour, width)
        canvas.finish()
    return drawn


def draw_keypoints(image: Image, keypoints: ArrayLike, *, edges: bool = True) -> Image:
    """A copy of the picture with keypoints drawn in that are no result of a finder, such as labels.

    Args:
        image: RGB ``uint8``, ``(H, W, 3)``; stays as it is.
        keypoints: ``(68, 2)`` of one face or ``(n, 68, 2)`` of several, x, y in pixels; may lie partly or wholly
            outside the picture.
        edges: draw the lines between neighbouring points.

    Raises:
        InputError: not such an image, or not such keypoints.
    """
    points = np.asarray(keypoints)
    points = points[None] if points.ndim == 2 else points
    points = as_floats(points, (len(points), POINT_COUNT, 2), "keypoints")
    scores = np.ones((len(points), POINT_COUNT), dtype=np.float32)
    return draw(image, Faces(tight_boxes(points), scores[:, 0], points, scores), boxes=False, edges=edges)


def _area(face: Face, style: Style, axes: Array) -> Array:
    """The part of the picture that a drawing of this face may touch, its label and its axes ``(m, 2)`` included."""
    points = np.concatenate([face.keypoints, face.box.reshape(2, 2), axes])
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 3 * style.text_height + 2 * style.point_radius
    return np.concatenate([low - margin, high + margin])
