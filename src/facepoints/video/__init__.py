"""Faces in videos: followed from frame to frame, and smoothed."""

from facepoints.video.blinks import BlinkCounter, BlinkCounters
from facepoints.video.smoothing import KeypointSmoother, OneEuroFilter
from facepoints.video.tracker import FaceTracker

__all__ = ["BlinkCounter", "BlinkCounters", "FaceTracker", "KeypointSmoother", "OneEuroFilter"]
