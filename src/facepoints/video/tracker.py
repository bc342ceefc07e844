"""People followed through a video: who is where, with which keypoints."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from facepoints.arrays import Floats, Image, as_image, is_number
from facepoints.detection import Detections
from facepoints.errors import InputError
from facepoints.faces import Faces
from facepoints.finder import FaceFinder
from facepoints.keypoints import Estimate
from facepoints.video.appearance import face_looks, scene_difference, scene_sample
from facepoints.video.association import associate
from facepoints.video.boxes import placed_boxes
from facepoints.video.naming import name
from facepoints.video.search import Look, Schedule, search
from facepoints.video.sightings import Sighting, sight
from facepoints.video.smoothing import KeypointSmoother
from facepoints.video.tracks import SAME_LOOK, SAME_LOOK_AFTER_CUT, SURE, Tracks, moved, refreshed

__all__ = ["VIDEO_KEYPOINTS", "FaceTracker"]

VIDEO_KEYPOINTS = "compact-int8"
"""The keypoint network for video: one look at each frame, since smoothing over time does what the second look of
``compact``, at the mirror image, does for a photo. On a talking face, smoothed, the two are 0.7 % of the outer-eye
distance apart."""

_USUAL_STEP = 1 / 30
"""Seconds between frames until two times are known."""

_SHORTEST_STEP = 1e-6
"""Seconds; what is shorter would make speeds infinite."""

_BACK = 0.5
"""Seconds that the time may go back by before the frame belongs to another part of the video."""

_PAUSE = 0.4
"""Seconds between frames after which it is not taken for granted who is there."""

_CUT = 20.0
"""Mean difference of the pixels of two frames above which they may be of two scenes."""

_MOST_MISSES = 3
"""Times in a row that the detector may miss a face of which the estimator is not sure."""

_BOX_MEMORY = 0.5
"""Weight of the earlier boxes against a new one, so that boxes do not jump."""


class FaceTracker:
    """Follows the faces of one video; one object for each video, used by one thread at a time.

    In each frame the keypoints of everybody are estimated where their motion so far leads. The detector looks at the
    whole frame only every ``detect_every`` frames, and near those who got lost.

    Args:
        finder: finds the faces, and estimates their keypoints; None for one with :data:`VIDEO_KEYPOINTS`.
        smooth: smooth keypoints and boxes; False for them as they were found.
        detect_every: frames after which the detector looks for newcomers; 1 for each.
        max_lost: seconds for which a person who is not seen is remembered.

    Raises:
        InputError: an argument is out of range.
    """

    def __init__(
        self, finder: FaceFinder | None = None, *, smooth: bool = True, detect_every: int = 15, max_lost: float = 2.0
    ) -> None:
        if finder is not None and not isinstance(finder, FaceFinder):
            raise InputError(f"finder must be a facepoints.FaceFinder, not {type(finder).__name__}")
        if not is_number(detect_every, whole=True) or detect_every < 1:
            raise InputError(f"detect_every must be a whole number of frames from 1; got {detect_every!r}")
        if not is_number(max_lost) or not 0 <= max_lost < math.inf:
            raise InputError(f"max_lost must be a number of seconds from 0; got {max_lost!r}")
        self.finder = FaceFinder(keypoints=VIDEO_KEYPOINTS) if finder is None else finder
        self.smooth = smooth
        self.detect_every = detect_every
        self.max_lost = max_lost
        self._smoother = KeypointSmoother()
        self.reset()

    def reset(self) -> None:
        """Forget everything, for another video; ids start from 1 again."""
        self._next_id = 1
        self._forget()

    def _forget(self) -> None:
        self._tracks = Tracks.empty()
        self._time: float | None = None
        self._usual_step = _USUAL_STEP
        self._size = (0, 0)
        self._scene: Image | None = None
        self._schedule = Schedule(self.detect_every)

    def update(self, image: Image, time: float) -> Faces:
        """The faces of the next frame, highest score first, with ``track_ids`` from 1.

        A time equal to the last one, or up to half a second before it, counts as one more step of the last length. If
        it goes back further, or if the size of the pictures changes, everybody is forgotten and gets a new id.

        Args:
            image: RGB uint8 ``(H, W, 3)``.
            time: of the frame in seconds.

        Returns:
            ``boxes`` are the detector's, carried along with the faces; ``scores`` combine the detector's last score
            with the estimator's.

        Raises:
            InputError: not such an image or time.
        """
        picture = as_image(image)
        if not is_number(time) or not math.isfinite(time):
            raise InputError(f"time must be a finite number of seconds; got {time!r}")
        seconds = self._advance(picture, float(time))
        likeness = self._needed_likeness(picture, seconds)
        sighting = sight(self.finder.estimator, picture, self._tracks, seconds, likeness)
        look = self._schedule.next(anybody=bool(sighting.seen.any()), urgent=likeness is not None)
        shown = self._tracks.ids > 0
        lost, doubtful = ~sighting.seen & shown, sighting.doubtful & shown
        found = search(self.finder, picture, look, sighting.expected[lost], sighting.expected[doubtful])
        newcomers = None
        if found is not None:
            newcomers = associate(self.finder, picture, self._tracks, sighting, found, look is Look.THOROUGH)
        if look is Look.THOROUGH:
            self._count_misses(sighting)
        if self.finder.max_faces is not None:
            sighting.keep_at_most(self.finder.max_faces, self._tracks)
        self._tracks = self._renewed(picture, sighting, found, seconds)
        if newcomers is not None:
            self._tracks = self._tracks.joined(newcomers)
        if (self._tracks.ids == 0).any():
            self._name(picture)
        return self._faces()

    def _advance(self, picture: Image, time: float) -> float:
        """Seconds since the last frame, above 0."""
        size = (picture.shape[1], picture.shape[0])
        if self._time is not None and (size != self._size or time < self._time - _BACK):
            self._forget()
        step = self._usual_step
        if self._time is not None and time > self._time:
            step = max(time - self._time, _SHORTEST_STEP)
            if step < _PAUSE:
                self._usual_step = step
        self._time, self._size = time, size
        return step

    def _needed_likeness(self, picture: Image, seconds: float) -> float | None:
        """How similar everybody must be to be believed; None unless somebody else may be in their place."""
        scene, self._scene = self._scene, scene_sample(picture)
        if scene is not None and scene_difference(scene, self._scene) > _CUT:
            # Of the lost, too, nobody is expected in the new scene unless it is the old one after all.
            self._tracks = replace(self._tracks, likeness=np.full(len(self._tracks), SAME_LOOK_AFTER_CUT))
            return SAME_LOOK_AFTER_CUT
        return SAME_LOOK if seconds > _PAUSE else None

    def _count_misses(self, sighting: Sighting) -> None:
        """Give up those of whom neither the estimator is sure nor, several times in a row, the detector."""
        misses = np.where(sighting.box_rows < 0, self._tracks.misses + 1, 0)
        self._tracks = replace(self._tracks, misses=misses)
        sighting.seen &= (misses < _MOST_MISSES) | (sighting.scores.mean(axis=1) >= SURE)

    def _renewed(self, picture: Image, sighting: Sighting, found: Detections | None, seconds: float) -> Tracks:
        """The tracks after this frame, without those of people who have not been seen for too long."""
        tracks, rows = self._tracks, np.flatnonzero(sighting.seen)
        seen = Estimate(sighting.keypoints[rows], sighting.scores[rows])
        active = moved(tracks.select(rows), self._smoother, seen, sighting.squares[rows], seconds)
        if found is not None:
            looks = face_looks(picture, active.squares)
            active = refreshed(active, found, sighting.box_rows[rows], looks, _BOX_MEMORY if self.smooth else 0.0)
        if len(rows) < len(tracks):
            waiting = ~sighting.seen & (tracks.ids > 0) & (tracks.gone + seconds <= self.max_lost)
            lost = tracks.select(np.flatnonzero(waiting))
            active = active.joined(replace(lost, gone=lost.gone + seconds))
        return active

    def _name(self, picture: Image) -> None:
        """Give ids to newcomers as far as it is clear who they are."""
        tracks = self._tracks
        scores = self._scores(tracks, placed_boxes(tracks.boxes, tracks.smoothed.found_frames))
        sure = (scores >= (1 + self.finder.min_score) / 2) & (tracks.keypoint_scores.mean(axis=1) >= SURE)
        self._tracks, self._next_id = name(tracks, picture, sure, self._next_id)

    def _scores(self, tracks: Tracks, boxes: Floats) -> Floats:
        """The finder's combined scores, as if its detector had found these boxes just now."""
        found = Detections(boxes, tracks.detector_scores)
        return self.finder.combined_scores(found, tracks.keypoint_scores.mean(axis=1))

    def _faces(self) -> Faces:
        """Those who are seen in this frame, highest score first."""
        tracks = self._tracks.select(np.flatnonzero((self._tracks.gone == 0) & (self._tracks.ids > 0)))
        state = tracks.smoothed
        boxes = placed_boxes(tracks.boxes, state.frames if self.smooth else state.found_frames)
        keypoints = state.keypoints if self.smooth else tracks.keypoints.copy()
        scores = self._scores(tracks, boxes)
        # Copies: what a caller does with them must not reach the next frame.
        faces = Faces(boxes, scores, keypoints, tracks.keypoint_scores.copy(), tracks.ids.copy())
        order = np.argsort(-scores, kind="stable")
        return faces if (order[:-1] < order[1:]).all() else faces[order]
