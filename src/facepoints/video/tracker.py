"""People followed through a video: who is where, with which keypoints."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from facepoints.arrays import Array, Floats, Image, as_image, is_number
from facepoints.detection import Detections
from facepoints.errors import InputError
from facepoints.faces import Faces
from facepoints.finder import FaceFinder
from facepoints.geometry import same_faces
from facepoints.keypoints import Estimate
from facepoints.video.appearance import blended, face_looks, scene_difference, scene_sample
from facepoints.video.association import box_pairs, return_pairs
from facepoints.video.search import search_around
from facepoints.video.sightings import Sighting, sight
from facepoints.video.smoothing import KeypointSmoother
from facepoints.video.tracks import (
    SAME_LOOK,
    SAME_LOOK_AFTER_CUT,
    Tracks,
    new_velocities,
    placed_boxes,
    relative_boxes,
    square_boxes,
    upright_squares,
)

__all__ = ["FaceTracker"]

_USUAL_STEP = 1 / 30
"""Seconds between frames until two times are known."""

_BACK = 0.5
"""Seconds that the time may go back by before the frame belongs to another part of the video."""

_PAUSE = 0.4
"""Seconds between frames after which it is not taken for granted who is there."""

_CUT = 30.0
"""Mean difference of the pixels of two frames above which they may be of two scenes."""

_HURRY = 5
"""So many times as often as for newcomers is looked for the lost, and for anybody where nobody is seen."""

_SURE = 0.7
"""Mean keypoint score from which on the estimator alone is sure of a face."""

_MOST_MISSES = 3
"""Times in a row that the detector may miss a face of which the estimator is not sure."""

_PROVEN = 3
"""Frames after which a newcomer is shown of whom detector or estimator is less sure: false alarms must not flash up."""

_SCORE_MEMORY, _LOOK_MEMORY, _BOX_MEMORY = 0.1, 0.3, 0.5
"""Weight of the newest score, look and box against the earlier ones."""


class FaceTracker:
    """Follows the faces of one video; one object for each video, used by one thread at a time.

    In each frame the keypoints of everybody are estimated where their motion so far leads. The detector looks at the
    whole frame only every ``detect_every`` frames, and near those who got lost.

    Args:
        finder: finds the faces, and estimates their keypoints; None for ``FaceFinder()``.
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
        self.finder = FaceFinder() if finder is None else finder
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
        self._step = _USUAL_STEP
        self._size = (0, 0)
        self._scene: Image | None = None
        self._since_search = self.detect_every

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
        found, whole = self._search(picture, sighting, likeness is not None)
        newcomers = Tracks.empty()
        box_rows = np.full(len(self._tracks), -1)
        if found is not None:
            box_rows, newcomers = self._compare(picture, seconds, sighting, found)
        self._renew(picture, seconds, sighting, found, box_rows, whole)
        self._number(newcomers)
        return self._faces()

    def _advance(self, picture: Image, time: float) -> float:
        """Seconds since the last frame, above 0."""
        size = (picture.shape[1], picture.shape[0])
        if self._time is not None and (size != self._size or time < self._time - _BACK):
            self._forget()
        if self._time is not None and time > self._time:
            self._step = time - self._time
        self._time, self._size = time, size
        return self._step

    def _needed_likeness(self, picture: Image, seconds: float) -> float | None:
        """How similar everybody must be to be believed; None unless somebody else may be in their place."""
        scene, self._scene = self._scene, scene_sample(picture)
        if scene is not None and scene_difference(scene, self._scene) > _CUT:
            # Of the lost, too, nobody is expected in the new scene unless it is the old one after all.
            self._tracks = replace(self._tracks, likeness=np.full(len(self._tracks), SAME_LOOK_AFTER_CUT))
            return SAME_LOOK_AFTER_CUT
        return SAME_LOOK if seconds > _PAUSE else None

    def _search(self, picture: Image, sighting: Sighting, broken: bool) -> tuple[Detections | None, bool]:
        """What the detector finds, if it is to look at all, and whether it looked at the whole picture."""
        self._since_search += 1
        hurry = max(1, self.detect_every // _HURRY)
        every = self.detect_every if sighting.seen.any() else hurry
        if broken or self._since_search > every:
            self._since_search = 1
            return self.finder.detect(picture), True
        shown = self._tracks.ids > 0
        wanted = sighting.doubtful & shown
        if self._since_search % hurry == 0:
            wanted = ~sighting.seen & shown
        return (search_around(self.finder, picture, sighting.expected[wanted]) if wanted.any() else None), False

    def _compare(self, picture: Image, seconds: float, sighting: Sighting, found: Detections) -> tuple[Array, Tracks]:
        """Which of the detector's boxes is whose, -1 for none; and those who were never seen before."""
        box_rows = np.full(len(self._tracks), -1)
        current = np.flatnonzero(sighting.seen | sighting.doubtful)
        for row, column in box_pairs(square_boxes(sighting.squares[current]), found.starts):
            box_rows[current[row]] = column
        # Only now are the keypoints estimated in the boxes that belong to nobody, or to those in doubt.
        asked = np.flatnonzero(~sighting.seen & (box_rows >= 0))
        columns = np.concatenate([box_rows[asked], np.setdiff1d(np.arange(len(found)), box_rows)])
        candidates = found.select(columns)
        estimate = self.finder.estimator.estimate([picture], [candidates.starts], [candidates.rolls])[0]
        faces, _ = self.finder.rank(candidates, estimate)
        for index in faces[faces < len(asked)]:
            sighting.accept(int(asked[index]), estimate, int(index))
        strangers = _unlike(faces[faces >= len(asked)], estimate, sighting)
        squares = upright_squares(estimate.keypoints[strangers])
        looks = face_looks(picture, squares)
        for row, index in self._returning(seconds, sighting, squares, looks):
            sighting.accept(row, estimate, int(strangers[index]))
            box_rows[row] = columns[strangers[index]]
        new = np.flatnonzero(~np.isin(columns[strangers], box_rows))
        if self.finder.max_faces is not None:
            new = new[: max(0, self.finder.max_faces - int(sighting.seen.sum()))]
        rows = strangers[new]
        started = Estimate(estimate.keypoints[rows], estimate.scores[rows])
        return box_rows, Tracks.start(candidates.select(rows), started, squares[new], looks[new])

    def _returning(self, seconds: float, sighting: Sighting, squares: Array, looks: Floats) -> list[tuple[int, int]]:
        """Pairs of a lost track and the new face that is theirs."""
        lost = np.flatnonzero(~sighting.seen & (self._tracks.ids > 0))
        tracks = self._tracks.select(lost)
        similar = tracks.looks @ looks.T
        pairs = return_pairs(sighting.expected[lost], tracks.gone + seconds, similar, tracks.likeness, squares)
        return [(int(lost[row]), index) for row, index in pairs]

    def _renew(
        self,
        picture: Image,
        seconds: float,
        sighting: Sighting,
        found: Detections | None,
        box_rows: Array,
        whole: bool,
    ) -> None:
        """Enter what was seen into the tracks; end those who have not been seen for too long."""
        tracks = self._tracks
        if whole:
            tracks = replace(tracks, misses=np.where(box_rows < 0, tracks.misses + 1, 0))
            sure = (tracks.misses < _MOST_MISSES) | (sighting.scores.mean(axis=1) >= _SURE)
            sighting.seen = sighting.seen & sure
        waiting = ~sighting.seen & (tracks.ids > 0) & (tracks.gone + seconds <= self.max_lost)
        lost = tracks.select(np.flatnonzero(waiting))
        lost = replace(lost, gone=lost.gone + seconds)
        rows = np.flatnonzero(sighting.seen)
        active = self._moved(tracks.select(rows), sighting, rows, seconds)
        if found is not None:
            active = self._refreshed(picture, active, found, box_rows[rows])
        self._tracks = active.joined(lost)

    def _moved(self, tracks: Tracks, sighting: Sighting, rows: Array, seconds: float) -> Tracks:
        """Those who are seen, with their new keypoints."""
        elapsed, squares, scores = tracks.gone + seconds, sighting.squares[rows], sighting.scores[rows]
        return replace(
            tracks,
            keypoints=sighting.keypoints[rows],
            keypoint_scores=scores,
            squares=squares,
            velocities=new_velocities(tracks, squares, elapsed),
            likeness=np.full(len(rows), SAME_LOOK),
            support=tracks.support + _SCORE_MEMORY * (scores.mean(axis=1) - tracks.support),
            sightings=tracks.sightings + 1,
            gone=np.zeros(len(rows)),
            smoothed=self._smoother.step(tracks.smoothed, sighting.keypoints[rows], elapsed),
        )

    def _refreshed(self, picture: Image, tracks: Tracks, found: Detections, box_rows: Array) -> Tracks:
        """What only frames with a look of the detector renew: boxes, their scores, and what people look like."""
        looks = blended(tracks.looks, face_looks(picture, tracks.squares), _LOOK_MEMORY)
        boxes, scores = tracks.boxes.copy(), tracks.detector_scores.copy()
        hit = np.flatnonzero(box_rows >= 0)
        new = relative_boxes(found.boxes[box_rows[hit]], tracks.smoothed.found_frames[hit])
        boxes[hit] += (_BOX_MEMORY if self.smooth else 1.0) * (new - boxes[hit])
        scores[hit] = found.scores[box_rows[hit]]
        return replace(tracks, boxes=boxes, detector_scores=scores, looks=looks)

    def _number(self, newcomers: Tracks) -> None:
        """Take the newcomers in, and give ids to those who are sure or seen for long enough."""
        tracks = self._tracks.joined(newcomers)
        unnamed = tracks.ids == 0
        if unnamed.any():
            boxes = placed_boxes(tracks.boxes, tracks.smoothed.found_frames)
            sure = (self._scores(tracks, boxes) >= (1 + self.finder.min_score) / 2) & (tracks.support >= _SURE)
            shown = np.flatnonzero(unnamed & (sure | (tracks.sightings >= _PROVEN)))
            ids = tracks.ids.copy()
            ids[shown] = np.arange(self._next_id, self._next_id + len(shown))
            self._next_id += len(shown)
            tracks = replace(tracks, ids=ids)
        self._tracks = tracks

    def _scores(self, tracks: Tracks, boxes: Floats) -> Floats:
        """The finder's combined scores, as if its detector had found these boxes just now."""
        found = Detections(boxes, tracks.detector_scores, square_boxes(tracks.squares))
        return self.finder.combined_scores(found, tracks.keypoint_scores.mean(axis=1))

    def _faces(self) -> Faces:
        """Those who are seen in this frame, highest score first."""
        tracks = self._tracks.select(np.flatnonzero((self._tracks.gone == 0) & (self._tracks.ids > 0)))
        state = tracks.smoothed
        boxes = placed_boxes(tracks.boxes, state.frames if self.smooth else state.found_frames)
        keypoints = state.keypoints if self.smooth else tracks.keypoints
        scores = self._scores(tracks, boxes)
        faces = Faces(boxes, scores, keypoints, tracks.keypoint_scores, tracks.ids)
        order = np.argsort(-scores, kind="stable")
        return faces if (order[:-1] < order[1:]).all() else faces[order]


def _unlike(faces: Array, estimate: Estimate, sighting: Sighting) -> Array:
    """Those of the new faces that are none of the faces already seen."""
    known = sighting.keypoints[sighting.seen]
    same = same_faces(np.concatenate([known, estimate.keypoints[faces]]))
    return np.asarray(faces[~same[len(known) :, : len(known)].any(axis=1)])
