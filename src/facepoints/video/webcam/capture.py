"""Reading frames in the background, at their own pace."""

from __future__ import annotations

import threading
import time as clock
from types import TracebackType

from facepoints.arrays import Image
from facepoints.video.camera import Camera
from facepoints.video.sources import FrameSource
from facepoints.video.webcam.newest import Newest

__all__ = ["Capture"]

_PATIENCE = 2.0
"""Seconds to wait at the end for a camera or server that does not answer."""


class Capture:
    """Reads a source in a thread of its own, so that whoever asks gets the newest frame and never an old one.

    Use it in a ``with`` block, at whose end the source is closed. Files are read at the pace at which a player would
    show them; a camera has its own.

    Args:
        source: of the frames, open.

    Attributes:
        source: the same.
    """

    def __init__(self, source: FrameSource) -> None:
        self.source = source
        self._frames: Newest[tuple[float, Image]] = Newest()
        self._seen = 0
        self._stopped = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._read, name="capture", daemon=True)

    @property
    def finished(self) -> bool:
        """Whether the source has ended and all that came of it was taken, its error included."""
        return self._frames.closed and self._error is None and self._frames.after(self._seen, 0)[1] is None

    def newest(self, timeout: float) -> tuple[float, Image] | None:
        """The newest frame and its time in seconds, or None if no new one comes within ``timeout`` seconds.

        Raises:
            FacepointsError: what reading the source raised.
        """
        self._seen, frame = self._frames.after(self._seen, timeout)
        if frame is None and self._error is not None:
            raise self._error
        return frame

    def __enter__(self) -> Capture:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stopped.set()
        # The thread closes the source: OpenCV and FFmpeg crash where it is closed while a frame is being read.
        self._thread.join(_PATIENCE)

    def _read(self) -> None:
        paced = not isinstance(self.source, Camera)
        try:
            with self.source:
                start = clock.perf_counter()
                for time, image in self.source:
                    wait = start + time - clock.perf_counter()
                    if paced and wait > 0:
                        self._stopped.wait(wait)
                    if self._stopped.is_set():
                        return
                    self._frames.put((time, image))
        except BaseException as error:
            self._error = error
        finally:
            self._frames.close()
