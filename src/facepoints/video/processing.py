"""The way of a video: frames from a source, faces by a tracker, results to tables and to a new video."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from facepoints.arrays import Floats, Image
from facepoints.faces import Faces
from facepoints.formats import Details, FrameWriter
from facepoints.video.hiding import HiddenFrame

__all__ = ["Describe", "Edit", "FrameSink", "Hide", "Hider", "Totals", "Tracker", "process"]

Edit = Callable[[Image, Faces], Image]
"""Gives a frame with its faces drawn in, with a filter, or both; leaves the frame that it gets as it is."""

Describe = Callable[[Faces, tuple[int, int], float], Details]
"""Says more about each face than its points: gets the faces, width and height of the frame, and its time;
:class:`facepoints.video.Describer` is one."""


class Tracker(Protocol):
    """What finds the faces of a video; :class:`facepoints.video.FaceTracker` is one."""

    def update(self, image: Image, time: float) -> Faces:
        """The faces of the next frame, with ``track_ids``; ``time`` is in seconds."""
        ...


class Hider(Protocol):
    """What tells where faces must be hidden; :class:`facepoints.video.FaceHider` is one."""

    def add(self, time: float, image: Image, faces: Faces) -> Iterable[HiddenFrame]:
        """Take a frame and give those that may be shown now."""
        ...

    def finish(self) -> Iterable[HiddenFrame]:
        """The frames that are left at the end."""
        ...


Hide = Callable[[Image, Floats], Image]
"""Gives a frame in which what lies in these boxes is hidden; :meth:`facepoints.filters.Filter.hide` is one."""


class FrameSink(Protocol):
    """What takes the frames of the new video; :class:`facepoints.video.VideoWriter` is one."""

    def write(self, time: float, image: Image) -> None:
        """Add the frame that is shown from ``time`` in seconds."""
        ...


@dataclass
class Totals:
    """What has been processed so far.

    Attributes:
        frames: number of frames.
        with_faces: number of frames with at least one face.
        faces: number of faces, counted anew in every frame.
        track_ids: all that occurred: one for each person, and another one after a long absence.
        time: of the last frame in seconds.
    """

    frames: int = 0
    with_faces: int = 0
    faces: int = 0
    track_ids: set[int] = field(default_factory=set)
    time: float = 0.0


def process(
    frames: Iterable[tuple[float, Image]],
    tracker: Tracker,
    *,
    tables: Sequence[FrameWriter] = (),
    video: FrameSink | None = None,
    edit: Edit | None = None,
    describe: Describe | None = None,
    hide: tuple[Hider, Hide] | None = None,
    stop: Callable[[Totals], bool] | None = None,
) -> Totals:
    """Find the faces of each frame and hand them on, frame by frame: nothing is kept but the totals, and what ``hide``
    holds back.

    Args:
        frames: their times in seconds and the pictures; a :class:`facepoints.video.FrameSource`, for example.
        tracker: finds the faces.
        tables: each gets the faces of every frame, frames without a face too.
        video: gets every frame, edited.
        edit: what is done to a frame for ``video``.
        describe: what the tables say about each face beside its points.
        hide: what tells where else than at the tracker's faces something must be hidden in ``video``, and what hides it
            there, before ``edit``.
        stop: is called after each frame with the totals so far; if it returns True, that frame was the last.

    Raises:
        FacepointsError: the tracker, a table or the video raised it.
    """
    totals = Totals()
    for time, image in frames:
        faces = tracker.update(image, time)
        details = None if describe is None else describe(faces, (image.shape[1], image.shape[0]), time)
        for table in tables:
            table.write(totals.frames, time, faces, details)
        if video is not None and hide is None:
            video.write(time, image if edit is None else edit(image, faces))
        elif video is not None and hide is not None:
            _write_hidden(hide[0].add(time, image, faces), hide[1], edit, video)
        totals.frames += 1
        totals.time = time
        totals.faces += len(faces)
        totals.with_faces += len(faces) > 0
        if faces.track_ids is not None:
            totals.track_ids.update(faces.track_ids.tolist())
        if stop is not None and stop(totals):
            break
    if video is not None and hide is not None:
        _write_hidden(hide[0].finish(), hide[1], edit, video)
    return totals


def _write_hidden(frames: Iterable[HiddenFrame], hide: Hide, edit: Edit | None, video: FrameSink) -> None:
    for frame in frames:
        image = hide(frame.image, frame.boxes) if len(frame.boxes) else frame.image
        video.write(frame.time, image if edit is None else edit(image, frame.faces))
