"""The faces of many pictures: each is looked at by itself, the keypoints of several are estimated together."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

import cv2

from facepoints.analysis import details as describe
from facepoints.batch.pictures import Picture, Problem
from facepoints.batch.settings import BatchSettings
from facepoints.detection import Detections
from facepoints.errors import FacepointsError
from facepoints.faces import Faces
from facepoints.finder import FaceFinder
from facepoints.finder_settings import FinderSettings
from facepoints.formats.details import Details

__all__ = ["Looked", "find_all", "finder_of"]

_PICTURES_AT_ONCE, _PIXELS_AT_ONCE = 16, 24_000_000
"""Whose keypoints are estimated together: decoded, they wait in memory."""

Item = TypeVar("Item")


@dataclass(frozen=True)
class Looked:
    """A picture that was looked at.

    Attributes:
        picture: as it was read.
        faces: found on it.
        details: one mapping a face.
        problem: why no faces could be looked for; None if they could.
        ms: milliseconds that it took, reading included.
    """

    picture: Picture
    faces: Faces
    details: Details
    problem: Problem | None
    ms: float


@dataclass(frozen=True)
class _Detected:
    """A picture with the detector's candidates, which it has unless there is a problem."""

    picture: Picture
    found: Detections | None
    problem: Problem | None
    ms: float


@lru_cache(maxsize=1)
def finder_of(settings: FinderSettings) -> FaceFinder:
    """The finder of this process, whose networks are loaded once."""
    cv2.setNumThreads(1)  # the workers share the processors; their own threads would be in each other's way
    return settings.make()


def find_all(
    finder: FaceFinder, pictures: Iterable[Picture], settings: BatchSettings, *, one_by_one: bool = False
) -> Iterator[list[Looked]]:
    """The faces of pictures, some at a time; whatever goes wrong with one is told of it and does not stop the others.

    Args:
        finder: of this worker.
        pictures: in order, lazily taken.
        settings: of the run.
        one_by_one: be done with each picture before the next is taken.
    """
    detected = (_detect(finder, picture) for picture in pictures)
    for batch in _in_batches(detected, 1 if one_by_one else _PICTURES_AT_ONCE):
        good = [one for one in batch if one.found is not None]
        looked = iter(_estimate(finder, good, settings))
        yield [next(looked) if one.found is not None else _without_faces(one) for one in batch]


def _detect(finder: FaceFinder, picture: Picture) -> _Detected:
    image = picture.image
    if image is None:
        return _Detected(picture, None, picture.problem or Problem("failed", "nothing was read"), picture.ms)
    start = time.perf_counter()
    found, problem = _guarded(lambda: finder.detect(image))
    return _Detected(picture, found, problem, picture.ms + 1000 * (time.perf_counter() - start))


def _in_batches(detected: Iterable[_Detected], at_once: int) -> Iterator[list[_Detected]]:
    batch: list[_Detected] = []
    pixels = 0
    for one in detected:
        image = one.picture.image
        size = 0 if image is None else image.shape[0] * image.shape[1]
        if batch and pixels + size > _PIXELS_AT_ONCE:
            yield batch
            batch, pixels = [], 0
        batch.append(one)
        pixels += size
        if len(batch) == at_once:
            yield batch
            batch, pixels = [], 0
    if batch:
        yield batch


def _estimate(finder: FaceFinder, detected: Sequence[_Detected], settings: BatchSettings) -> list[Looked]:
    looked, problem = _guarded(lambda: _estimate_together(finder, detected, settings))
    if looked is not None:
        return looked
    if len(detected) > 1:
        return [looked for one in detected for looked in _estimate(finder, [one], settings)]
    return [_without_faces(replace(detected[0], problem=problem))]


def _estimate_together(finder: FaceFinder, detected: Sequence[_Detected], settings: BatchSettings) -> list[Looked]:
    start = time.perf_counter()
    pictures = [one.picture.image for one in detected if one.picture.image is not None]
    found = [one.found for one in detected if one.found is not None]
    starts, rolls = [candidates.starts for candidates in found], [candidates.rolls for candidates in found]
    estimates = finder.estimator.estimate(pictures, starts, rolls, candidates=True)
    share = 1000 * (time.perf_counter() - start) / max(sum(map(len, starts)), 1)
    results = []
    for one, image, candidates, estimate in zip(detected, pictures, found, estimates, strict=True):
        faces = finder.select(candidates, estimate)
        details = describe(faces, (image.shape[1], image.shape[0]), pose=settings.pose, ratios=settings.ratios)
        results.append(Looked(one.picture, faces, details, None, one.ms + share * len(candidates.starts)))
    return results


def _without_faces(one: _Detected) -> Looked:
    return Looked(one.picture, Faces.empty(), [], one.problem, one.ms)


def _guarded(work: Callable[[], Item]) -> tuple[Item | None, Problem | None]:
    try:
        return work(), None
    except Exception as error:  # of a picture that nobody has foreseen: one bad picture does not stop a run
        reason = str(error) if isinstance(error, FacepointsError) else f"{type(error).__name__}: {error}"
        return None, Problem("failed", reason)
