"""The detector around the network, with stand-ins for the network itself."""

import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facepoints import FaceFinder, detection
from facepoints.arrays import Image
from facepoints.detection import Detections, Detector, NetworkDetector, pyramid
from facepoints.detection.candidates import Candidates
from facepoints.errors import InputError, WeightsError
from facepoints.geometry import box_iou
from facepoints.scheme import MEAN_FACE
from tests.detection.square_network import SquareSession, draw_face, write_brightness_network

pytest.importorskip("onnx")


@pytest.fixture(scope="module")
def onnx_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("networks") / "mine.onnx"
    write_brightness_network(path)
    return path


@pytest.fixture(scope="module")
def detector(onnx_path: Path) -> NetworkDetector:
    """Finds coloured rectangles."""
    return with_squares(NetworkDetector(onnx_path))


def with_squares(detector: NetworkDetector) -> NetworkDetector:
    detector._session = SquareSession()  # type: ignore[assignment]
    return detector


def blank(width: int, height: int) -> Image:
    return np.zeros((height, width, 3), dtype=np.uint8)


def assert_same_boxes(actual: np.ndarray, expected: np.ndarray, atol: float = 0.5) -> None:
    """Each box is found once, up to 3 % and some pixels."""
    assert len(actual) == len(expected)
    if len(expected) == 0:
        return
    overlaps = box_iou(actual, expected)
    assert sorted(overlaps.argmax(axis=1)) == list(range(len(expected)))
    matched = expected[overlaps.argmax(axis=1)]
    sides = matched[:, 3:] - matched[:, 1:2]
    assert (np.abs(actual - matched) <= 0.03 * sides + atol).all()


@settings(max_examples=60, deadline=None)
@given(
    width=st.integers(60, 900),
    height=st.integers(60, 900),
    share=st.floats(0, 1),
    x=st.floats(0, 1),
    y=st.floats(0, 1),
    min_face=st.integers(14, 80),
)
def test_a_face_of_any_size_at_any_place_is_found_once(
    detector: NetworkDetector, width: int, height: int, share: float, x: float, y: float, min_face: int
) -> None:
    largest = min(width, height / 1.25)
    side = round(min(min_face, largest) * (largest / min(min_face, largest)) ** share)
    tall = round(1.25 * side)
    picture = blank(width, height)
    box = draw_face(picture, round(x * (width - side)), round(y * (height - tall)), side)
    found = detector.detect(picture, min_face)
    if tall >= min_face:
        # Up to a pixel of the working picture may be left out at its border.
        atol = 0.5 + min_face / 14
        assert_same_boxes(found.boxes, box[None], atol)
        np.testing.assert_allclose(found.scores, 0.9)
        assert found.rolls is not None
        np.testing.assert_allclose(found.rolls, 0, atol=1e-3)
        middle = (found.starts[:, :2] + found.starts[:, 2:]) / 2
        np.testing.assert_allclose(middle, [(box[:2] + box[2:]) / 2], atol=atol + 0.03 * side)


def test_nothing_in_pictures_without_a_face(detector: NetworkDetector) -> None:
    for width, height in [(1, 1), (5, 7), (1, 3000), (3000, 1), (300, 200)]:
        found = detector.detect(blank(width, height), 20)
        assert (found.boxes.shape, found.scores.shape, found.starts.shape) == ((0, 4), (0,), (0, 4))


def test_faces_under_the_smallest_are_left_out(detector: NetworkDetector) -> None:
    picture = blank(640, 480)
    boxes = np.array([draw_face(picture, 20 + 150 * index, 60, side) for index, side in enumerate((16, 32, 48, 80))])
    for min_face, first in ((20, 0), (35, 1), (55, 2), (95, 3)):
        assert_same_boxes(detector.detect(picture, min_face).boxes, boxes[first:])
    assert len(detector.detect(picture, 300)) == len(detector.detect(picture, 10**12)) == 0


@pytest.mark.usefixtures("smallest_is_14")
@pytest.mark.parametrize("shift", [0, 23, 60, 110, 160])
def test_tiles_leave_no_seam(onnx_path: Path, shift: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pyramid, "_TILE", 1024)  # seams both ways in a picture that is not too large to draw
    detector = with_squares(NetworkDetector(onnx_path))
    picture = blank(2600, 1500)
    boxes = [
        draw_face(picture, left, top, side)
        for row, top in enumerate(range(shift, 1300, 268))
        for left, side in zip(range(shift, 2450, 227), [16, 100, 40, 125, 70, 20 + row, 110] * 2, strict=False)
    ]
    assert_same_boxes(detector.detect(picture, 14).boxes, np.array(boxes))
    sizes = detector._session.sizes  # type: ignore[attr-defined]
    assert sizes == [(1024, 864)] * 6 + [(645, 372), (160, 92)]


def test_large_faces_among_tiles(detector: NetworkDetector) -> None:
    for side in (150, 300, 700, 1100):
        picture = blank(2600, 1500)
        box = draw_face(picture, 1300 - side // 2, 70, side)
        assert_same_boxes(detector.detect(picture, 14).boxes, box[None])


@pytest.mark.usefixtures("smallest_is_14")
def test_a_face_across_the_border_of_the_picture(detector: NetworkDetector) -> None:
    class HalfOutside(SquareSession):
        def run(self, picture: Image, min_score: float) -> Candidates:
            found = super().run(picture, min_score)
            return found.mapped(np.ones(2), np.array([-20, 0]))

    picture = blank(120, 100)
    box = draw_face(picture, 0, 10, 44)
    other = NetworkDetector.__new__(NetworkDetector)
    other.__dict__.update(detector.__dict__, _session=HalfOutside())
    assert_same_boxes(other.detect(picture, 14).boxes, (box - (20, 0, 20, 0))[None])
    small = blank(120, 100)
    draw_face(small, 0, 10, 36)  # its centre comes to lie outside
    assert len(other.detect(small, 14)) == 0


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
@pytest.mark.parametrize("rotations", [(0,), (180,), (0, 90, 180, 270), (270, 0, 0)])
def test_rotations(onnx_path: Path, turns: int, rotations: tuple[int, ...]) -> None:
    picture = blank(331, 240)
    box = draw_face(picture, 110, 60, 80, turns)
    found = with_squares(NetworkDetector(onnx_path, rotations=rotations)).detect(picture, 20)
    seen = (-90 * turns) % 360 in rotations
    assert_same_boxes(found.boxes, box[None][:seen])
    assert found.rolls is not None
    np.testing.assert_allclose(np.exp(1j * found.rolls), [1j**turns][:seen], atol=1e-3)
    if seen:
        np.testing.assert_allclose((found.starts[0, :2] + found.starts[0, 2:]) / 2, (box[:2] + box[2:]) / 2, atol=1.5)


def test_looks_that_disagree_are_not_averaged(onnx_path: Path) -> None:
    class AnyRoll(SquareSession):
        """Takes every face for an upright one, less surely if it is none."""

        def run(self, picture: Image, min_score: float) -> Candidates:
            found = super().run(picture, min_score)
            if len(found):
                return found
            turned = super().run(np.ascontiguousarray(picture[::-1, ::-1]), min_score)
            upside = turned.turned_back(2, picture.shape[1], picture.shape[0])
            marks = upside.marks.copy()
            marks[:, 7:] = marks[:, :6:-1]
            return Candidates(upside.scores * np.float32(0.9), marks)

    detector = NetworkDetector(onnx_path, rotations=(180, 0))
    detector._session = AnyRoll()  # type: ignore[assignment]
    picture = blank(320, 240)
    box = draw_face(picture, 110, 60, 80)
    found = detector.detect(picture, 20)
    assert_same_boxes(found.boxes, box[None])
    assert found.rolls is not None
    np.testing.assert_allclose(found.rolls, 0, atol=1e-3)
    np.testing.assert_allclose(found.starts[:, 2] - found.starts[:, 0], 80, atol=2)


def test_points_come_along(detector: NetworkDetector) -> None:
    picture = blank(320, 240)
    box = draw_face(picture, 110, 60, 80)
    found = detector.find_candidates(picture, 20)
    np.testing.assert_allclose(found.points, np.broadcast_to((box[:2] + box[2:]) / 2, (1, 5, 2)), atol=0.5)


def test_threads_find_what_one_finds(detector: NetworkDetector) -> None:
    pictures = []
    for left in (10, 50, 90, 130):
        pictures.append(blank(640, 480))
        draw_face(pictures[-1], left, 2 * left, left)
    expected = [detector.detect(picture, 20) for picture in pictures * 2]
    with ThreadPoolExecutor(4) as pool:
        actual = list(pool.map(lambda picture: detector.detect(picture, 20), pictures * 2))
    for one, other in zip(actual, expected, strict=True):
        np.testing.assert_array_equal(one.boxes, other.boxes)


def test_weights_of_ones_own(onnx_path: Path) -> None:
    for made in (detection.create(str(onnx_path)), detection.create(onnx_path), FaceFinder(onnx_path).detector):
        assert isinstance(made, NetworkDetector)
        assert isinstance(made, Detector)
        assert isinstance(made.detect(blank(64, 64), 20), Detections)


def test_threads_and_providers_reach_the_network(onnx_path: Path) -> None:
    for arguments in ({"threads": 0}, {"providers": ["MadeUpProvider"]}):
        with pytest.raises(InputError, match=r"threads must be|no provider MadeUp"):
            detection.create(onnx_path, **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize("rotations", [(), (45,), (0, 360), (math.nan,), ("0",)])
def test_wrong_rotations(onnx_path: Path, rotations: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="rotations must be of 0, 90, 180 and 270 degrees; got "):
        NetworkDetector(onnx_path, rotations=rotations)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ("compact", "the weights 'compact' are those of a keypoint network, not of a detector; known are "),
        ("huge", "there are no weights 'huge'; known are "),
    ],
)
def test_wrong_weights(weights: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        NetworkDetector(weights)


def test_missing_weights(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"there is no weights file .*none\.onnx"):
        NetworkDetector(tmp_path / "none.onnx")


@pytest.mark.parametrize("image", [np.zeros((9, 9)), np.zeros((9, 9, 3)), [[0, 0, 0]]])
def test_no_image(detector: NetworkDetector, image: Image) -> None:
    with pytest.raises(InputError, match="an image must"):
        detector.detect(image, 20)


def test_combined_scores() -> None:
    boxes = np.array([[0, 0, 100, 125]] * 4, dtype=np.float32)
    squares = np.array([[0, 25, 100, 125]] * 4, dtype=np.float32)
    found = Detections(boxes, np.array([0.1, 0.5, 0.9, 0.9]), squares, np.zeros(4))
    near = np.stack([MEAN_FACE * 90 + (50, 75)] * 4).astype(np.float32)
    detector = NetworkDetector()
    hopeless, doubtful, sure, alone = detector.combined_scores(found, np.array([1, 0.8, 0.8, 0.0]), near)
    assert hopeless < 0.1 < doubtful < alone < sure < 1
    # What lies beside the square is another face's.
    elsewhere = near + np.array([90, 90], dtype=np.float32)
    np.testing.assert_allclose(detector.combined_scores(found, np.ones(4), elsewhere)[2], alone)
    # Where the keypoints are not found yet, it is the best that can come of a candidate.
    hopes = detector.combined_scores(found, np.ones(4), None)
    assert (hopes >= [hopeless, doubtful, sure, alone]).all()


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_combined_scores_rise_with_both(own: float, other: float, more: float) -> None:
    box = np.array([[0, 0, 10, 10]], dtype=np.float32)
    low, high = sorted((other, more))
    detector, found = NetworkDetector(), Detections(box, np.array([own]))
    scores = [detector.combined_scores(found, np.array([value]), None)[0] for value in (low, high)]
    assert 0 <= scores[0] <= scores[1] <= 1
