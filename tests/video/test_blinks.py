from pathlib import Path

import cv2
import numpy as np
import pytest

from facepoints import FaceFinder
from facepoints.analysis import FACE_MODEL
from facepoints.errors import InputError
from facepoints.faces import Faces
from facepoints.geometry import tight_boxes
from facepoints.video import BlinkCounter, BlinkCounters
from tests.heads import seen, turn
from tests.random_faces import faces_of

RATE = 30
OPEN, SHUT = 0.3, 0.12


def counted(ratios: np.ndarray, rate: float = RATE, **settings: float) -> int:
    counter = BlinkCounter(**settings)
    for frame, ratio in enumerate(ratios):
        counter.update(ratio, frame / rate)
    return counter.count


def clip(*closures: tuple[float, float], seconds: float = 6.0, rate: float = RATE, opened: float = OPEN) -> np.ndarray:
    """Ratios of eyes that are shut from the first to the second time of each closure."""
    times = np.arange(round(seconds * rate)) / rate
    ratios = np.full(len(times), opened)
    for start, end in closures:
        ratios[(times >= start - 1e-9) & (times < end - 1e-9)] = opened * SHUT / OPEN
    return ratios


@pytest.mark.parametrize("rate", [15, 24, 30, 60, 120])
@pytest.mark.parametrize(
    ("closures", "blinks"),
    [
        ((), 0),
        (((1.0, 1.2),), 1),
        (((1.0, 1.2), (2.0, 2.1), (3.0, 3.4)), 3),
        (((1.0, 1.2), (1.4, 1.6)), 2),
        (((1.0, 2.0),), 0),  # looking down
        (((1.0, 2.0), (3.0, 3.2)), 1),
        (((5.8, 6.0),), 0),  # not open again yet
    ],
)
def test_closures_of_the_length_of_a_blink(rate: float, closures: tuple[tuple[float, float], ...], blinks: int) -> None:
    assert counted(clip(*closures, rate=rate), rate) == blinks


@pytest.mark.parametrize("opened", [0.2, 0.25, 0.45])
def test_narrow_and_wide_eyes(opened: float) -> None:
    assert counted(clip((1.0, 1.2), (3.0, 3.2), opened=opened)) == 2


def test_noise_around_a_threshold_makes_no_blinks() -> None:
    random = np.random.default_rng(0)
    assert counted(clip(seconds=20) + random.normal(0, 0.02, 600)) == 0
    shaking = clip((1.0, 1.3))
    shaking[30:39] = OPEN * np.array([0.6, 0.75, 0.65, 0.75, 0.6, 0.72, 0.65, 0.75, 0.6])
    assert counted(shaking) == 1


def test_eyes_shut_from_the_start_count_once_they_are_known() -> None:
    assert counted(clip((0.0, 2.0), (4.0, 4.2))) == 1


def test_a_gap_within_a_closure_is_no_blink() -> None:
    counter = BlinkCounter()
    for time, ratio in [(0.0, OPEN), (0.1, OPEN), (0.2, SHUT), (5.0, OPEN), (5.1, SHUT), (5.2, OPEN)]:
        counter.update(ratio, time)
    assert counter.count == 1
    assert not counter.closed


def test_rendered_heads() -> None:
    """The lids of a head that turns fall and rise; the counter gets the points."""
    counter = BlinkCounter()
    closed = clip((1.0, 1.2), (2.0, 2.2), (2.5, 3.5), seconds=5) < OPEN
    for frame, shut in enumerate(closed):
        head = FACE_MODEL.copy()
        if shut:
            for upper, lower in ((37, 41), (38, 40), (43, 47), (44, 46)):
                head[upper, 1] = head[lower, 1] - 1.5
        keypoints = seen(turn(20 * np.sin(frame / 20), 10 * np.cos(frame / 15), 0), head=head)[0]
        counter.update(keypoints, frame / RATE)
    assert counter.count == 2


def test_everybody_has_a_count() -> None:
    head, blinking = FACE_MODEL.copy(), FACE_MODEL.copy()
    blinking[[37, 38, 43, 44], 1] = blinking[[41, 40, 47, 46], 1]
    left, right = (-200.0, 0, 1000), (200.0, 0, 1000)
    counters = BlinkCounters(forget_after=10)
    for frame in range(60):
        shut = 30 <= frame < 36
        points = [seen(np.eye(3), left, head=blinking if shut else head)[0], seen(np.eye(3), right)[0]]
        faces = faces_of(*points)
        tracked = Faces(faces.boxes, faces.scores, faces.keypoints, faces.keypoint_scores, np.array([7, 3]))
        counts = counters.update(tracked if frame % 2 else tracked[[1, 0]], frame / RATE)
    assert counts == [1, 0]
    nobody = counters.update(tracked[:0], 5.0)
    assert nobody == []
    assert counters.update(tracked[:1], 30.0) == [0]  # forgotten meanwhile


@pytest.mark.parametrize("eyes", [np.nan, -0.1, np.zeros((67, 2)), "open"])
def test_wrong_eyes(eyes: object) -> None:
    with pytest.raises(InputError, match=r"eyes? "):
        BlinkCounter().update(eyes, 0.0)  # type: ignore[arg-type]


@pytest.mark.parametrize("time", [1.0, 0.5, np.nan, np.inf, "2"])
def test_wrong_time(time: object) -> None:
    counter = BlinkCounter()
    counter.update(OPEN, 1.0)
    with pytest.raises(InputError, match="later than that of the last frame"):
        counter.update(OPEN, time)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "settings", [{"shortest": 0.0}, {"shortest": 1.0}, {"close_at": 0.9}, {"open_at": 1.0}, {"close_at": 0.0}]
)
def test_wrong_settings(settings: dict[str, float]) -> None:
    with pytest.raises(InputError, match=r"shortest|thresholds"):
        BlinkCounter(**settings)


def test_untracked_faces() -> None:
    with pytest.raises(InputError, match="track the faces first"):
        BlinkCounters().update(faces_of(seen(np.eye(3))[0]), 0.0)


def test_a_real_video(real_faces: Path, finder: FaceFinder) -> None:
    """Twelve blinks in the first minute, by eye; here the two of the first 25 seconds, between smiling and looking down."""
    path = real_faces / "videos" / "talking_face.mp4"
    if not path.is_file():
        pytest.skip("no videos/talking_face.mp4 in FACEPOINTS_DATA")
    counter, video, boxes = BlinkCounter(), cv2.VideoCapture(str(path)), None
    for frame in range(600):
        image = np.ascontiguousarray(video.read()[1][:, :, ::-1])
        faces = finder.find(image)[:1] if boxes is None else finder.fit(image, boxes)
        boxes = tight_boxes(faces.keypoints)
        counter.update(faces.keypoints[0], frame / 24)
    assert counter.count == 2
