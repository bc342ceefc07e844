"""Faces drawn on pictures: boxes, the edges between keypoints, the keypoints and scores."""

from facepoints.drawing.picture import draw, draw_boxes, draw_keypoints
from facepoints.drawing.style import PALETTE

__all__ = ["PALETTE", "draw", "draw_boxes", "draw_keypoints"]
