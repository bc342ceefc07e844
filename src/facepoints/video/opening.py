"""PyAV, opening videos with it, and saying to people why one cannot be opened."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit
from urllib.request import url2pathname

from facepoints.errors import MissingExtraError, VideoError

try:
    import av
except ModuleNotFoundError as error:
    if error.name != "av":
        raise
    raise MissingExtraError("reading and writing video files", "video") from error

__all__ = ["av", "fraction", "is_url", "local_path", "open_container", "stated_frames", "video_stream"]

_FILE = "file://"

_TIMEOUT = 10.0
"""Seconds to wait for a server, at opening and for each packet."""

# PyAV before 19 refuses files with tags that are no UTF-8 unless told otherwise; from 19 on the argument is gone.
_READING: dict[str, Any] = {} if int(av.__version__.partition(".")[0]) >= 19 else {"metadata_errors": "replace"}

_NO_VIDEO = "this is no video, or too damaged to be one"

# FFmpeg's names of what it would show as a video of one frame, or of letters.
_PICTURE, _PICTURES, _TEXT = "image2", "_pipe", "tty"

_INDEX_LAST = b"ftyp"
"""What .mp4 and .mov files have in bytes 4 to 8; their index often comes after the frames."""


def is_url(source: str) -> bool:
    """Whether FFmpeg gets ``source`` from the network."""
    return "://" in source and source[: len(_FILE)].lower() != _FILE


def local_path(source: str) -> str:
    """The path that a ``file://`` address means; anything else as it is.

    Raises:
        VideoError: the address names another machine.
    """
    if source[: len(_FILE)].lower() != _FILE:
        return source
    address = urlsplit(source)
    if address.netloc not in ("", "localhost"):
        raise VideoError(
            f"{source}: a file:// address has three slashes and an absolute path: file:///folder/clip.mp4", "missing"
        )
    return url2pathname(address.path)


def open_container(source: str, file: BinaryIO | None = None) -> av.container.InputContainer:
    """Open a file or URL for reading.

    Args:
        source: path or URL.
        file: an open file to read instead; then ``source`` is only what messages call it.

    Raises:
        VideoError: it is missing, cannot be reached, or is no video; the message says which.
    """
    if file is not None:
        try:
            return _of_video(av.open(file, "r", **_READING), source)
        except (av.error.FFmpegError, ValueError) as error:
            raise VideoError(f"{source}: {_NO_VIDEO}", "not_a_picture") from error
    if is_url(source):
        # RTSP over UDP does not come through most routers.
        options = {"rtsp_flags": "prefer_tcp"} if source.startswith("rtsp") else {}
        try:
            return av.open(source, "r", options=options, timeout=_TIMEOUT, **_READING)
        except (av.error.FFmpegError, ValueError) as error:
            kind = "missing" if isinstance(error, av.error.HTTPNotFoundError) else "unreachable"
            raise VideoError(f"{source}: this cannot be opened: {_reason(error)}. Check the address", kind) from error
    path = local_path(source)
    _check_file(source, path)
    try:
        # An absolute path, for FFmpeg would take "12:30.mp4" for an address.
        container = av.open(os.path.abspath(path), "r", **_READING)  # noqa: PTH100 - pathlib drops "./" and "//"
    except (av.error.FFmpegError, ValueError) as error:
        reason = _why_unreadable(Path(path))
        raise VideoError(f"{source}: {reason}", "not_a_picture" if reason == _NO_VIDEO else "damaged") from error
    return _of_video(container, source)


def video_stream(container: av.container.InputContainer, source: str) -> av.VideoStream:
    """The stream of pictures that a player would show.

    Raises:
        VideoError: there is none, or FFmpeg has no decoder for it.
    """
    covers = av.stream.Disposition.attached_pic
    streams = [stream for stream in container.streams.video if not stream.disposition & covers]
    if not streams:
        sound = " It holds sound only." if container.streams.audio else ""
        raise VideoError(f"{source}: there are no pictures in this file.{sound}")
    best = container.streams.best("video")
    stream = next((one for one in streams if best is not None and one.index == best.index), streams[0])
    if stream.codec_context is None:
        raise VideoError(f"{source}: its pictures are coded in a way that this FFmpeg cannot decode")
    return stream


def stated_frames(container: av.container.InputContainer, stream: av.VideoStream) -> int | None:
    """How many frames the file says that it has, or None where it does not say."""
    return stream.frames if "mp4" in container.format.name and stream.frames else None


def fraction(value: object) -> Fraction | None:
    """A rational number of PyAV: Fraction or None until its release 18, then AVRational, of which 0 means None."""
    numerator, denominator = getattr(value, "numerator", 0), getattr(value, "denominator", 0)
    return Fraction(numerator, denominator) if numerator and denominator else None


def _of_video(container: av.container.InputContainer, source: str) -> av.container.InputContainer:
    kind = container.format.name
    if kind == _TEXT:
        container.close()
        raise VideoError(f"{source}: {_NO_VIDEO}", "not_a_picture")
    if kind == _PICTURE or kind.endswith(_PICTURES):
        container.close()
        raise VideoError(
            f"{source}: this is a picture, not a video; for pictures there is: facepoints detect", "not_a_picture"
        )
    return container


def _check_file(source: str, file: str) -> None:
    path = Path(file)
    try:
        if path.is_dir():
            raise VideoError(f"{source}: this is a folder; give the path of a video file", "not_a_picture")
        if not path.exists():
            raise VideoError(
                f"{source}: there is no such file. Check the path; cameras are numbers, such as 0", "missing"
            )
        with path.open("rb"):
            pass
    except (OSError, ValueError) as error:  # no permission, a name that is too long, a null character
        raise VideoError(f"{source}: this cannot be opened: {_reason(error)}", "unreadable") from error


def _why_unreadable(path: Path) -> str:
    if path.stat().st_size == 0:
        return "this file is empty"
    with path.open("rb") as file:
        start = file.read(8)
    if start[4:] == _INDEX_LAST:
        return (
            "this file was cut short: its index, which comes last, is missing, and nothing can be read without. "
            "Copy or download it again"
        )
    return _NO_VIDEO


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)
