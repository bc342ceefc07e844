"""Frames of videos."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

from facepoints.batch.sources.content import Content, Problem, SourceError
from facepoints.batch.sources.entry import Entry, Frames
from facepoints.batch.sources.names import is_url
from facepoints.batch.sources.opening import open_place
from facepoints.errors import VideoError

if TYPE_CHECKING:
    from facepoints.video.reader import VideoReader

__all__ = ["find_video", "read_video"]


def find_video(place: str, name: str, size: int | None, frames: Frames) -> Entry:
    """The entry of a video, with the number of frames to read where the file tells it.

    Raises:
        MissingExtraError: PyAV is not installed.
    """
    from facepoints.video.opening import open_container, stated_frames, video_stream

    count = None
    if isinstance(frames, int) and not is_url(place):
        try:
            with open_container(place) as container:
                stated = stated_frames(container, video_stream(container, place))
                count = None if stated is None else -(-stated // frames)
        except VideoError:
            pass  # reading it will give the error
    return Entry("video", name, place, size=size, pictures=count)


def read_video(entry: Entry, frames: Frames) -> Iterator[Content]:
    """The frames of a video, and at its end a problem if it was cut short or damaged.

    Raises:
        VideoError: it cannot be read at all.
        SourceError: it is on object storage, and cannot be reached.
        MissingExtraError: PyAV is not installed.
    """
    if frames is None:
        raise SourceError("failed", "videos were to be left out, and this is one")
    with ExitStack() as stack:
        reader = stack.enter_context(_opened(entry, frames, stack))
        for time, image in reader:
            yield Content(entry.name, image, reader.frame_number, time)
        if reader.problem:
            yield Content(entry.name, Problem("damaged", reader.problem))


def _opened(entry: Entry, frames: Frames, stack: ExitStack) -> VideoReader:
    from facepoints.video.reader import VideoReader

    # FFmpeg itself reads from web servers, but not from object storage.
    remote = is_url(entry.place) and not entry.place.lower().startswith("http")
    file = stack.enter_context(open_place(entry.place)) if remote else None
    step = frames if isinstance(frames, int) else 1
    return VideoReader(entry.place, step=step, key_frames=frames == "key", file=file)
