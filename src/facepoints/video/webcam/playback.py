"""Sources of frames for a live show: anything that can be opened, a video file also over and over."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType

from facepoints.arrays import Image
from facepoints.errors import InputError
from facepoints.video.camera import Camera
from facepoints.video.sources import FrameSource, open_source

__all__ = ["LoopedSource", "open_live"]

_STEP = 1 / 25
"""Seconds from the last frame of a round to the first one of the next."""


class LoopedSource:
    """A video file over and over, as one source without end, with times that go on rising.

    Args:
        source: path of the file, or its URL.

    Attributes are those of :class:`facepoints.video.FrameSource`. It ends after a round in which the file showed a
    problem.

    Raises:
        VideoError, MissingExtraError: as :func:`facepoints.video.open_source`.
        InputError: it is a camera.
    """

    duration: float | None = None

    def __init__(self, source: str) -> None:
        self._source = source
        self._round: FrameSource = open_source(source)
        if isinstance(self._round, Camera):
            self._round.close()
            raise InputError(f"{self._round.name} never ends; only a video file can be looped")
        self.name = self._round.name
        self.width, self.height = self._round.width, self._round.height

    @property
    def problem(self) -> str | None:
        """None, or what is wrong with the file."""
        return self._round.problem

    def __iter__(self) -> Iterator[tuple[float, Image]]:
        start = 0.0
        while True:
            last = start
            for time, image in self._round:
                last = start + time
                yield last, image
            if self._round.problem:
                return
            start = last + _STEP
            self._round.close()
            self._round = open_source(self._source)

    def close(self) -> None:
        """Close the file."""
        self._round.close()

    def __enter__(self) -> LoopedSource:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def open_live(source: str, *, loop: bool = False) -> FrameSource:
    """Open a camera, a stream or a video file for a live show.

    Args:
        source: number of a camera, URL or path.
        loop: play the file over and over.

    Raises:
        VideoError, InputError, MissingExtraError: as :func:`facepoints.video.open_source`; also for a camera that is
            to be looped.
    """
    return LoopedSource(source) if loop else open_source(source)
