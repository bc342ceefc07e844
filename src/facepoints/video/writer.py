"""Writing videos: H.264 with the times, the orientation, the colours and the sound of the video that they came from."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import cv2
import numpy as np

from facepoints.arrays import Image, as_image, is_number
from facepoints.errors import InputError, VideoError
from facepoints.files import atomic_write
from facepoints.video.colours import OF_PICTURES, matrix
from facepoints.video.opening import av
from facepoints.video.orientation import Orientation
from facepoints.video.reader import VideoReader
from facepoints.video.sound import SoundTracks

__all__ = ["ENDINGS", "VideoWriter", "check_ending"]

ENDINGS = (".mp4", ".m4v", ".mov", ".mkv")
"""The files that can be written."""

LONGEST_SIDE = 16_384
"""Pixels of the sides of the largest frames that the H.264 encoder takes."""

_ENCODER = "libx264"
_QUALITY = {"crf": "23", "preset": "veryfast"}
_USUAL_RATE = Fraction(30)
_FASTEST = 1000
"""Frames a second; what claims more has no fixed rate."""

_TIME_BASE = Fraction(1, 90_000)


def check_ending(path: str | os.PathLike[str]) -> None:
    """Check that a video can be written to a file of this name.

    Raises:
        InputError: another ending than those of ``ENDINGS``.
    """
    if Path(path).suffix.lower() not in ENDINGS:
        raise InputError(f"{os.fspath(path)}: unknown ending for a video; known are {', '.join(ENDINGS)}")


class VideoWriter:
    """Writes frames with their times to a video file, which appears under its name when it is complete.

    Use it in a ``with`` block: at its end the file is completed; an error in the block leaves no file, and one of that
    name as it was. The video is H.264 (yuv420p), which wants even sides: an odd width or height gets one more column or
    row, a copy of the last one.

    Args:
        path: of the file; .mp4, .m4v, .mov or .mkv.
        width: of the frames in pixels.
        height: of the frames in pixels.
        like: the reader that the frames come from. The new file gets its frame rate, exact times, orientation, pixel
            shape and colours, and the sound if the reader was opened with ``sound=True``: copied, or as AAC where the
            format of the file cannot hold it.

    Raises:
        InputError: unknown ending, a folder that does not exist, or a size that is none or above 16,384 a side.
        MissingExtraError: PyAV is not installed.
    """

    def __init__(
        self, path: str | os.PathLike[str], width: int, height: int, *, like: VideoReader | None = None
    ) -> None:
        check_ending(path)
        if width < 1 or height < 1:
            raise InputError(f"a video of {width} x {height} pixels cannot be written")
        if max(width, height) > LONGEST_SIDE:
            raise InputError(
                f"{os.fspath(path)}: frames of {width} x {height} pixels are too large to be written: H.264 takes up "
                f"to {LONGEST_SIDE:,} a side. Make the video smaller first; tables of its faces need no --out"
            )
        self._name = os.fspath(path)
        self._size = (width, height)
        self._orientation = Orientation() if like is None else like.orientation
        self._colours = (like.colours if like is not None else {}) or OF_PICTURES
        self._time_base = _TIME_BASE if like is None else like.time_base
        self._last: int | None = None
        self._closed = False
        self._reformatter = av.video.reformatter.VideoReformatter()
        with ExitStack() as stack:
            temporary = stack.enter_context(atomic_write(path))
            self._container = stack.enter_context(av.open(str(temporary), "w"))
            self._stream = self._new_stream(like)
            self._sound = SoundTracks(self._container, like) if like is not None and like.sound_streams else None
            self._stack = stack.pop_all()

    def _new_stream(self, like: VideoReader | None) -> av.VideoStream:
        rate = _USUAL_RATE if like is None or like.rate is None or like.rate > _FASTEST else like.rate
        stream = self._container.add_stream(_ENCODER, rate=rate, options=dict(_QUALITY))
        even = [side + side % 2 for side in self._size]
        stream.width, stream.height = even[:: -1 if self._orientation.transposed else 1]
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = self._time_base
        for name, code in self._colours.items():
            setattr(stream.codec_context, name, code)
        if like is not None and like.pixel_aspect is not None:
            stream.codec_context.sample_aspect_ratio = like.pixel_aspect
        if self._orientation.matrix is not None:
            stream.set_display_matrix(self._orientation.matrix)
        return stream

    def write(self, time: float, image: Image) -> None:
        """Add a frame.

        Args:
            time: in seconds, when to show it; must rise.
            image: RGB ``uint8`` ``(height, width, 3)``, upright.

        Raises:
            InputError: not such an image or time, of another size, or the video is complete already.
            VideoError: FFmpeg cannot encode or write it.
        """
        if self._closed:
            raise InputError(f"{self._name} is complete already, and takes no more frames")
        height, width = as_image(image).shape[:2]
        if (width, height) != self._size:
            raise InputError(f"{self._name} takes frames of (width, height) {self._size}; got {(width, height)}")
        if not is_number(time) or not math.isfinite(time):
            raise InputError(f"time must be a finite number of seconds; got {time!r}")
        ticks = round(time / self._time_base)
        self._last = ticks if self._last is None else max(ticks, self._last + 1)
        frame = self._encodable(image)
        frame.pts, frame.time_base = self._last, self._time_base
        with _errors_for_people(self._name):
            self._container.mux(self._stream.encode(frame))
            if self._sound is not None:
                self._sound.write_until(time)

    def close(self) -> None:
        """Complete the file; what a ``with`` block does at its end. A second time, it does nothing.

        Raises:
            InputError: no frame was written, or the disk refuses the data.
            VideoError: FFmpeg cannot complete the file.
        """
        self.__exit__(None, None, None)

    def __enter__(self) -> VideoWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._closed:
            return
        self._closed = True
        # The stack closes the container and moves the file to its place, or deletes it after an error.
        if error is not None:
            self._stack.__exit__(kind, error, traceback)
            return
        with _errors_for_people(self._name), self._stack:
            if self._last is None:
                raise InputError(f"{self._name}: no frame was written, and a video needs one")
            self._container.mux(self._stream.encode(None))
            if self._sound is not None:
                self._sound.finish()

    def _encodable(self, image: Image) -> av.VideoFrame:
        if image.shape[0] % 2 or image.shape[1] % 2:
            below, right = image.shape[0] % 2, image.shape[1] % 2
            image = np.asarray(cv2.copyMakeBorder(image, 0, below, 0, right, cv2.BORDER_REPLICATE), dtype=np.uint8)
        stored = np.ascontiguousarray(self._orientation.stored(image))
        frame = av.VideoFrame.from_numpy_buffer(stored, format="rgb24")
        return self._reformatter.reformat(
            frame,
            format="yuv420p",
            dst_colorspace=matrix(self._colours, frame.width, frame.height),
            dst_color_range=self._colours["color_range"] or None,
        )


@contextmanager
def _errors_for_people(name: str) -> Iterator[None]:
    try:
        yield
    except av.error.FFmpegError as error:
        if isinstance(error, OSError):  # such as a full disk; atomic_write says so
            raise
        raise VideoError(f"{name}: this video cannot be written: {error.strerror or error}") from error
