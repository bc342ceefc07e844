"""Faces in videos: followed from frame to frame, and smoothed."""

from facepoints.video.smoothing import KeypointSmoother, OneEuroFilter
from facepoints.video.tracker import FaceTracker

__all__ = ["FaceTracker", "KeypointSmoother", "OneEuroFilter"]
