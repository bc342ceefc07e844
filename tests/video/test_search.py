"""When the detector looks, and where."""

import numpy as np
import pytest

from facepoints import FaceFinder
from facepoints.arrays import Image
from facepoints.detection import Detections
from facepoints.video.search import Look, Schedule, search, search_around

PICTURE = np.zeros((200, 300, 3), dtype=np.uint8)


class CornerDetector:
    """Finds a box at the upper left corner of each picture."""

    default_min_score = 0.3

    def __init__(self) -> None:
        self.calls: list[tuple[int, int, int]] = []

    def detect(self, image: Image, min_face: int) -> Detections:
        self.calls.append((image.shape[1], image.shape[0], min_face))
        return Detections(np.array([[1.0, 2, 21, 32]]), np.array([0.9]))


def square(x: float, y: float, side: float) -> list[float]:
    return [x, y, float(np.log(side)), 0.0]


def looks(schedule: Schedule, count: int, anybody: bool = True) -> str:
    """The first letters of the looks at so many frames."""
    return "".join(schedule.next(anybody=anybody, urgent=False).name[0] for _ in range(count))


@pytest.mark.parametrize(
    ("every", "anybody", "expected"),
    [
        (10, True, "TDLDLDLDLDCDLDLDLDLDT"),
        (15, True, "TDDLDDLDDLDDLDDC"),
        (4, True, "TDLDCDLDT"),
        (1, True, "TCTCT"),
        (15, False, "TDDCDDTDDC"),
        (1, False, "TCTC"),
    ],
)
def test_schedule(every: int, anybody: bool, expected: str) -> None:
    assert looks(Schedule(every), len(expected), anybody) == expected


def test_urgent_looks_are_thorough_and_count() -> None:
    schedule = Schedule(4)
    assert looks(schedule, 3) == "TDL"
    assert schedule.next(anybody=True, urgent=True) is Look.THOROUGH
    assert looks(schedule, 4) == "DLDC"


@pytest.mark.parametrize(
    ("look", "expected"),
    [
        (Look.THOROUGH, [(300, 200, 20)]),
        (Look.COARSE, [(300, 200, 40)]),
        (Look.LOST, [(121, 121, 20), (61, 61, 20)]),
        (Look.DOUBTFUL, [(61, 61, 20)]),
    ],
)
def test_each_look(look: Look, expected: list[tuple[int, int, int]]) -> None:
    detector = CornerDetector()
    doubtful = np.array([square(150, 100, 20)])
    lost = np.concatenate([np.array([square(100, 100, 40)]), doubtful])
    assert search(FaceFinder(detector), PICTURE, look, lost, doubtful) is not None
    assert detector.calls == expected


def test_nobody_to_look_for() -> None:
    nobody = np.zeros((0, 4))
    assert search(FaceFinder(CornerDetector()), PICTURE, Look.LOST, nobody, nobody) is None


def test_boxes_are_in_pixels_of_the_whole_picture() -> None:
    detector = CornerDetector()
    squares = np.array([square(100, 100, 40), square(290, 10, 80), square(-500, 100, 40)])
    found = search_around(FaceFinder(detector), PICTURE, squares)
    # The third region lies beyond the picture; the second is cut off by its border.
    assert detector.calls == [(121, 121, 20), (130, 130, 40)]
    np.testing.assert_allclose(found.boxes, [[41, 42, 61, 72], [171, 2, 191, 32]])
    np.testing.assert_allclose(found.starts, found.boxes)
    assert len(search_around(FaceFinder(detector), PICTURE, squares[2:])) == 0
