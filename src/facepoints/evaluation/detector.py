"""Run several detectors over labelled pictures and keep what they found.

Each picture is decoded once and given to all detectors in turn, so that whatever else the machine does meanwhile slows
all of them down alike.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from facepoints.arrays import Array, Image
from facepoints.datasets.wider import LabelledPicture
from facepoints.detection import Detections, Detector, ScoreCombiner
from facepoints.errors import ImageError, InputError
from facepoints.evaluation.contestants import Contestant
from facepoints.evaluation.detector_result import DetectorEvaluation, FailedPicture, FoundBoxes
from facepoints.evaluation.turned import read_turned
from facepoints.faces import Faces
from facepoints.finder import FaceFinder

__all__ = ["CANDIDATES", "ScoredBy", "evaluate_detectors"]

ScoredBy = Literal["finder", "detector"]

CANDIDATES = 0.05
"""The finder's ``min_score`` that returns every candidate."""


def evaluate_detectors(
    contestants: Sequence[Contestant],
    pictures: Sequence[LabelledPicture],
    *,
    complete: bool,
    scored_by: ScoredBy = "finder",
    keypoints: str | Path = "compact",
    min_face: int = 20,
    roll: float = 0.0,
    progress: Callable[[int, int], None] | None = None,
) -> DetectorEvaluation:
    """Let each detector look at every picture.

    A picture that cannot be read, or that one of the detectors fails on, is put on the result's ``failed`` list, is
    left out for all of them, and does not stop the run. Everything runs in one thread.

    Args:
        contestants: the detectors.
        pictures: and their labelled faces.
        complete: whether all faces of a picture are labelled.
        scored_by: ``"finder"`` judges what :class:`facepoints.FaceFinder` makes of each detector, scores and boxes;
            ``"detector"`` the detectors alone.
        keypoints: name or path of the estimator's weights, for the finder.
        min_face: side in pixels of the smallest face to look for.
        roll: degrees by which each picture is turned before it is looked at, clockwise.
        progress: called after each picture with how many are done, and of how many.

    Raises:
        InputError: no detectors, no pictures, or not one picture that could be evaluated.
        WeightsError: the weights of a detector or of the estimator are missing or damaged.
    """
    if not contestants or not pictures:
        raise InputError("there are no detectors to evaluate" if pictures else "there are no pictures to evaluate on")
    runs = [_Run(contestant, scored_by, keypoints, min_face) for contestant in contestants]
    kept: list[LabelledPicture] = []
    sizes: list[tuple[int, int]] = []
    failed: list[FailedPicture] = []
    with _one_thread():
        for done, picture in enumerate(pictures, start=1):
            try:
                image, shown = read_turned(picture, roll)
                found = [run.find(image) for run in runs]
            except (ImageError, InputError) as error:
                failed.append(FailedPicture(picture.image, str(error).removeprefix(f"{picture.image}: ")))
            else:
                kept.append(shown)
                sizes.append((image.shape[1], image.shape[0]))
                for run, result in zip(runs, found, strict=True):
                    run.keep(*result)
            if progress is not None:
                progress(done, len(pictures))
    if not kept:
        raise InputError(f"none of the {len(pictures)} pictures could be evaluated; the first: {failed[0].reason}")
    return DetectorEvaluation(
        tuple(kept), tuple(sizes), complete, {run.name: run.result() for run in runs}, tuple(failed), roll
    )


class _Run:
    """One detector on its way through the pictures."""

    def __init__(self, contestant: Contestant, scored_by: ScoredBy, keypoints: str | Path, min_face: int) -> None:
        self.name, self._title, self._min_face = contestant.name, contestant.title, min_face
        self._detector = _timed(contestant.make())
        self._finder: FaceFinder | None = None
        self._min_score = 0.0 if contestant.all_count else self._detector.default_min_score
        if scored_by == "finder":
            self._finder = FaceFinder(self._detector, keypoints, min_face, CANDIDATES)
            self._min_score = self._detector.default_min_score
        self._kept: list[tuple[Array, Array, float]] = []

    def find(self, image: Image) -> tuple[Array, Array, float]:
        """Boxes and scores, and the milliseconds of the detector alone."""
        found: Detections | Faces
        try:
            found = self._detector.detect(image, self._min_face) if self._finder is None else self._finder.find(image)
        except InputError as error:
            reason = str(error).removeprefix(f"{type(self._detector).__name__}: ")
            raise InputError(f"{self._title}: {reason}") from error
        return found.boxes, found.scores, self._detector.milliseconds

    def keep(self, boxes: Array, scores: Array, milliseconds: float) -> None:
        self._kept.append((boxes, scores, milliseconds))

    def result(self) -> FoundBoxes:
        boxes, scores, milliseconds = zip(*self._kept, strict=True)
        return FoundBoxes(self._title, boxes, scores, self._min_score, np.array(milliseconds))


class _Timed:
    """A detector that notes how long the last search took; the first of all takes place twice, to warm up."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self._warm = False
        self.default_min_score = detector.default_min_score
        self.milliseconds = float("nan")

    def detect(self, image: Image, min_face: int) -> Detections:
        if not self._warm:
            self._detector.detect(image, min_face)
            self._warm = True
        start = time.perf_counter()
        found = self._detector.detect(image, min_face)
        self.milliseconds = 1000 * (time.perf_counter() - start)
        return found


class _TimedCombiner(_Timed):
    """Such a detector that also knows how scores go together, which the finder asks it for."""

    def __init__(self, detector: Detector, combiner: ScoreCombiner) -> None:
        super().__init__(detector)
        self.combined_scores = combiner.combined_scores


def _timed(detector: Detector) -> _Timed:
    return _TimedCombiner(detector, detector) if isinstance(detector, ScoreCombiner) else _Timed(detector)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Keep OpenCV, which takes all processors otherwise, to one."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)
