"""The tracker as a whole, on rendered clips."""

import math
from collections.abc import Iterable, Iterator
from typing import Any

import cv2
import numpy as np
import pytest

from facepoints import FaceFinder, Faces
from facepoints.arrays import Image
from facepoints.detection import Detections, NetworkDetector
from facepoints.errors import InputError
from facepoints.geometry import box_iou, tight_boxes
from facepoints.video import FaceTracker
from tests.video.people import HEAD, background, other_person, person, timed, with_head


class CountingDetector(NetworkDetector):
    """Remembers the size of each picture that it is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[tuple[int, int]] = []

    def detect(self, image: Image, min_face: int) -> Detections:
        self.shown.append((image.shape[1], image.shape[0]))
        return super().detect(image, min_face)


def ids_of(faces: Faces) -> list[int]:
    assert faces.track_ids is not None
    return sorted(faces.track_ids.tolist())


def run(tracker: FaceTracker, frames: Iterable[tuple[Image, float]]) -> list[Faces]:
    return [tracker.update(image, time) for image, time in frames]


def drifting(frames: int, step: float = 6.0) -> Iterator[Image]:
    """A head that moves to the right."""
    scene = background()
    return (with_head(scene, person(), 20 + step * frame, 80) for frame in range(frames))


def test_moving_face_keeps_its_id_points_and_box(finder: FaceFinder) -> None:
    frames = list(timed(drifting(40)))
    for (image, _), faces in zip(frames, run(FaceTracker(finder), frames), strict=True):
        (expected,) = finder.find(image)
        assert ids_of(faces) == [1]
        scale = np.linalg.norm(expected.keypoints[36] - expected.keypoints[45])
        assert np.linalg.norm(faces.keypoints[0] - expected.keypoints, axis=1).mean() < 0.05 * scale
        assert box_iou(faces.boxes, expected.box[None]).item() > 0.75
        assert faces.scores[0] == pytest.approx(expected.score, abs=0.05)


def test_detector_is_seldom_asked() -> None:
    detector = CountingDetector()
    run(FaceTracker(FaceFinder(detector), detect_every=10), timed(drifting(31, 3.0)))
    assert detector.shown == [(480, 300)] * 4


def test_someone_who_is_lost_is_looked_for_nearby() -> None:
    detector = CountingDetector()
    tracker = FaceTracker(FaceFinder(detector))
    alone = with_head(background(), person(), 20, 80)
    run(tracker, timed(with_head(alone, other_person(), 300, 80) for _ in range(5)))
    detector.shown.clear()
    tracker.update(alone, 5 / 25)
    ((width, _),) = detector.shown
    assert width < 330


def test_smoothing_steadies_and_can_be_switched_off(finder: FaceFinder) -> None:
    random = np.random.default_rng(0)
    still = with_head(background(), person(), 150, 80)
    noisy = [np.clip(still + random.normal(0, 12, still.shape), 0, 255).astype(np.uint8) for _ in range(25)]
    raw, smoothed = (
        np.concatenate([faces.keypoints for faces in run(FaceTracker(finder, smooth=smooth), timed(iter(noisy)))])
        for smooth in (False, True)
    )
    assert np.abs(np.diff(smoothed, 2, axis=0)).mean() < 0.3 * np.abs(np.diff(raw, 2, axis=0)).mean()
    square = tight_boxes(raw[-2:-1])
    np.testing.assert_allclose(raw[-1], finder.fit(noisy[-1], square).keypoints[0], atol=1.5)


def hidden(seconds: float) -> Iterator[Image]:
    """A head that is gone for a while and comes back."""
    for frame in range(35 + round(25 * seconds)):
        shown = not 10 <= frame < 10 + 25 * seconds
        yield with_head(background(), person(), 150, 80) if shown else background()


@pytest.mark.parametrize(("seconds", "expected"), [(0.2, 1), (0.8, 1), (1.6, 1), (2.4, 2)])
def test_id_after_a_loss(finder: FaceFinder, seconds: float, expected: int) -> None:
    found = run(FaceTracker(finder), timed(hidden(seconds)))
    assert ids_of(found[9]) == [1]
    assert ids_of(found[10]) == []
    assert ids_of(found[-1]) == [expected]


def test_max_lost_zero_forgets_at_once(finder: FaceFinder) -> None:
    assert ids_of(run(FaceTracker(finder, max_lost=0), timed(hidden(0.2)))[-1]) == [2]


def test_one_who_leaves_the_picture_and_returns(finder: FaceFinder) -> None:
    lefts = [*range(100, -HEAD, -10), *[-HEAD] * 15, *range(-HEAD, 100, 10)]
    found = run(FaceTracker(finder), timed(with_head(background(), person(), left, 80) for left in lefts))
    assert ids_of(found[30]) == []
    assert ids_of(found[-1]) == [1]
    assert {track for faces in found for track in ids_of(faces)} == {1}


@pytest.mark.parametrize(("head", "expected"), [(other_person(), [2]), (None, [])])
def test_cut_to_another_scene(finder: FaceFinder, head: Image | None, expected: list[int]) -> None:
    tracker = FaceTracker(finder)
    run(tracker, timed(with_head(background(), person(), 150, 80) for _ in range(8)))
    scene = 255 - background(1)
    after = scene if head is None else with_head(scene, head, 150, 80)
    assert ids_of(tracker.update(after, 8 / 25)) == expected


def test_flash_is_no_cut(finder: FaceFinder) -> None:
    still = with_head(background(), person(), 150, 80)
    tracker = FaceTracker(finder)
    run(tracker, timed(still for _ in range(5)))
    assert ids_of(tracker.update(np.asarray(cv2.convertScaleAbs(still, alpha=0.7, beta=75)), 0.2)) == [1]


@pytest.mark.parametrize("speed", [5, 9])
def test_two_who_cross_keep_their_ids(finder: FaceFinder, speed: int) -> None:
    scene = background()
    tracker, first = FaceTracker(finder), {}
    for frame in range(330 // speed):
        right, left = 330 - speed * frame, 10 + speed * frame
        picture = with_head(with_head(scene, other_person(), right, 55, 110), person(), left, 80)
        faces = tracker.update(picture, frame / 25)
        assert set(ids_of(faces)) <= {1, 2}
        sides = {int(face.track_id or 0): face.keypoints[:, 0].mean() for face in faces}
        first = first or sides
    assert set(sides) == {1, 2}
    assert (sides[1] < sides[2]) == (first[1] > first[2])


def test_newcomer_is_noticed_on_schedule(finder: FaceFinder) -> None:
    tracker = FaceTracker(finder, detect_every=6)
    alone = with_head(background(), person(), 20, 80)
    both = with_head(alone, other_person(), 300, 80)
    counts = [len(faces) for faces in run(tracker, timed(iter([alone] * 3 + [both] * 5)))]
    assert counts == [1, 1, 1, 1, 1, 1, 2, 2]


def test_max_faces_of_the_finder() -> None:
    both = with_head(with_head(background(), person(), 20, 80), other_person(), 300, 80)
    tracker = FaceTracker(FaceFinder(max_faces=1), detect_every=1)
    assert [ids_of(faces) for faces in run(tracker, timed(both for _ in range(4)))] == [[1]] * 4


@pytest.mark.parametrize("gap", [3, 12])
def test_one_who_is_back_is_not_one_too_many(gap: int) -> None:
    alone, other = (with_head(background(), head, left, 80) for head, left in ((person(), 20), (other_person(), 300)))
    both = with_head(alone, other_person(), 300, 80)
    tracker = FaceTracker(FaceFinder(max_faces=1), detect_every=1)
    found = run(tracker, timed(iter([alone] * 4 + [other] * gap + [both] * 4 + [alone] * 4)))
    assert [ids_of(faces) for faces in found] == [[1]] * 4 + [[2]] * (gap + 4) + [[1]] * 4


@pytest.mark.parametrize(
    "times",
    [
        [0.0] * 12,
        [0.04 * frame - 0.1 * (frame % 3) for frame in range(12)],
        [0.0, 1e-9, 2e-9, 0.1, 0.11, 0.3, 0.35, 0.36, 0.36, 0.5, 0.51, 0.52],
        [60.0 * frame for frame in range(12)],
        [1e9 + 0.04 * frame for frame in range(12)],
    ],
    ids=["identical", "a little back", "irregular", "one a minute", "far from zero"],
)
def test_any_times(finder: FaceFinder, times: list[float]) -> None:
    frames = list(zip(drifting(12, 3.0), times, strict=True))
    found = run(FaceTracker(finder), frames)
    assert [ids_of(faces) for faces in found] == [[1]] * 12
    (expected,) = finder.find(frames[-1][0])
    assert np.abs(found[-1].keypoints[0] - expected.keypoints).mean() < 3


def test_time_far_back_and_other_size_start_anew(finder: FaceFinder) -> None:
    still = with_head(background(), person(), 150, 80)
    tracker = FaceTracker(finder)
    ids = [ids_of(tracker.update(still, time)) for time in (10.0, 10.04, 0.0, 0.04)]
    larger = np.asarray(cv2.resize(still, (720, 450)), dtype=np.uint8)
    ids += [ids_of(tracker.update(larger, 0.08)), ids_of(tracker.update(still, 0.12))]
    assert ids == [[1], [1], [2], [2], [3], [4]]


def test_reset_is_a_new_start_and_trackers_share_nothing(finder: FaceFinder) -> None:
    frames = list(timed(drifting(6)))
    tracker, other = FaceTracker(finder), FaceTracker(finder)
    first = run(tracker, frames)
    tracker.reset()
    pairs = [(tracker.update(*frame), other.update(*frame)) for frame in frames]
    for before, (again, beside) in zip(first, pairs, strict=True):
        for faces in (again, beside):
            np.testing.assert_array_equal(faces.keypoints, before.keypoints)
            np.testing.assert_array_equal(faces.boxes, before.boxes)
            assert ids_of(faces) == ids_of(before)


@pytest.mark.parametrize("smooth", [True, False])
def test_tracker_keeps_nothing_of_pictures_and_results(finder: FaceFinder, smooth: bool) -> None:
    untouched, tracker = FaceTracker(finder, smooth=smooth), FaceTracker(finder, smooth=smooth)
    for image, time in timed(drifting(5)):
        expected, own = untouched.update(image.copy(), time), image.copy()
        faces = tracker.update(own, time)
        np.testing.assert_array_equal(own, image)
        np.testing.assert_array_equal(faces.keypoints, expected.keypoints)
        np.testing.assert_array_equal(faces.track_ids, expected.track_ids)
        for array in (own, faces.keypoints, faces.boxes, faces.scores, faces.keypoint_scores, faces.track_ids):
            array[:] = 0


def test_tiny_picture_and_no_face(finder: FaceFinder) -> None:
    tracker = FaceTracker(finder)
    for size in (1, 2, 40):
        assert ids_of(tracker.update(np.zeros((size, size, 3), dtype=np.uint8), 0.0)) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"finder": "network"}, "finder must be a facepoints.FaceFinder, not str"),
        ({"detect_every": 0}, "detect_every must be a whole number of frames from 1; got 0"),
        ({"detect_every": 2.5}, "detect_every must be a whole number"),
        ({"max_lost": -1}, "max_lost must be a number of seconds from 0; got -1"),
        ({"max_lost": math.nan}, "max_lost must be"),
    ],
)
def test_bad_settings(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        FaceTracker(**arguments)


@pytest.mark.parametrize("time", [math.nan, math.inf, "0", None])
def test_bad_times(finder: FaceFinder, time: Any) -> None:
    with pytest.raises(InputError, match="time must be a finite number of seconds"):
        FaceTracker(finder).update(background(), time)


def test_bad_picture(finder: FaceFinder) -> None:
    with pytest.raises(InputError, match="an image must"):
        FaceTracker(finder).update(background()[..., 0], 0.0)
