"""A show in a notebook: one picture below the cell, which changes."""

from __future__ import annotations

import time as clock
from collections.abc import Callable
from typing import Any

from facepoints.arrays import Image, is_number
from facepoints.errors import InputError, MissingExtraError
from facepoints.images import encode
from facepoints.video.webcam.show import Status

__all__ = ["NotebookView", "after"]

_QUALITY = 80


class NotebookView:
    """Shows pictures below the cell of a notebook that runs; the last one stays. The stop button of the notebook ends
    the show.

    Args:
        most: pictures a second, at most: each of them goes through the notebook's connection to the browser.

    Attributes:
        frames: number of frames that came so far, those that were not shown included.
        rate: frames a second when the last one came.

    Raises:
        InputError: ``most`` is not above 0.
        MissingExtraError: IPython is not installed, which every notebook needs.
    """

    def __init__(self, most: float = 15.0) -> None:
        try:
            from IPython import display
        except ImportError as error:
            raise MissingExtraError("A show in a notebook", "notebooks") from error
        if not is_number(most) or not most > 0:
            raise InputError(f"most must be a number of pictures a second above 0; got {most!r}")
        self.frames = 0
        self.rate = 0.0
        self._display: Any = display
        self._handle: Any = None
        self._pause = 1 / most
        self._shown = float("-inf")

    def show(self, picture: Image | None, status: Status) -> None:
        """Show a picture, or None where no new one came."""
        if picture is None:
            return
        self.frames += 1
        self.rate = status.rate
        now = clock.perf_counter()
        if now - self._shown < self._pause:
            return
        self._shown = now
        shown = self._display.Image(encode(picture, ".jpg", _QUALITY), format="jpeg")
        if self._handle is None:
            self._handle = self._display.display(shown, display_id=True)
        else:
            self._handle.update(shown)


def after(seconds: float) -> Callable[[], bool]:
    """What ends a show after so many seconds, for ``stopped`` of :func:`facepoints.video.webcam.run`.

    The clock starts when it is asked for the first time.
    """
    end: float | None = None

    def stopped() -> bool:
        nonlocal end
        now = clock.perf_counter()
        end = now + seconds if end is None else end
        return now >= end

    return stopped
