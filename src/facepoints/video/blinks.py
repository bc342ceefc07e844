"""Blinks, counted from how open the eyes are."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from facepoints.analysis import eye_aspect_ratios
from facepoints.arrays import as_floats, is_number
from facepoints.errors import InputError
from facepoints.faces import Faces, as_faces
from facepoints.scheme import POINT_COUNT

__all__ = ["BlinkCounter", "BlinkCounters"]

_RISE, _FALL = 1.0, 20.0
"""Seconds in which the level of the open eye follows a higher and a lower ratio: lids are open most of the time."""

_LEAST_LEVEL = 0.2
"""No eye counts as open below; so noise of eyes that stay closed for long makes no blinks."""


@dataclass
class BlinkCounter:
    """Counts the blinks of one person from the eye aspect ratio, the mean of both eyes.

    The eye closes where the ratio falls under ``close_at`` of its level when open, and opens where it rises over
    ``open_at`` of it; two thresholds, so that noise around one makes no blinks. The level is the person's own: it
    follows higher ratios within seconds and lower ones within a minute, so narrow eyes count like wide ones. A closure
    is a blink if it takes ``shortest`` to ``longest`` seconds; squinting, looking down and sleeping take longer.

    Source: Soukupova and Cech, "Real-Time Eye Blink Detection using Facial Landmarks" (CVWW 2016), with a threshold on
    the ratio, which they compare with; blinks take 0.1 to 0.4 s there.

    Attributes:
        shortest: seconds from the first frame closed to the first open again.
        longest: seconds, likewise; also the longest gap between two frames within a blink.
        close_at: share of the open eye's ratio.
        open_at: share of the open eye's ratio.
        count: blinks so far.
        closed: whether the eyes are closed at present.
    """

    shortest: float = 0.05
    longest: float = 0.5
    close_at: float = 0.7
    open_at: float = 0.8
    count: int = 0
    closed: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.shortest < self.longest:
            raise InputError(f"shortest must be above 0 and below longest; got {self.shortest} and {self.longest}")
        if not 0 < self.close_at <= self.open_at < 1:
            raise InputError(f"thresholds must be 0 < close_at <= open_at < 1; got {self.close_at} and {self.open_at}")
        self._level = _LEAST_LEVEL
        self._time = -math.inf
        self._since = -math.inf

    def update(self, eyes: ArrayLike, time: float) -> int:
        """Take the next frame.

        Args:
            eyes: the keypoints of the person ``(68, 2)``, or the eye aspect ratio, one number.
            time: of the frame in seconds, later than the last one.

        Returns:
            The number of blinks so far; a blink counts when the eyes are open again.

        Raises:
            InputError: neither points nor a number, or a time that does not follow the last one.
        """
        ratio = _ratio(eyes)
        if not is_number(time) or not self._time < time < math.inf:
            raise InputError(f"time must be in seconds and later than that of the last frame; got {time!r}")
        passed, self._time = time - self._time, time
        self._follow(ratio, passed)
        if passed > self.longest:  # what happened meanwhile, nobody knows
            self.closed, self._since = ratio < self.close_at * self._level, -math.inf
        elif not self.closed and ratio < self.close_at * self._level:
            self.closed, self._since = True, time
        elif self.closed and ratio > self.open_at * self._level:
            self.closed = False
            # Times of frames are sums of fractions: half a millisecond more or less is no difference.
            self.count += self.shortest - 0.0005 <= time - self._since <= self.longest + 0.0005
        return self.count

    def _follow(self, ratio: float, passed: float) -> None:
        share = -math.expm1(-passed / (_RISE if ratio > self._level else _FALL))
        self._level = max(self._level + share * (ratio - self._level), _LEAST_LEVEL)


class BlinkCounters:
    """Counts the blinks of everybody in a video: a :class:`BlinkCounter` for each track.

    Args:
        forget_after: seconds after which a track that is gone is forgotten.
    """

    def __init__(self, forget_after: float = 60.0) -> None:
        self._forget_after = forget_after
        self._counters: dict[int, BlinkCounter] = {}
        self._seen: dict[int, float] = {}

    def update(self, faces: Faces, time: float) -> list[int]:
        """Take the faces of the next frame, which must have ``track_ids``.

        Returns:
            The number of blinks of each face's person so far, in the order of ``faces``.

        Raises:
            InputError: faces without track ids, or a time that does not follow the last one.
        """
        if as_faces(faces).track_ids is None:
            raise InputError("blinks are counted by person: track the faces first (facepoints.video.FaceTracker)")
        for track in [track for track, seen in self._seen.items() if time - seen > self._forget_after]:
            del self._counters[track], self._seen[track]
        counts = []
        for track, keypoints in zip(np.asarray(faces.track_ids).tolist(), faces.keypoints, strict=True):
            counts.append(self._counters.setdefault(track, BlinkCounter()).update(keypoints, time))
            self._seen[track] = time
        return counts


def _ratio(eyes: ArrayLike) -> float:
    if is_number(eyes):
        ratio = float(np.asarray(eyes))
    else:
        ratio = float(eye_aspect_ratios(as_floats(eyes, (POINT_COUNT, 2), "eyes")[None]).mean())
    if not 0 <= ratio < math.inf:
        raise InputError(f"an eye aspect ratio is a number from 0 up; got {ratio}")
    return ratio
