"""Cameras, by OpenCV."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import cv2
import numpy as np

from facepoints.arrays import Image
from facepoints.errors import VideoError

__all__ = ["Camera"]


class Camera:
    """A camera; iterating yields frames as long as it gives any, each with the seconds since the first one.

    The driver is asked to queue no frames, so that what comes is the present.

    Args:
        number: of the camera, from 0; the path of a device works, too.

    Attributes:
        name: ``camera 0``.
        width: of the frames in pixels.
        height: of the frames in pixels.
        duration: None; nobody knows it.
        problem: None, or that the camera stopped giving frames.

    Raises:
        VideoError: there is no such camera, or another program has it.
    """

    duration: float | None = None

    def __init__(self, number: int | str) -> None:
        self.name = f"camera {number}"
        self.problem: str | None = None
        with _silent():
            self._device: Any = cv2.VideoCapture(number)
            opened, first = self._device.read()
        if not opened:
            self._device.release()
            raise VideoError(f"{self.name}: it is not there, or another program uses it. {_cameras_there()}")
        self._device.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        self._first: Any = first
        self.height, self.width = (int(side) for side in first.shape[:2])

    def __iter__(self) -> Iterator[tuple[float, Image]]:
        start = time.perf_counter()
        picture, self._first = self._first, None
        while True:
            if picture is not None:
                yield time.perf_counter() - start, np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), dtype=np.uint8)
            came, picture = self._device.read()
            if not came:
                self.problem = "it gives no more frames; was it unplugged?"
                return

    def close(self) -> None:
        """Give the camera back."""
        self._device.release()

    def __enter__(self) -> Camera:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


@contextmanager
def _silent() -> Iterator[None]:
    """Keep OpenCV from printing its own lines about a camera that is not there."""
    logging = cv2.utils.logging
    level = logging.getLogLevel()
    logging.setLogLevel(logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        logging.setLogLevel(level)


def _cameras_there() -> str:
    devices = sorted(Path("/dev").glob("video*"))
    if devices:
        return f"This machine has {', '.join(map(str, devices))}"
    return "This machine shows none" if Path("/dev").is_dir() else "Try another number"
