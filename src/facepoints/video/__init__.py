"""Videos, cameras and streams: reading, writing, faces followed from frame to frame and smoothed.

Files and streams go through FFmpeg (PyAV, ``pip install 'facepoints[video]'``); cameras need only OpenCV. Example::

    from facepoints import video

    tracker = video.FaceTracker()
    for time, frame in video.read("clip.mp4"):
        faces = tracker.update(frame, time)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from facepoints.video.blinks import BlinkCounter, BlinkCounters
from facepoints.video.camera import Camera
from facepoints.video.describing import Describer
from facepoints.video.hiding import FaceHider
from facepoints.video.processing import Totals, process
from facepoints.video.smoothing import KeypointSmoother, OneEuroFilter
from facepoints.video.sources import FrameSource, open_source, read
from facepoints.video.tracker import FaceTracker

if TYPE_CHECKING:
    from facepoints.video.reader import VideoReader
    from facepoints.video.writer import VideoWriter

__all__ = [
    "BlinkCounter",
    "BlinkCounters",
    "Camera",
    "Describer",
    "FaceHider",
    "FaceTracker",
    "FrameSource",
    "KeypointSmoother",
    "OneEuroFilter",
    "Totals",
    "VideoReader",
    "VideoWriter",
    "open_source",
    "process",
    "read",
]

_NEED_PYAV = {"VideoReader": "reader", "VideoWriter": "writer"}


def __getattr__(name: str) -> object:
    """Load the classes that need PyAV when they are asked for: cameras and tracking work without it."""
    if name in _NEED_PYAV:
        return getattr(import_module(f"facepoints.video.{_NEED_PYAV[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
