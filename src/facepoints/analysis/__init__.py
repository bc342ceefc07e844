"""What follows from the keypoints of a face: its upright crop for face recognition, how far off they may be, how
the head is turned, how open eyes and mouth are, and what the face does."""

from facepoints.analysis.alignment import FIVE_POINT_TEMPLATE, align, five_points
from facepoints.analysis.confidence import expected_errors
from facepoints.analysis.details import DETAIL_NAMES, details
from facepoints.analysis.face_model import FACE_MODEL
from facepoints.analysis.frontal import frontal_points
from facepoints.analysis.measures import Measures, measure
from facepoints.analysis.pose import Poses, head_pose
from facepoints.analysis.ratios import eye_aspect_ratios, mouth_aspect_ratios

__all__ = [
    "DETAIL_NAMES",
    "FACE_MODEL",
    "FIVE_POINT_TEMPLATE",
    "Measures",
    "Poses",
    "align",
    "details",
    "expected_errors",
    "eye_aspect_ratios",
    "five_points",
    "frontal_points",
    "head_pose",
    "measure",
    "mouth_aspect_ratios",
]
