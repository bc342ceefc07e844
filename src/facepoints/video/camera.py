"""Cameras, by OpenCV."""

from __future__ import annotations

import os
import sys
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
            raise VideoError(f"{self.name}: {_why_closed(number)}")
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


def _why_closed(number: int | str) -> str:
    """Why a camera gives no picture, as far as this system tells."""
    if not sys.platform.startswith("linux"):
        return "it is not there, another program uses it, or this program may not. Try another number"
    device = Path(f"/dev/video{number}")
    if device.exists() and not os.access(device, os.R_OK | os.W_OK):
        return f"no permission to use {device}. Become a member of the group that owns it, usually 'video'"
    if device.exists():
        return "it gives no pictures; another program may be using it. Close that program, or try another number"
    devices = sorted(Path("/dev").glob("video*"))
    return f"it is not there. This machine {f'has {_listed(devices)}' if devices else 'shows none'}"


def _listed(devices: list[Path]) -> str:
    return ", ".join(map(str, devices))
