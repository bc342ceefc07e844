"""What follows from the keypoints of a face: its upright crop for face recognition, how far off they may be, how
the head is turned, and how open eyes and mouth are."""

from facepoints.analysis.alignment import FIVE_POINT_TEMPLATE, align, five_points
from facepoints.analysis.confidence import expected_errors
from facepoints.analysis.face_model import FACE_MODEL
from facepoints.analysis.pose import Poses, head_pose
from facepoints.analysis.ratios import eye_aspect_ratios, mouth_aspect_ratios

__all__ = [
    "FACE_MODEL",
    "FIVE_POINT_TEMPLATE",
    "Poses",
    "align",
    "expected_errors",
    "eye_aspect_ratios",
    "five_points",
    "head_pose",
    "mouth_aspect_ratios",
]
