"""What ``facepoints video`` writes: which files, what is drawn, and what is said about them at the end."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from facepoints import formats
from facepoints.cli.messages import count
from facepoints.errors import InputError

if TYPE_CHECKING:
    from facepoints.filters import Filter
    from facepoints.video import FrameSource, Totals, VideoWriter
    from facepoints.video.processing import Edit

__all__ = ["VideoOutputs", "edit_of", "summary", "worn_filter"]

_STDOUT = "-"


@dataclass(frozen=True)
class VideoOutputs:
    """The files that a run writes.

    Attributes:
        video: the new video, or None.
        tables: name of the format to path of the file, ``-`` for stdout.
    """

    video: Path | None
    tables: Mapping[str, str]

    @property
    def uses_stdout(self) -> bool:
        """Whether a table goes to stdout, where nothing else must go then."""
        return _STDOUT in self.tables.values()

    @property
    def files(self) -> list[str]:
        """The paths of the files, as the user wrote them."""
        video = [] if self.video is None else [str(self.video)]
        return video + [path for path in self.tables.values() if path != _STDOUT]

    def check(self, source: str) -> None:
        """Refuse what cannot work before anything is loaded.

        Raises:
            InputError: nothing is written, a file would replace the source or another one, or a video cannot have this
                ending.
            MissingExtraError: videos need PyAV.
        """
        if self.video is None and not self.tables:
            raise InputError("say what to write: --out FILE.mp4, --jsonl FILE, --csv FILE or --parquet FILE")
        if list(self.tables.values()).count(_STDOUT) > 1:
            raise InputError("only one table can go to stdout")
        places = [os.path.realpath(path) for path in self.files]
        for place, path in zip(places, self.files, strict=True):
            if place == os.path.realpath(source) or _is_same_file(path, source):
                raise InputError(f"{path}: the result would replace the video that it is made from; give another name")
            if places.count(place) > 1:
                raise InputError(f"{path}: two results cannot go to the same file")
        if self.video is not None:
            from facepoints.video.writer import check_ending

            check_ending(self.video)

    @contextmanager
    def open(
        self, frames: FrameSource, details: tuple[str, ...]
    ) -> Iterator[tuple[list[formats.FrameWriter], VideoWriter | None]]:
        """The writers of the tables and of the new video, which are completed at the end of the block.

        Args:
            frames: the source that they are about.
            details: columns beside those of the points.

        Raises:
            InputError: a file cannot be written.
        """
        about = formats.Video(frames.name, frames.width, frames.height, details)
        with ExitStack() as stack:
            tables = [
                stack.enter_context(formats.open_frame_writer(name, sys.stdout if path == _STDOUT else path, about))
                for name, path in self.tables.items()
            ]
            yield tables, None if self.video is None else stack.enter_context(_video_writer(self.video, frames))


def _is_same_file(path: str, source: str) -> bool:
    """Whether both names lead to one file, as upper and lower case do on most Macs."""
    try:
        return Path(path).samefile(source)
    except OSError:  # one of them is not there
        return False


def _video_writer(path: Path, frames: FrameSource) -> VideoWriter:
    from facepoints.video import VideoReader, VideoWriter

    like = frames if isinstance(frames, VideoReader) else None
    return VideoWriter(path, frames.width, frames.height, like=like)


def worn_filter(names: Sequence[str]) -> Filter | None:
    """The filters of these names as one; None for no name.

    Raises:
        InputError: an unknown filter, or something is wrong with the folder of one.
    """
    from facepoints.filters import load, stack

    return stack([load(name) for name in names]) if names else None


def edit_of(worn: Filter | None, *, draw: bool, pose: bool) -> Edit | None:
    """What is done to the frames of the new video: the filter first, and drawings on top."""
    from facepoints.drawing import draw as draw_faces

    drawn = partial(draw_faces, pose=pose)
    if worn is None:
        return drawn if draw else None
    return (lambda image, faces: drawn(worn.apply(image, faces), faces)) if draw else worn.apply


def summary(totals: Totals, seconds: float, files: Sequence[str]) -> str:
    """What was done in how many seconds, and where the results are."""
    faces, speed = count(len(totals.track_ids), "face"), totals.frames / max(seconds, 1e-9)
    first = f"{count(totals.frames, 'frame')}, {faces}, {seconds:,.1f} s, {speed:,.0f} frames/s, in"
    return "\n".join([first, *files])
