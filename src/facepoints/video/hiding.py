"""Which places of each frame must be hidden so that no face is seen, found at that moment or not."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from facepoints.arrays import Floats, Image, is_number
from facepoints.errors import InputError
from facepoints.faces import Faces
from facepoints.finder import FaceFinder
from facepoints.video.trails import Trails, unmatched

__all__ = ["LOOK_AHEAD", "FaceHider", "HiddenFrame"]

LOOK_AHEAD = 15
"""Frames that are held back for a file, so that a newcomer is hidden before anything has found the face."""

_LOWER = 0.5
"""Share of the finder's ``min_score`` from which on something is hidden at once, before it is proven to be a face."""


@dataclass(frozen=True)
class HiddenFrame:
    """A frame that may be shown when its boxes and faces are hidden.

    Attributes:
        time: in seconds.
        image: RGB uint8 ``(H, W, 3)``.
        faces: the tracker's.
        boxes: ``(n, 4)`` x1, y1, x2, y2 in pixels: where else a face is or must be feared.
    """

    time: float
    image: Image
    faces: Faces
    boxes: Floats


class FaceHider:
    """Finds what a tracker does not tell of: newcomers from their first frame on, and people lost for a moment.

    The detector looks at every frame, and what it finds is hidden at once, even where a tracker would wait for proof.
    Who is not found any more stays hidden for :data:`facepoints.video.trails.HOLD` seconds where the motion led, also
    between two sightings. With ``look_ahead``, frames are held back, and a newcomer is hidden in those, too.

    One object for each video, used by one thread at a time.

    Args:
        finder: the tracker's; its detector, estimator, ``min_face`` and ``min_score`` are used.
        look_ahead: frames to hold back; 0 for live pictures.

    Raises:
        InputError: ``look_ahead`` is no whole number from 0.
    """

    def __init__(self, finder: FaceFinder, *, look_ahead: int = LOOK_AHEAD) -> None:
        if not is_number(look_ahead, whole=True) or look_ahead < 0:
            raise InputError(f"look_ahead must be a whole number of frames from 0; got {look_ahead!r}")
        self._finder = finder
        self._look_ahead = look_ahead
        self._held: deque[tuple[float, Image, Faces]] = deque()
        self.reset()

    def reset(self) -> None:
        """Forget who was seen; frames that are held back are lost."""
        self._trails = Trails()
        self._last: float | None = None
        self._held.clear()

    def add(self, time: float, image: Image, faces: Faces) -> Iterator[HiddenFrame]:
        """Take a frame and give those that may be shown now; iterate over all of them.

        Args:
            time: of the frame in seconds. If it does not rise, what was seen so far is forgotten.
            image: RGB uint8 ``(H, W, 3)``.
            faces: the tracker's, of this frame.
        """
        if self._last is not None and time <= self._last:
            yield from self.finish()
            self.reset()
        self._last = time
        boxes, sure = self._found(image, faces)
        self._trails.add(time, np.concatenate([faces.boxes, boxes]), np.append(np.ones(len(faces), dtype=bool), sure))
        self._held.append((time, image, faces))
        if len(self._held) > self._look_ahead:
            yield self._next()

    def finish(self) -> Iterator[HiddenFrame]:
        """The frames that are still held back, at the end of the video."""
        while self._held:
            yield self._next()

    def _found(self, image: Image, faces: Faces) -> tuple[Floats, Floats]:
        """Boxes of possible faces that the tracker does not have, and whether each is a face beyond doubt."""
        finder = self._finder
        low = _LOWER * finder.min_score
        found = finder.detector.detect(image, finder.min_face)
        hopeful = np.flatnonzero(finder.combined_scores(found, np.ones_like(found.scores)) >= low)
        found = found.select(hopeful[unmatched(found.boxes[hopeful], faces.boxes)])
        estimate = finder.estimator.estimate([image], [found.starts], [found.rolls])[0]
        scores = finder.combined_scores(found, estimate.scores.mean(axis=1), estimate.keypoints)
        kept = scores >= low
        return found.boxes[kept], np.asarray(scores[kept] >= finder.min_score)

    def _next(self) -> HiddenFrame:
        time, image, faces = self._held.popleft()
        boxes = self._trails.at(time)
        self._trails.forget(time)
        return HiddenFrame(time, image, faces, boxes[unmatched(boxes, faces.boxes)])
