from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import numpy as np
import pytest

from facepoints import FaceFinder
from facepoints.arrays import Image
from facepoints.detection import Cascade, Detections, Detector, HaarCatDetector, HaarDetector, HaarProfileDetector
from facepoints.errors import InputError, WeightsError

ASTRONAUT = (176.5, 65.5, 271.5, 160.5)
FRONTAL = "haarcascade_frontalface_default.xml"


class CascadeStub:
    """Finds one box, always the same, and keeps what it was asked."""

    def __init__(self, box: tuple[float, float, float, float] | None = None) -> None:
        self.found = Detections.empty() if box is None else Detections([box], [0.5])
        self.size = (0, 0)
        self.min_side = 0

    def detect(self, grey: np.ndarray, min_side: int) -> Detections:
        self.size, self.min_side = (grey.shape[1], grey.shape[0]), min_side
        return self.found


def flat(width: int, height: int) -> Image:
    return np.full((height, width, 3), 90, dtype=np.uint8)


def best_box(detector: Detector, picture: Image) -> np.ndarray:
    found = detector.detect(picture, 20)
    return np.asarray(found.boxes[found.scores.argmax()])


@pytest.mark.parametrize("parameters", [(1.2, 2), (1.3, 5)])
def test_settings_of_the_course_project_find_the_astronaut_alone(
    astronaut: Image, parameters: tuple[float, int]
) -> None:
    found = HaarDetector(*parameters).detect(astronaut, 20)
    assert len(found) == 1
    np.testing.assert_allclose(found.boxes[0], ASTRONAUT, atol=5)
    assert 0.5 < found.scores[0] < 1


@pytest.mark.parametrize("detector", [HaarDetector(), HaarProfileDetector(), HaarDetector(1.05, 3)])
def test_astronaut_is_the_best_box(astronaut: Image, detector: Detector) -> None:
    np.testing.assert_allclose(best_box(detector, astronaut), ASTRONAUT, atol=6)


def test_fewer_neighbours_find_more(astronaut: Image) -> None:
    counts = [len(HaarDetector(1.2, neighbours).detect(astronaut, 20)) for neighbours in (0, 1, 2)]
    assert counts[0] > counts[1] >= counts[2] == 1


def test_points_are_expected_below_the_boxs_middle(astronaut: Image, finder: FaceFinder) -> None:
    found = HaarDetector().detect(astronaut, 20)
    points = finder.find(astronaut).keypoints[0]
    np.testing.assert_allclose(found.starts[found.scores.argmax()], [*points.min(axis=0), *points.max(axis=0)], atol=12)


def test_mirrored_picture_has_mirrored_profiles(astronaut: Image) -> None:
    detector = HaarProfileDetector()
    detector.cascade = CascadeStub()  # type: ignore[assignment]  # OpenCV's frontal cascade is not symmetric
    # A crop of odd width: an error of one pixel would show.
    picture = np.ascontiguousarray(astronaut[30:230, 101:330])
    found = detector.detect(picture, 20)
    mirrored = detector.detect(np.ascontiguousarray(picture[:, ::-1]), 20)
    flipped = mirrored.boxes.copy()
    flipped[:, [0, 2]] = picture.shape[1] - 1 - mirrored.boxes[:, [2, 0]]
    assert len(found) > 0
    assert sorted(map(tuple, flipped.tolist())) == sorted(map(tuple, found.boxes.tolist()))
    np.testing.assert_allclose(np.sort(mirrored.scores), np.sort(found.scores))


def test_same_face_of_two_cascades_is_one(astronaut: Image) -> None:
    detector = HaarProfileDetector()
    detector.cascade = CascadeStub(ASTRONAUT)  # type: ignore[assignment]
    detector.profile = CascadeStub(ASTRONAUT)  # type: ignore[assignment]
    assert len(detector.detect(astronaut, 20)) == 2  # the box, and its mirror image on the other side
    detector.profile = CascadeStub((511 - ASTRONAUT[2], ASTRONAUT[1], 511 - ASTRONAUT[0], ASTRONAUT[3]))  # type: ignore[assignment]
    assert len(detector.detect(astronaut, 20)) == 2


@pytest.mark.parametrize(
    "detector", [HaarDetector(), HaarProfileDetector(), HaarCatDetector()], ids=lambda one: type(one).__name__
)
@pytest.mark.parametrize("size", [(1, 1), (5, 7), (19, 19), (23, 40), (24, 24), (1, 3000), (3000, 1), (300, 200)])
def test_nothing_on_flat_and_tiny_pictures(detector: Detector, size: tuple[int, int]) -> None:
    found = detector.detect(flat(*size), 20)
    assert (found.boxes.shape, found.scores.shape, found.starts.shape) == ((0, 4), (0,), (0, 4))


@pytest.mark.parametrize(
    ("size", "max_side", "min_face", "searched", "min_side"),
    [
        ((300, 200), 1920, 20, (300, 200), 24),
        ((300, 200), 1920, 60, (300, 200), 60),
        ((4000, 3000), 1920, 20, (1920, 1440), 24),
        ((4000, 3000), 1000, 400, (1000, 750), 100),
        ((2, 4000), 1000, 20, (1, 1000), 24),
        ((4000, 1), 1000, 20, (1000, 1), 24),
    ],
)
def test_max_side_bounds_the_search(
    size: tuple[int, int], max_side: int, min_face: int, searched: tuple[int, int], min_side: int
) -> None:
    detector = HaarDetector(max_side=max_side)
    stub = CascadeStub((9.5, 19.5, 59.5, 69.5))
    detector.cascade = stub  # type: ignore[assignment]
    found = detector.detect(flat(*size), min_face)
    assert (stub.size, stub.min_side) == (searched, min_side)
    scale = max(searched) / max(size)
    # The edges of pixels scale, not their centres.
    np.testing.assert_allclose(found.boxes[0] + 0.5, np.array([10, 20, 60, 70]) / scale, rtol=1e-6)


def test_search_of_a_smaller_copy_gives_nearly_the_same_box(astronaut: Image) -> None:
    np.testing.assert_allclose(best_box(HaarDetector(max_side=256), astronaut), ASTRONAUT, atol=12)


@pytest.mark.parametrize("min_face", [130, 600, 10**12])
def test_no_face_under_the_smallest(astronaut: Image, min_face: int) -> None:
    assert not (np.ptp(HaarDetector().detect(astronaut, min_face).boxes[:, ::2], axis=1) < min_face).any()


@pytest.mark.parametrize("detector", [HaarDetector(), HaarProfileDetector()], ids=lambda one: type(one).__name__)
def test_threads_find_what_one_finds(astronaut: Image, detector: Detector) -> None:
    pictures = [np.ascontiguousarray(astronaut[top : top + 300]) for top in (0, 10, 20, 30)] * 2
    expected = [detector.detect(picture, 20) for picture in pictures]
    together = Barrier(4, timeout=60)

    def detect(picture: Image) -> Detections:
        together.wait()
        return detector.detect(picture, 20)

    with ThreadPoolExecutor(4) as pool:
        for actual, wanted in zip(pool.map(detect, pictures), expected, strict=True):
            np.testing.assert_array_equal(actual.boxes, wanted.boxes)
            np.testing.assert_array_equal(actual.scores, wanted.scores)


@pytest.mark.parametrize("kind", [HaarDetector, HaarProfileDetector, HaarCatDetector])
@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"scale_factor": 1.0}, "scale_factor must be from 1.01 to 4; got 1.0"),
        ({"scale_factor": 1.0001}, "scale_factor"),
        ({"scale_factor": 4.5}, "scale_factor"),
        ({"scale_factor": float("nan")}, "scale_factor"),
        ({"min_neighbors": -1}, "min_neighbors must be 0 or more; got -1"),
        ({"max_side": 23}, "max_side must be at least 24 pixels; got 23"),
    ],
)
def test_parameters_out_of_range(kind: type[HaarDetector], parameters: dict[str, float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        kind(**parameters)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"<?xml version='1.0'?><opencv_storage><a>1</a></opencv_storage>", b"\xff\xfe\x00"]
)
def test_file_that_is_no_cascade(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mine.xml"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match=r"mine\.xml"):
        Cascade(str(path), 1.2, 2)


def test_missing_cascade(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"there is no Haar cascade .*unheard_of\.xml"):
        Cascade("unheard_of.xml", 1.2, 2)


def test_cascade_in_a_folder_with_any_name(tmp_path: Path, astronaut: Image) -> None:
    shipped = Cascade(FRONTAL, 1.2, 2)
    copy = tmp_path / "Gesichter – 顔.xml"
    copy.write_bytes(shipped.path.read_bytes())
    grey = np.ascontiguousarray(astronaut[..., 1])
    np.testing.assert_array_equal(Cascade(str(copy), 1.2, 2).detect(grey, 24).boxes, shipped.detect(grey, 24).boxes)


@pytest.mark.parametrize("image", [np.zeros((9, 9)), np.zeros((9, 9, 3)), [[0, 0, 0]]])
def test_no_image(image: Image) -> None:
    with pytest.raises(InputError, match="an image must"):
        HaarDetector().detect(image, 20)
