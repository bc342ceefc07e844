"""Where frames come from: files, streams and cameras behind one interface."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from types import TracebackType
from typing import Protocol

from facepoints.arrays import Image
from facepoints.errors import InputError, VideoError
from facepoints.video.camera import Camera

__all__ = ["FrameSource", "open_source", "read"]

_CAMERA = re.compile(r"(?:/dev/video)?([0-9]{1,4})")


class FrameSource(Protocol):
    """An open file, stream or camera; iterating, once, yields the time of each frame in seconds and the frame.

    The times rise from frame to frame; frames are RGB ``uint8`` ``(height, width, 3)``, upright, all of one size.

    Attributes:
        name: what it is to people: the path, the URL, or ``camera 0``.
        width: of the frames in pixels.
        height: of the frames in pixels.
        duration: in seconds, or None where nobody knows it: streams and cameras.
        problem: None, or why there are fewer or worse frames than there should be; complete after iterating.
    """

    @property
    def name(self) -> str: ...  # noqa: D102 - told above, like the others
    @property
    def width(self) -> int: ...  # noqa: D102
    @property
    def height(self) -> int: ...  # noqa: D102
    @property
    def duration(self) -> float | None: ...  # noqa: D102
    @property
    def problem(self) -> str | None: ...  # noqa: D102

    def __iter__(self) -> Iterator[tuple[float, Image]]: ...

    def close(self) -> None:
        """Give the file or the camera back."""
        ...

    def __enter__(self) -> FrameSource: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...


def open_source(source: str | int | os.PathLike[str], *, sound: bool = False) -> FrameSource:
    """Open a file, a stream or a camera.

    Args:
        source: path, URL (``rtsp://...``, ``https://...``), or the number of a camera; a file whose name is a number is
            ``./0``.
        sound: keep the sound of files and streams at hand, for a :class:`VideoWriter` to copy.

    Raises:
        VideoError: it is missing, no video, damaged from its first frame on, or there is no such camera.
        InputError: ``source`` is empty.
        MissingExtraError: files and streams need PyAV.
    """
    if isinstance(source, int):
        return Camera(source)
    text = os.fspath(source)
    match = _CAMERA.fullmatch(text)
    if match:
        return Camera(int(match[1]))
    if not text:
        raise InputError("the source is empty: give a video file, a URL or the number of a camera")
    from facepoints.video.reader import VideoReader  # here, for cameras do not need PyAV

    return VideoReader(text, sound=sound)


def read(source: str | int | os.PathLike[str]) -> Iterator[tuple[float, Image]]:
    """Iterate over the frames of a video file (or of a stream or camera).

    Yields:
        the time of the frame in seconds and the frame: RGB ``uint8`` ``(height, width, 3)``, upright, its own memory.

    Raises:
        VideoError: at once for what cannot be opened; after the last frame that could be read for a file that is cut
            short or damaged. :func:`open_source` gives the same frames without the error at the end.
        MissingExtraError: files and streams need PyAV.
    """
    opened = open_source(source)

    def frames() -> Iterator[tuple[float, Image]]:
        with opened:
            yield from opened
            if opened.problem:
                raise VideoError(f"{opened.name}: {opened.problem}")

    return frames()
