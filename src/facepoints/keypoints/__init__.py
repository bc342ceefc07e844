"""From boxes to the 68 keypoints of each face."""

from facepoints.keypoints.estimator import Estimate, KeypointEstimator

__all__ = ["Estimate", "KeypointEstimator"]
