"""The adapter against a stand-in for dlib, which is no dependency."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from facepoints.arrays import Image
from facepoints.detection import Detector
from facepoints.errors import InputError
from facepoints.evaluation.hog import HogDetector, dlib_version


class Rectangle:
    def __init__(self, left: int, top: int, right: int, bottom: int) -> None:
        self.left, self.top, self.right, self.bottom = (
            lambda value=value: value for value in (left, top, right, bottom)
        )


class StandIn:
    """Finds four boxes: a sure one, an unsure one, a small one, and one that lies outside a picture of 100 pixels."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, float]] = []

    def run(self, image: Image, upsample: int, threshold: float) -> tuple[list[Rectangle], list[float], list[int]]:
        self.asked.append((upsample, threshold))
        corners = [(10, 20, 49, 59), (-5, 0, 34, 39), (0, 0, 9, 9), (100, 0, 139, 39)]
        return [Rectangle(*each) for each in corners], [2.0, -0.5, 1.0, 1.0], [0, 0, 0, 0]


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    detector = StandIn()
    module = SimpleNamespace(get_frontal_face_detector=lambda: detector, __version__="1.2.3")
    monkeypatch.setitem(sys.modules, "dlib", module)
    return detector


def test_boxes_reach_to_the_edges_of_their_pixels_and_scores_to_one(stand_in: StandIn) -> None:
    detector = HogDetector(upsample=1)
    assert isinstance(detector, Detector)
    found = detector.detect(np.zeros((100, 100, 3), dtype=np.uint8), min_face=20)
    assert found.boxes.tolist() == [[9.5, 19.5, 49.5, 59.5], [-5.5, -0.5, 34.5, 39.5]]
    assert found.scores == pytest.approx([1 / (1 + np.exp(-2)), 1 / (1 + np.exp(0.5))])
    assert stand_in.asked == [(1, -1.0)]
    assert dlib_version() == "1.2.3"


def test_a_margin_of_zero_is_the_default_threshold(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stand_in, "run", lambda *_: ([Rectangle(0, 0, 39, 39)], [0.0], [0]))
    found = HogDetector().detect(np.zeros((100, 100, 3), dtype=np.uint8), 20)
    assert found.scores.tolist() == [HogDetector.default_min_score]


def test_nothing_found(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stand_in, "run", lambda *_: ([], [], []))
    assert len(HogDetector().detect(np.zeros((100, 100, 3), dtype=np.uint8), 20)) == 0


def test_without_dlib_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dlib", None)
    assert dlib_version() is None
    with pytest.raises(InputError, match="pip install dlib-bin"):
        HogDetector()
