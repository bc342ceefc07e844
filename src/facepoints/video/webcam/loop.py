"""The loop of a show, from the source to what people see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from facepoints.arrays import Image
from facepoints.video.sources import FrameSource
from facepoints.video.webcam.capture import Capture
from facepoints.video.webcam.show import Show, Status

__all__ = ["Display", "run"]

_PATIENCE = 0.1
"""Seconds to wait for a frame before controls and Ctrl-C are looked at again."""


class Display(Protocol):
    """Where pictures are seen: :class:`Window` or :class:`LivePage`."""

    def show(self, picture: Image | None, status: Status) -> None:
        """Show a picture, or None where no new one came, and how the show is going."""
        ...


def run(source: FrameSource, show: Show, display: Display, *, stopped: Callable[[], bool] = lambda: False) -> None:
    """Show the newest frame of the source, again and again, until the source ends or somebody wants to.

    Args:
        source: open; it is closed at the end. Its ``problem`` tells why it ended.
        show: makes the pictures. Its recording is completed at the end, even after an error.
        display: shows them.
        stopped: is asked after each frame whether that was the last.

    Raises:
        FacepointsError: what the source, the tracker or a filter raised.
    """
    try:
        with Capture(source) as capture:
            while not (stopped() or show.controls.quitting or capture.finished):
                frame = capture.newest(_PATIENCE)
                if frame is None:
                    show.idle()
                    display.show(None, show.status)
                else:
                    picture = show.picture(*frame)
                    display.show(picture, show.status)
    finally:
        show.finish()
