"""Videos, cameras and streams: reading, writing, and the way from frames to results.

Files and streams go through FFmpeg (PyAV, ``pip install 'facepoints[video]'``); cameras need only OpenCV. Example::

    from facepoints import FaceFinder, video

    for time, frame in video.read("clip.mp4"):
        print(time, frame.shape)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from facepoints.video.camera import Camera
from facepoints.video.processing import Totals, process
from facepoints.video.sources import FrameSource, open_source, read

if TYPE_CHECKING:
    from facepoints.video.reader import VideoReader
    from facepoints.video.writer import VideoWriter

__all__ = ["Camera", "FrameSource", "Totals", "VideoReader", "VideoWriter", "open_source", "process", "read"]

_NEED_PYAV = {"VideoReader": "reader", "VideoWriter": "writer"}


def __getattr__(name: str) -> object:
    """The classes that need PyAV are loaded when they are asked for: cameras and tracking work without it."""
    if name in _NEED_PYAV:
        return getattr(import_module(f"facepoints.video.{_NEED_PYAV[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
