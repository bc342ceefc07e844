"""The finder as a whole. ``astronaut.json`` holds what the shipped network gives; after a new training, make it anew:

facepoints detect examples/astronaut.png --quiet > tests/astronaut.json
"""

import json
import pickle
import shutil
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest

import facepoints
from facepoints import FaceFinder, Faces
from facepoints.arrays import Image
from facepoints.detection import (
    Detections,
    Detector,
    HaarCatDetector,
    HaarDetector,
    HaarProfileDetector,
    NetworkDetector,
)
from facepoints.errors import InputError, WeightsError
from facepoints.geometry import apply_transform, tight_boxes
from facepoints.keypoints import Estimate

REFERENCE = Path(__file__).parent / "astronaut.json"
BACKGROUND = [(0, 0, 120, 120), (0, 300, 150, 450), (400, 100, 500, 200), (330, 150, 430, 300), (100, 300, 300, 500)]
"""Flag, suit, space shuttle."""

Box = tuple[float, float, float, float]


class FixedDetector:
    """Finds the same boxes in every picture."""

    default_min_score = 0.3

    def __init__(self, *boxes: Box, score: float = 0.9, starts: list[Box] | None = None) -> None:
        self.found: Any = SimpleNamespace(boxes=list(boxes), scores=[score] * len(boxes), keypoint_boxes=starts)

    def detect(self, image: Image, min_face: int) -> Detections:
        return Detections(self.found.boxes, self.found.scores, self.found.keypoint_boxes)


class Unfinished:
    """Returns something that is no ``Detections``."""

    default_min_score = 0.3

    def __init__(self, result: object) -> None:
        self.result = result

    def detect(self, image: Image, min_face: int) -> Detections:
        return self.result  # type: ignore[return-value]


@pytest.fixture(scope="module")
def points(astronaut: Image, finder: FaceFinder) -> np.ndarray:
    """``(68, 2)`` of the astronaut."""
    return finder.find(astronaut).keypoints[0]


@pytest.fixture(scope="module")
def two_faces(astronaut: Image) -> Image:
    """The astronaut, and smaller and blurred once more beside."""
    picture = np.full((256, 512, 3), 120, dtype=np.uint8)
    picture[:, :256] = astronaut[0:256, 96:352]
    small = cv2.resize(astronaut[0:256, 96:352], (160, 160), interpolation=cv2.INTER_AREA)
    picture[60:220, 300:460] = cv2.GaussianBlur(small, (0, 0), 4)
    return picture


def distances(actual: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Distance of each point over the outer-eye distance."""
    return np.asarray(np.linalg.norm(actual - expected, axis=-1) / np.linalg.norm(expected[36] - expected[45]))


def assert_near(actual: np.ndarray, expected: np.ndarray, mean: float = 0.03) -> None:
    apart = distances(actual, expected)
    assert apart.mean() < mean
    assert apart.max() < 3 * mean


def assert_equal(actual: Faces, expected: Faces) -> None:
    """The same but for the rounding of another batch size."""
    np.testing.assert_array_equal(actual.boxes, expected.boxes)
    np.testing.assert_allclose(actual.scores, expected.scores, atol=1e-3)
    np.testing.assert_allclose(actual.keypoints, expected.keypoints, atol=0.05)
    np.testing.assert_allclose(actual.keypoint_scores, expected.keypoint_scores, atol=2e-3)


def rotated(image: Image, points: np.ndarray, degrees: float) -> tuple[Image, np.ndarray]:
    """The picture turned around the face, and where the points are then."""
    centre = [float(value) for value in points.mean(axis=0)]
    transform = cv2.getRotationMatrix2D(centre, degrees, 1.0)
    turned = cv2.warpAffine(image, transform, image.shape[1::-1])
    return np.asarray(turned, dtype=np.uint8), apply_transform(transform, points)


def test_astronaut_as_stored(astronaut: Image, astronaut_path: Path, finder: FaceFinder) -> None:
    expected = Faces.from_dict(json.loads(REFERENCE.read_text(encoding="utf-8")))
    data = astronaut_path.read_bytes()
    for source in (astronaut, astronaut_path, str(astronaut_path), data, bytearray(data), memoryview(data)):
        faces = finder.find(source)
        assert len(faces) == len(expected) == 1
        np.testing.assert_allclose(faces.boxes, expected.boxes, atol=8)
        assert_near(faces.keypoints[0], expected.keypoints[0])
    assert_equal(facepoints.find(astronaut), faces)


def test_face_and_background_are_told_apart(astronaut: Image, finder: FaceFinder) -> None:
    assert finder.find(astronaut).scores.min() > 0.5
    assert finder.fit(astronaut, finder.find(astronaut).boxes).scores.min() > 0.5
    assert finder.fit(astronaut, BACKGROUND).scores.max() < 0.1


def test_order_of_channels_and_layout_in_memory(astronaut: Image, finder: FaceFinder, points: np.ndarray) -> None:
    for image in (astronaut[..., ::-1], np.asfortranarray(astronaut)):
        assert_near(finder.find(image).keypoints[0], points)
    grey = np.repeat(astronaut.mean(axis=2, keepdims=True).astype(np.uint8), 3, axis=2)
    assert_near(finder.find(grey).keypoints[0], points)


@pytest.mark.parametrize("factor", [0.4, 2.0, 3.0])
def test_scale_of_the_picture_matters_little(
    astronaut: Image, finder: FaceFinder, points: np.ndarray, factor: float
) -> None:
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    image = np.asarray(cv2.resize(astronaut, None, fx=factor, fy=factor, interpolation=way), dtype=np.uint8)
    (face,) = finder.find(image)
    exact = (image.shape[0] / 512) if factor < 1 else factor
    assert_near((face.keypoints + 0.5) / exact - 0.5, points, mean=0.04)


@pytest.mark.parametrize("scale", [0.8, 1.0, 1.25, 1.6])
@pytest.mark.parametrize("shift", [(0.0, 0.0), (0.15, 0.0), (-0.15, 0.1), (0.0, -0.2)])
def test_any_reasonable_box_gives_the_same_points(
    astronaut: Image, finder: FaceFinder, points: np.ndarray, scale: float, shift: tuple[float, float]
) -> None:
    low, high = points.min(axis=0), points.max(axis=0)
    centre, half = (low + high) / 2 + np.array(shift) * (high - low), (high - low) * scale / 2
    faces = finder.fit(astronaut, [[*(centre - half), *(centre + half)]])
    assert_near(faces.keypoints[0], points, mean=0.04)


def test_haar_box_gives_the_same_points(astronaut: Image, finder: FaceFinder, points: np.ndarray) -> None:
    assert_near(finder.fit(astronaut, HaarDetector(1.2, 2).detect(astronaut, 20).boxes).keypoints[0], points)


@pytest.mark.parametrize("degrees", [-30, -15, 15, 30])
def test_points_turn_with_the_picture(astronaut: Image, finder: FaceFinder, points: np.ndarray, degrees: float) -> None:
    image, expected = rotated(astronaut, points, degrees)
    faces = finder.fit(image, tight_boxes(expected[None]))
    assert_near(faces.keypoints[0], expected)
    assert faces.scores[0] > 0.5


def test_fit_keeps_the_callers_order(astronaut: Image, finder: FaceFinder, points: np.ndarray) -> None:
    tight = tuple(tight_boxes(points[None])[0].tolist())
    boxes = [BACKGROUND[0], tight, BACKGROUND[1], tight, (100, 20, 350, 270), BACKGROUND[0]]
    faces = finder.fit(astronaut, boxes)
    np.testing.assert_array_equal(faces.boxes, np.array(boxes, dtype=np.float32))
    assert (faces.scores > 0.5).tolist() == [False, True, False, True, True, False]
    assert_equal(faces[1:2], faces[3:4])
    assert_equal(faces[0:1], faces[5:6])
    alone = [finder.fit(astronaut, [box]) for box in boxes]
    for row, expected in enumerate(alone):
        assert_equal(faces[row : row + 1], expected)
    assert len(finder.fit(astronaut, [])) == len(finder.fit(astronaut, np.zeros((0, 4)))) == 0


def test_fit_keeps_boxes_of_its_own(astronaut: Image, finder: FaceFinder) -> None:
    boxes = np.array(BACKGROUND, dtype=np.float32)
    faces = finder.fit(astronaut, boxes)
    boxes += 5
    np.testing.assert_array_equal(faces.boxes, np.array(BACKGROUND, dtype=np.float32))


def test_more_boxes_than_fit_into_a_batch(astronaut: Image, finder: FaceFinder, points: np.ndarray) -> None:
    tight = tight_boxes(points[None])
    faces = finder.fit(astronaut, np.concatenate([np.array(BACKGROUND * 13, dtype=np.float32), tight]))
    assert len(faces) == 66
    assert_near(faces.keypoints[-1], points)


def test_batch_equals_one_by_one(astronaut: Image, two_faces: Image, finder: FaceFinder) -> None:
    blank = np.full((40, 300, 3), 128, dtype=np.uint8)
    pictures = [blank, astronaut, two_faces, blank, np.ascontiguousarray(astronaut[:300, 50:])]
    found = finder.find_batch(pictures)
    assert [len(faces) for faces in found] == [0, 1, 2, 0, 1]
    for faces, picture in zip(found, pictures, strict=True):
        assert_equal(faces, finder.find(picture))
    assert finder.find_batch([]) == []


def test_best_first_and_max_faces(two_faces: Image, finder: FaceFinder) -> None:
    faces = finder.find(two_faces)
    assert len(faces) == 2
    assert faces.scores[0] > faces.scores[1]
    assert faces.boxes[0, 0] < 256 < faces.boxes[1, 0], "the sharp face comes first"
    assert_equal(FaceFinder(max_faces=1).find(two_faces), faces[:1])
    assert_equal(FaceFinder(max_faces=5).find(two_faces), faces)


def test_min_score(astronaut: Image, points: np.ndarray) -> None:
    detector = FixedDetector(*BACKGROUND, tuple(tight_boxes(points[None])[0].tolist()))
    counts = {score: len(FaceFinder(detector, min_score=score).find(astronaut)) for score in (0, 0.05, 0.5, 1)}
    assert counts[0] >= 3
    assert counts[0.05] == counts[0]
    assert (counts[0.5], counts[1]) == (1, 0)
    assert FaceFinder(detector).min_score == 0.3
    assert FaceFinder(HaarCatDetector()).min_score == 0
    assert FaceFinder().min_score == NetworkDetector.default_min_score


def test_hopeless_candidates_are_not_estimated(astronaut: Image, points: np.ndarray) -> None:
    face = tuple(tight_boxes(points[None])[0].tolist())
    detector = FixedDetector(face, *BACKGROUND)
    detector.found.scores = [0.9, *[0.01] * 5]
    finder = FaceFinder(detector, min_score=0.5)
    estimated: list[int] = []

    class Counting:
        def estimate(
            self, images: list[Image], boxes: list[np.ndarray], rolls: list[None], *, candidates: bool
        ) -> list[Estimate]:
            assert candidates
            estimated.extend(map(len, boxes))
            return FaceFinder().estimator.estimate(images, boxes, rolls)

    finder.estimator = Counting()  # type: ignore[assignment]
    assert len(finder.find(astronaut)) == 1
    assert estimated == [1]
    finder.min_score = 0.05
    assert len(finder.find(astronaut)) > 1
    assert estimated == [1, 6]


def test_blank_picture_has_no_face(finder: FaceFinder) -> None:
    for value in (0, 128, 255):
        faces = finder.find(np.full((200, 300, 3), value, dtype=np.uint8))
        assert (len(faces), faces.boxes.shape, faces.keypoints.shape) == (0, (0, 4), (0, 68, 2))


@pytest.mark.parametrize("size", [(1, 1), (2, 500), (23, 23)])
def test_tiny_pictures(finder: FaceFinder, size: tuple[int, int]) -> None:
    picture = np.full((*size, 3), 90, dtype=np.uint8)
    assert len(finder.find(picture)) == 0
    faces = finder.fit(picture, [[0, 0, 1, 1]])
    assert faces.scores[0] < 0.1


@pytest.mark.parametrize(
    "box", [(-1e6, -1e6, 1e6, 1e6), (10, 10, 10.0001, 10.0001), (0, 0, 1e-30, 1e-30), (5, 0, 5.01, 400)]
)
def test_absurd_boxes_cost_nothing_and_are_no_face(astronaut: Image, finder: FaceFinder, box: Box) -> None:
    faces = finder.fit(astronaut, [box])
    assert faces.scores[0] < 0.1


def test_picture_wider_than_opencv_warps(astronaut: Image, finder: FaceFinder, points: np.ndarray) -> None:
    wide = np.zeros((256, 33_000, 3), dtype=np.uint8)
    wide[:, -256:] = astronaut[0:256, 96:352]
    moved = points + (33_000 - 256 - 96, 0)
    assert_near(finder.fit(wide, tight_boxes(moved[None])).keypoints[0], moved)


def test_one_finder_in_several_threads(astronaut: Image, two_faces: Image, finder: FaceFinder) -> None:
    pictures = [astronaut, two_faces, np.ascontiguousarray(astronaut[:, ::-1]), astronaut[:300]] * 2
    expected = [finder.find(picture) for picture in pictures]
    together = Barrier(8, timeout=60)

    def find(picture: Image) -> Faces:
        together.wait()
        return finder.find(picture)

    with ThreadPoolExecutor(8) as pool:
        for faces, wanted in zip(pool.map(find, pictures), expected, strict=True):
            assert_equal(faces, wanted)


@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")  # what is tried here
@pytest.mark.parametrize("method", [name for name in ("spawn", "fork") if name in get_all_start_methods()])
def test_worker_processes_can_be_given_a_finder(two_faces: Image, finder: FaceFinder, method: str) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context(method)) as pool:
        assert_equal(pool.submit(finder.find, two_faces).result(timeout=120), finder.find(two_faces))


@pytest.mark.parametrize("detector", [HaarProfileDetector(1.2, 2), NetworkDetector(rotations=(0, 180), threads=2)])
def test_pickled_finders_keep_their_settings(detector: Detector, two_faces: Image) -> None:
    finder = FaceFinder(detector, "tiny", min_face=30, min_score=0.3, max_faces=1, threads=2)
    again = pickle.loads(pickle.dumps(finder))
    assert (again.min_face, again.min_score, again.max_faces) == (30, 0.3, 1)
    assert len(finder.find(two_faces)) == 1
    assert_equal(again.find(two_faces), finder.find(two_faces))
    assert pickle.dumps(again) == pickle.dumps(finder)


def test_pickled_finder_whose_weights_are_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    copy = shutil.copy(facepoints.weights.resolve("tiny"), "mine.onnx")
    pickled = pickle.dumps(FaceFinder(keypoints=copy))
    monkeypatch.chdir("/")
    pickle.loads(pickled)
    (tmp_path / "mine.onnx").unlink()
    with pytest.raises(WeightsError, match=r"there is no weights file .*mine\.onnx"):
        pickle.loads(pickled)


def test_same_again_and_with_more_threads(two_faces: Image, finder: FaceFinder) -> None:
    faces = finder.find(two_faces)
    for other in (finder.find(two_faces), FaceFinder().find(two_faces)):
        np.testing.assert_array_equal(other.keypoints, faces.keypoints)
        np.testing.assert_array_equal(other.scores, faces.scores)
    assert_equal(FaceFinder(threads=2, providers="CPUExecutionProvider").find(two_faces), faces)


def test_detector_of_ones_own(astronaut: Image, points: np.ndarray) -> None:
    detector = FixedDetector((170, 60, 280, 190))
    assert isinstance(detector, Detector)
    faces = FaceFinder(detector).find(astronaut)
    np.testing.assert_array_equal(faces.boxes, [(170, 60, 280, 190)])
    assert_near(faces.keypoints[0], points)


def test_box_stays_the_detectors_where_the_estimator_starts_elsewhere(astronaut: Image, points: np.ndarray) -> None:
    detector = FixedDetector((0, 0, 50, 50), starts=[(170, 60, 280, 190)])
    faces = FaceFinder(detector).find(astronaut)
    np.testing.assert_array_equal(faces.boxes, [(0, 0, 50, 50)])
    assert_near(faces.keypoints[0], points)


def test_detector_that_knows_the_roll(astronaut: Image, points: np.ndarray) -> None:
    upside_down = np.ascontiguousarray(astronaut[::-1, ::-1])
    starts = 511 - np.array([[273, 178, 175, 80]], dtype=np.float32)
    detector = Unfinished(Detections(starts, np.array([0.9]), starts, np.array([np.pi])))
    (face,) = FaceFinder(detector).find(upside_down)
    assert_near(511 - face.keypoints, points)


def test_share_of_the_detectors_score(astronaut: Image, points: np.ndarray) -> None:
    box = tuple(tight_boxes(points[None])[0].tolist())
    sure, unsure = (FaceFinder(FixedDetector(box, score=score)).find(astronaut).scores[0] for score in (1, 0.5))
    assert unsure - 0.05 == pytest.approx(0.5**0.2 * (sure - 0.05), abs=1e-4)


class Combining(FixedDetector):
    """Says itself how scores go together."""

    def combined_scores(
        self, found: Detections, estimator_scores: np.ndarray, keypoints: np.ndarray | None
    ) -> np.ndarray:
        self.told = [len(found), estimator_scores.shape, None if keypoints is None else keypoints.shape]
        return np.asarray(estimator_scores * found.scores / 2)


def test_a_detector_may_combine_the_scores_itself(astronaut: Image, points: np.ndarray) -> None:
    detector = Combining(tuple(tight_boxes(points[None])[0].tolist()), score=0.8)
    (face,) = FaceFinder(detector).find(astronaut)
    assert face.score == pytest.approx(0.05 + 0.95 * face.keypoint_scores.mean() * 0.4, abs=1e-4)
    assert detector.told == [1, (1,), (1, 68, 2)]
    # 0.43 is the most that this candidate could reach, so it is not even looked at.
    assert len(FaceFinder(detector, min_score=0.44).find(astronaut)) == 0
    assert detector.told == [0, (0,), (0, 68, 2)]


def test_smallest_face_is_told_to_the_detector(astronaut: Image) -> None:
    class Told(FixedDetector):
        def detect(self, image: Image, min_face: int) -> Detections:
            told.append(min_face)
            return super().detect(image, min_face)

    told: list[int] = []
    FaceFinder(Told((170, 60, 280, 190)), min_face=77).find(astronaut)
    assert told == [77]


def test_two_boxes_on_one_face_are_one_face(astronaut: Image) -> None:
    assert len(FaceFinder(FixedDetector((170, 60, 280, 190), (160, 70, 270, 200))).find(astronaut)) == 1


def test_detector_that_finds_nothing(astronaut: Image) -> None:
    for detector in (FixedDetector(), Unfinished(Detections.empty())):
        assert len(FaceFinder(detector).find(astronaut)) == 0


def test_box_partly_outside_the_picture(astronaut: Image, points: np.ndarray) -> None:
    cropped = np.ascontiguousarray(astronaut[:, 200:])  # a quarter of the face is cut off
    faces = FaceFinder(FixedDetector((-30, 60, 80, 190)), min_score=0.1).find(cropped)
    np.testing.assert_array_equal(faces.boxes, [(-30, 60, 80, 190)])
    right_eye = range(42, 48)
    assert distances(faces.keypoints[0] + (200, 0), points)[right_eye].max() < 0.1


@pytest.mark.parametrize(
    ("detector", "message"),
    [
        (FixedDetector((np.nan, 0, 5, 5)), "FixedDetector: boxes must be finite"),
        (FixedDetector((0, 0, np.inf, 5)), "FixedDetector: boxes must be finite"),
        (FixedDetector((5, 5, 5, 5)), "FixedDetector: boxes are x1, y1, x2, y2 with x2 > x1"),
        (FixedDetector((900, 9, 999, 99)), "FixedDetector: box 0, .*, lies outside the picture of 512 x 512 pixels"),
        (FixedDetector((0, 0, 5, 5), score=7), "FixedDetector: scores must be between 0 and 1; got 7"),
        (FixedDetector((0, 0, 5, 5), starts=[]), "FixedDetector: keypoint_boxes must be one for each of 1 boxes"),
        (Unfinished(None), "Unfinished.detect must return facepoints.detection.Detections, not NoneType"),
        (Unfinished([[0, 0, 5, 5]]), "Unfinished.detect must return .*, not list"),
    ],
)
def test_detector_that_gives_nonsense_is_named(astronaut: Image, detector: Detector, message: str) -> None:
    with pytest.raises(InputError, match=message):
        FaceFinder(detector).find(astronaut)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"detector": "mtcnn"}, "there is no detector 'mtcnn'; known are network, haar"),
        ({"detector": 3}, "int is neither"),
        ({"detector": HaarDetector}, r"not a class; write HaarDetector\(\)"),
        ({"detector": SimpleNamespace(detect=len, default_min_score=2)}, "default_min_score must be between 0 and 1"),
        ({"keypoints": "huge"}, r"there are no weights 'huge'; known are compact.*\.onnx"),
        ({"keypoints": None}, "there are no weights 'None'"),
        ({"keypoints": "detector"}, "the weights 'detector' are those of a detector, not of a keypoint network"),
        ({"min_face": 0}, "min_face must be at least 1 pixel; got 0"),
        ({"min_score": 1.5}, "min_score must be between 0 and 1; got 1.5"),
        ({"min_score": float("nan")}, "min_score"),
        ({"min_face": "20"}, "min_face must be at least 1 pixel; got '20'"),
        ({"min_face": float("nan")}, "min_face"),
        ({"min_score": "0.5"}, "min_score must be between 0 and 1; got '0.5'"),
        ({"max_faces": 0}, "max_faces must be a whole number from 1, or None for all; got 0"),
        ({"max_faces": 1.5}, "max_faces .* got 1.5"),
        ({"threads": 0}, "threads must be a whole number from 1; got 0"),
        ({"threads": None}, "threads .* got None"),
        ({"threads": 1.5}, "threads .* got 1.5"),
        ({"providers": ["MadeUpProvider"]}, "no provider MadeUpProvider; here are .*CPUExecutionProvider"),
        ({"providers": "MadeUpProvider"}, "no provider MadeUpProvider; here"),
        ({"providers": []}, "no provider given"),
    ],
)
def test_wrong_arguments(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        FaceFinder(**arguments)


def test_missing_weights(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"there is no weights file .*mine\.onnx"):
        FaceFinder(keypoints=tmp_path / "mine.onnx")


@pytest.mark.parametrize("single", [None, "photo.jpg", Path("photo.jpg"), b"bytes", bytearray(b"bytes")])
def test_find_batch_takes_no_single_picture(finder: FaceFinder, single: Any) -> None:
    with pytest.raises(InputError, match="find_batch takes a list of pictures"):
        finder.find_batch(single)


def test_find_in_two_halves(astronaut: Image, finder: FaceFinder) -> None:
    found = finder.detect(astronaut)
    (estimate,) = finder.estimator.estimate([astronaut], [found.starts], [found.rolls])
    rows, scores = finder.rank(found, estimate)
    expected = finder.find(astronaut)
    np.testing.assert_array_equal(estimate.keypoints[rows], expected.keypoints)
    np.testing.assert_array_equal(scores, expected.scores)
    means = estimate.scores.mean(axis=1)[rows]
    np.testing.assert_array_equal(
        finder.combined_scores(found.select(rows), means, expected.keypoints), expected.scores
    )


def test_detect_with_another_smallest_face(astronaut: Image, finder: FaceFinder) -> None:
    assert len(finder.detect(astronaut, 40)) >= 1
    assert len(finder.detect(astronaut, 300.5)) == 0
