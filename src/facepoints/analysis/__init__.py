"""What follows from the keypoints of a face: so far, its upright crop for face recognition."""

from facepoints.analysis.alignment import FIVE_POINT_TEMPLATE, align, five_points

__all__ = ["FIVE_POINT_TEMPLATE", "align", "five_points"]
