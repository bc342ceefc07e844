"""What a show makes of each frame: mirrored, faces followed, worn, drawn, recorded."""

from __future__ import annotations

import time as clock
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from facepoints.arrays import Image
from facepoints.drawing import draw
from facepoints.faces import Faces
from facepoints.filters import NAMES, Filter, load, stack
from facepoints.video.hiding import FaceHider
from facepoints.video.tracker import FaceTracker
from facepoints.video.webcam.controls import Controls
from facepoints.video.webcam.recorder import Recorder, Recording

__all__ = ["Follower", "Show", "Status"]

_RATE_SPAN = 1.0
"""Seconds over which frames a second are counted."""


class Follower(Protocol):
    """What follows the faces; :class:`facepoints.video.FaceTracker` is one."""

    smooth: bool

    def update(self, image: Image, time: float) -> Faces:
        """The faces of the next frame; ``time`` is in seconds."""
        ...

    def reset(self) -> None:
        """Forget everything."""
        ...


@dataclass(frozen=True)
class Status:
    """How a show is going.

    Attributes:
        rate: frames a second.
        faces: number of faces in the last frame.
        recording: what is being recorded, or None.
        saved: the last file that was completed, or None.
        problem: what went wrong with the last recording, or None.
    """

    rate: float = 0.0
    faces: int = 0
    recording: Recording | None = None
    saved: Recording | None = None
    problem: str | None = None


class Show:
    """Makes the pictures that people see from the frames of a source, as the controls say.

    Args:
        tracker: follows the faces. If it is a :class:`facepoints.video.FaceTracker`, filters for privacy hide more
            than it tells of: see :class:`facepoints.video.FaceHider`.
        controls: which switches are on. A filter is on by its name.
        recorder: gets every picture while the switch ``recording`` is on.
        own_filters: filters beside those of the package, by the names of their switches.

    Attributes:
        controls: the same.
        status: after the last frame.
    """

    def __init__(
        self, tracker: Follower, controls: Controls, recorder: Recorder, own_filters: Mapping[str, Filter] | None = None
    ) -> None:
        self.controls = controls
        self.status = Status()
        self._tracker = tracker
        self._recorder = recorder
        self._hider = FaceHider(tracker.finder, look_ahead=0) if isinstance(tracker, FaceTracker) else None
        self._own = dict(own_filters or {})
        self._mirrored: bool | None = None
        self._shown: deque[float] = deque()

    def picture(self, time: float, frame: Image) -> Image:
        """What is shown of a frame.

        Args:
            time: of the frame in seconds; rises.
            frame: RGB ``uint8`` ``(H, W, 3)``; stays as it is.
        """
        on = self.controls.on
        mirrored = "mirror" in on
        if mirrored is not self._mirrored:
            self._tracker.reset()
            self._forget_hidden()
            self._mirrored = mirrored
        self._tracker.smooth = "smoothing" in on
        # First of all, so that numbers and lopsided filters are not mirrored.
        image = np.asarray(cv2.flip(frame, 1), dtype=np.uint8) if mirrored else frame
        faces = self._tracker.update(image, time)
        picture = self._edited(time, image, faces, on)
        if "recording" in on and not self._recorder.write(time, picture):
            self.controls.set("recording", False)
        self._note(len(faces))
        return picture

    def idle(self) -> None:
        """Keep up with the controls while no frame comes."""
        self._note(None)

    def finish(self) -> None:
        """Complete the recording."""
        self._recorder.finish()

    def _edited(self, time: float, image: Image, faces: Faces, on: frozenset[str]) -> Image:
        worn = [load(name) for name in NAMES if name in on] + [self._own[name] for name in self._own if name in on]
        if worn:
            image = self._worn(stack(worn), time, image, faces)
        else:
            self._forget_hidden()
        points, pose = "points" in on, "pose" in on
        if points or pose:
            image = draw(image, faces, boxes=points, keypoints=points, edges=points, pose=pose)
        return image

    def _worn(self, worn: Filter, time: float, image: Image, faces: Faces) -> Image:
        if self._hider is None or not worn.hides_faces:
            self._forget_hidden()
            return worn.apply(image, faces)
        for frame in self._hider.add(time, image, faces):
            image = worn.hide(image, frame.boxes)
        return worn.apply(image, faces)

    def _forget_hidden(self) -> None:
        """Of the time before the filter was taken off, or the picture mirrored, nothing holds any more."""
        if self._hider is not None:
            self._hider.reset()

    def _note(self, faces: int | None) -> None:
        """Renew the status; ``faces`` is None where no frame came."""
        if "recording" not in self.controls.on:
            self._recorder.finish()
        now = clock.perf_counter()
        if faces is not None:
            self._shown.append(now)
        while self._shown and self._shown[0] < now - _RATE_SPAN:
            self._shown.popleft()
        span = self._shown[-1] - self._shown[0] if self._shown else 0.0
        recorder = self._recorder
        self.status = Status(
            (len(self._shown) - 1) / span if span else 0.0,
            self.status.faces if faces is None else faces,
            recorder.current,
            recorder.saved,
            recorder.problem,
        )
