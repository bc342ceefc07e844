"""People followed through a video: who is where, with which keypoints."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from facepoints.arrays import Array, Floats, Image, as_image, is_number
from facepoints.detection import Detections
from facepoints.errors import InputError
from facepoints.faces import Faces
from facepoints.finder import FaceFinder
from facepoints.geometry import best_of_duplicates, box_iou, same_faces
from facepoints.keypoints import Estimate
from facepoints.video.appearance import face_looks, normalised, scene_sample
from facepoints.video.association import greedy_pairs, return_costs
from facepoints.video.smoothing import KeypointSmoother
from facepoints.video.tracks import (
    Tracks,
    placed_boxes,
    predicted_squares,
    relative_boxes,
    square_boxes,
    upright_squares,
)

__all__ = ["FaceTracker"]

_USUAL_STEP = 1 / 30
"""Seconds between frames until two times are known."""

_BACK = 0.5
"""Seconds that the time may go back by before the frame belongs to another part of the video."""

_LONG_STEP = 0.4
"""Seconds between frames after which it is not taken for granted who is there."""

_NEW_SCENE = 30.0
"""Mean difference of the pixels of two frames above which they may be of two scenes."""

_LEAST_SUPPORT, _FALLEN = 0.2, 0.6
"""Mean keypoint score, and share of that of the last frames, below which the detector is asked about a face."""

_SURE = 0.7
"""Mean keypoint score with which a face needs no confirmation by the detector."""

_MOST_MISSES = 3
"""Times in a row that the detector may miss a face that is less sure."""

_SAME_LOOK = 0.5
"""Similarity of looks from which on somebody may be the same as before."""

_COAST = 0.6
"""Seconds for which the keypoints of somebody lost are looked for where they are expected."""

_SAME_BOX = 0.3
"""IoU of the squares of a track and of the detector from which on they may be of the same face."""

_MEMORY, _LOOK_MEMORY, _BOX_MEMORY = 0.1, 0.3, 0.5
"""Weight of the newest score, look and box against the earlier ones."""


@dataclass
class _Sighting:
    """What the estimator sees of each of ``n`` tracks in the current frame, and what is made of it.

    ``seen``: this is the face. ``doubtful``: the detector must decide. ``box_rows``: the detector's box of each, or -1.
    """

    keypoints: Floats
    scores: Floats
    squares: Array
    seen: Array
    doubtful: Array
    ended: Array
    box_rows: Array
    misses: Array
    found: Detections | None = None

    def place(self, row: int, estimate: Estimate, index: int) -> None:
        """Believe that the person of ``row`` is the face ``index`` of another estimate."""
        self.keypoints[row], self.scores[row] = estimate.keypoints[index], estimate.scores[index]
        self.squares[row] = upright_squares(self.keypoints[row : row + 1])[0]
        self.seen[row] = True


class FaceTracker:
    """Follows the faces of one video; one object for each video, for one thread at a time.

    Args:
        finder: finds the faces, and estimates their keypoints; None for ``FaceFinder()``.
        smooth: smooth keypoints and boxes; False for them as they were found.
        detect_every: frames after which the detector looks for newcomers; 1 for each.
        max_lost: seconds for which a person who is not seen is remembered.

    Raises:
        InputError: an argument is out of range.
    """

    def __init__(
        self,
        finder: FaceFinder | None = None,
        *,
        smooth: bool = True,
        detect_every: int = 15,
        max_lost: float = 1.5,
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
        self._size = (0, 0)
        self._step = _USUAL_STEP
        self._scene: Floats | None = None
        self._since_detection = self.detect_every

    def update(self, image: Image, time: float) -> Faces:
        """The faces of the next frame, highest score first, with ``track_ids``.

        A time equal to the last one, or up to half a second before it, counts as one more step of the last length. If
        it goes back further, or if the size of the pictures changes, everybody is forgotten and gets a new id.

        Args:
            image: RGB uint8 ``(H, W, 3)``.
            time: of the frame in seconds.

        Raises:
            InputError: not such an image or time.
        """
        picture = as_image(image)
        if not is_number(time) or not math.isfinite(time):
            raise InputError(f"time must be a finite number of seconds; got {time!r}")
        seconds = self._advance(picture, float(time))
        broken = self._is_broken(picture, seconds)
        sighting = self._look(picture, seconds, broken)
        newcomers = Tracks.empty()
        if broken or self._is_due(sighting):
            newcomers = self._detect(picture, seconds, sighting)
        self._tracks = self._renewed(picture, sighting, seconds).joined(newcomers)
        return self._faces()

    def _advance(self, picture: Image, time: float) -> float:
        """Seconds since the last frame, above 0."""
        size = (picture.shape[1], picture.shape[0])
        if self._time is not None and (size != self._size or time < self._time - _BACK):
            self._forget()
        if self._time is not None and time > self._time:
            self._step = time - self._time
        self._time, self._size = time, size
        self._since_detection += 1
        return self._step

    def _is_broken(self, picture: Image, seconds: float) -> bool:
        """Whether it must be checked who is there, since the scene may be another one."""
        scene, self._scene = self._scene, scene_sample(picture)
        return scene is not None and (seconds > _LONG_STEP or float(np.abs(scene - self._scene).mean()) > _NEW_SCENE)

    def _look(self, picture: Image, seconds: float, broken: bool) -> _Sighting:
        """Estimate the keypoints of everybody where they are expected, and judge them."""
        tracks = self._tracks
        expected = predicted_squares(tracks, seconds)
        active = tracks.gone == 0
        inside = ((expected[:, :2] > 0) & (expected[:, :2] < self._size)).all(axis=1)
        tried = np.flatnonzero(active | (inside & (tracks.gone + seconds < _COAST)))
        sighting = _Sighting(
            tracks.keypoints.copy(),
            np.zeros_like(tracks.keypoint_scores),
            expected,
            np.zeros(len(tracks), dtype=bool),
            np.zeros(len(tracks), dtype=bool),
            np.zeros(len(tracks), dtype=bool),
            np.full(len(tracks), -1),
            tracks.misses,
        )
        if len(tried) == 0:
            return sighting
        estimate = self.finder.estimator.estimate([picture], [square_boxes(expected[tried])], [expected[tried, 3]])[0]
        sighting.keypoints[tried], sighting.scores[tried] = estimate.keypoints, estimate.scores
        sighting.squares[tried] = upright_squares(estimate.keypoints)
        means = sighting.scores.mean(axis=1)
        sighting.seen = means >= np.maximum(_LEAST_SUPPORT, _FALLEN * tracks.support)
        sighting.doubtful = active & ~sighting.seen
        checked = np.flatnonzero(sighting.seen & (~active | broken))
        if len(checked):
            looks = face_looks(picture, sighting.squares[checked])
            strange = checked[(looks * tracks.looks[checked]).sum(axis=1) < _SAME_LOOK]
            sighting.seen[strange] = False
            sighting.ended[strange] = broken
        self._part(picture, sighting)
        return sighting

    def _part(self, picture: Image, sighting: _Sighting) -> None:
        """Where two tracks have run onto one face, only the one that looks like it goes on."""
        rows = np.flatnonzero(sighting.seen)
        if len(rows) < 2:
            return
        same = same_faces(sighting.keypoints[rows])
        if same.sum() == len(rows):
            return
        looks = face_looks(picture, sighting.squares[rows])
        likeness = (looks * self._tracks.looks[rows]).sum(axis=1) - (self._tracks.gone[rows] > 0)
        sighting.seen[rows] = False
        sighting.seen[rows[best_of_duplicates(same, likeness)]] = True

    def _is_due(self, sighting: _Sighting) -> bool:
        """Whether the detector must look at this frame."""
        every = self.detect_every if sighting.seen.any() else max(1, self.detect_every // 5)
        return bool(sighting.doubtful.any()) or self._since_detection >= every

    def _detect(self, picture: Image, seconds: float, sighting: _Sighting) -> Tracks:
        """Ask the detector who is there: confirm or lose the doubtful ones, find lost ones again, return newcomers."""
        self._since_detection = 0
        tracks, found = self._tracks, self.finder.detect(picture)
        open_rows = np.flatnonzero(sighting.seen | sighting.doubtful)
        overlaps = box_iou(square_boxes(sighting.squares[open_rows]), found.starts)
        for row, column in greedy_pairs(np.where(overlaps > _SAME_BOX, -overlaps, np.inf)):
            sighting.box_rows[open_rows[row]] = column
        sighting.found = found
        missed = sighting.seen & (sighting.box_rows < 0)
        sighting.misses = np.where(missed, tracks.misses + 1, 0)
        sighting.seen &= (sighting.misses < _MOST_MISSES) | (sighting.scores.mean(axis=1) >= _SURE)

        asked = np.flatnonzero(sighting.doubtful & (sighting.box_rows >= 0))
        new = np.setdiff1d(np.arange(len(found)), sighting.box_rows)
        columns = np.concatenate([sighting.box_rows[asked], new])
        candidates = found.select(columns)
        estimate = self.finder.estimator.estimate([picture], [candidates.starts], [candidates.rolls])[0]
        kept, _ = self.finder.rank(candidates, estimate)
        for index in kept[kept < len(asked)]:
            sighting.place(asked[index], estimate, int(index))
        return self._welcome(picture, seconds, sighting, estimate, kept[kept >= len(asked)], columns)

    def _welcome(
        self, picture: Image, seconds: float, sighting: _Sighting, estimate: Estimate, kept: Array, columns: Array
    ) -> Tracks:
        """Of the new faces, those of ``kept``, give back their ids to people who were lost, and return the others."""
        tracks, found, seen = self._tracks, sighting.found, sighting.seen
        together = same_faces(np.concatenate([sighting.keypoints[seen], estimate.keypoints[kept]]))
        count = int(seen.sum())
        kept = kept[~together[count:, :count].any(axis=1)]
        if self.finder.max_faces is not None:
            kept = kept[: max(0, self.finder.max_faces - count)]
        if len(kept) == 0:
            return Tracks.empty()
        squares = upright_squares(estimate.keypoints[kept])
        looks = face_looks(picture, squares)
        lost = np.flatnonzero(~seen & ~sighting.ended)
        expected = predicted_squares(tracks, seconds)[lost]
        costs = return_costs(expected, tracks.gone[lost] + seconds, tracks.looks[lost], squares, looks)
        back = greedy_pairs(costs)
        for row, index in back:
            sighting.place(lost[row], estimate, int(kept[index]))
            sighting.box_rows[lost[row]] = columns[kept[index]]
        new = np.setdiff1d(np.arange(len(kept)), [index for _, index in back])
        rows = columns[kept[new]]
        keypoints = estimate.keypoints[kept[new]]
        state = self._smoother.start(keypoints)
        ids = np.arange(self._next_id, self._next_id + len(new))
        self._next_id += len(new)
        return Tracks(
            ids=ids,
            boxes=relative_boxes(found.boxes[rows], state.frames),
            detector_scores=found.scores[rows],
            keypoints=keypoints,
            keypoint_scores=estimate.scores[kept[new]],
            squares=squares[new],
            looks=looks[new],
            support=estimate.scores[kept[new]].mean(axis=1),
            misses=np.zeros(len(new), dtype=np.int64),
            gone=np.zeros(len(new)),
            smoothed=state,
        )

    def _renewed(self, picture: Image, sighting: _Sighting, seconds: float) -> Tracks:
        """The tracks after this frame, without those who are gone for too long."""
        tracks, seen = self._tracks, sighting.seen
        waiting = ~seen & ~sighting.ended & (tracks.gone + seconds <= self.max_lost)
        lost = tracks.select(np.flatnonzero(waiting))
        lost = replace(lost, gone=lost.gone + seconds)
        rows = np.flatnonzero(seen)
        if len(rows) == 0:
            return lost
        active = tracks.select(rows)
        scores = sighting.scores[rows]
        state = self._smoother.step(active.smoothed, sighting.keypoints[rows], active.gone + seconds)
        active = replace(
            active,
            keypoints=sighting.keypoints[rows],
            keypoint_scores=scores,
            squares=sighting.squares[rows],
            support=active.support + _MEMORY * (scores.mean(axis=1) - active.support),
            gone=np.zeros(len(rows)),
            smoothed=state,
        )
        if sighting.found is not None:
            active = self._refreshed(picture, active, sighting.found, sighting.box_rows[rows], sighting.misses[rows])
        return active.joined(lost)

    def _refreshed(self, picture: Image, active: Tracks, found: Detections, box_rows: Array, misses: Array) -> Tracks:
        """What only frames with a detector's look renew: boxes, their scores, and what people look like."""
        looks = normalised(active.looks + _LOOK_MEMORY * (face_looks(picture, active.squares) - active.looks))
        boxes, scores = active.boxes.copy(), active.detector_scores.copy()
        hit = np.flatnonzero(box_rows >= 0)
        weight = _BOX_MEMORY if self.smooth else 1.0
        new = relative_boxes(found.boxes[box_rows[hit]], active.smoothed.found_frames[hit])
        boxes[hit] += weight * (new - boxes[hit])
        scores[hit] = found.scores[box_rows[hit]]
        return replace(active, boxes=boxes, detector_scores=scores, looks=looks, misses=misses)

    def _faces(self) -> Faces:
        tracks = self._tracks.select(np.flatnonzero(self._tracks.gone == 0))
        if len(tracks) == 0:
            return replace(Faces.empty(), track_ids=tracks.ids)
        state = tracks.smoothed
        boxes = placed_boxes(tracks.boxes, state.frames if self.smooth else state.found_frames)
        found = Detections(
            boxes, tracks.detector_scores, square_boxes(tracks.squares), tracks.squares[:, 3].astype(np.float32)
        )
        scores = self.finder.combined_scores(found, tracks.keypoint_scores.mean(axis=1), tracks.keypoints)
        keypoints = state.keypoints if self.smooth else tracks.keypoints
        order = np.argsort(-scores, kind="stable")
        return Faces(boxes, scores, keypoints, tracks.keypoint_scores, tracks.ids)[order]
