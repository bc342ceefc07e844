"""What follows from the keypoints of a face: its upright crop for face recognition, and how far off they may be."""

from facepoints.analysis.alignment import FIVE_POINT_TEMPLATE, align, five_points
from facepoints.analysis.confidence import expected_errors

__all__ = ["FIVE_POINT_TEMPLATE", "align", "expected_errors", "five_points"]
