"""What faces and scenes look like."""

import cv2
import numpy as np
import pytest

from facepoints.arrays import Image
from facepoints.video.appearance import blended, face_looks, scene_difference, scene_sample, similarities
from tests.video.people import HEAD, background, other_person, person, with_head


def square(left: float, top: float, side: float = 60.0) -> np.ndarray:
    """``(1, 4)`` around the face of a head that lies there."""
    return np.array([[left + 0.47 * HEAD, top + 0.55 * HEAD, np.log(side), 0.0]])


def look(image: Image, left: float = 150, top: float = 80) -> np.ndarray:
    return face_looks(image, square(left, top))


@pytest.fixture
def known() -> np.ndarray:
    return look(with_head(background(), person(), 150, 80))


@pytest.mark.parametrize("change", ["dimmed", "brighter", "reddish", "noisy", "blurred", "elsewhere"])
def test_the_same_face_looks_alike(known: np.ndarray, change: str) -> None:
    picture = with_head(background(), person(), 150, 80)
    if change == "elsewhere":
        assert similarities(known, look(with_head(background(), person(), 30, 20), 30, 20)) > 0.9
        return
    changed = {
        "dimmed": picture * 0.5,
        "brighter": picture * 0.6 + 100,
        "reddish": picture * np.array([1.0, 0.7, 0.6]),
        "noisy": picture + np.random.default_rng(0).normal(0, 15, picture.shape),
        "blurred": cv2.GaussianBlur(picture, (0, 0), 2).astype(np.float64),
    }[change]
    assert similarities(known, look(np.clip(changed, 0, 255).astype(np.uint8))) > 0.85


def test_another_face_and_none_look_unlike(known: np.ndarray) -> None:
    assert similarities(known, look(with_head(background(), other_person(), 150, 80))) < 0.55
    assert similarities(known, look(background())) < 0.4
    assert similarities(known, look(np.zeros((300, 480, 3), dtype=np.uint8))) == 0


def test_what_lies_beyond_the_picture_does_not_count(known: np.ndarray) -> None:
    cut_off = look(with_head(background(), person(), -35, 80), -35, 80)
    assert (cut_off == 0).mean() > 0.2
    assert similarities(known, cut_off) > 0.8
    assert similarities(known, blended(cut_off, known, 0.3)) > 0.9
    barely = look(with_head(background(), person(), -120, 80), -120, 80)
    assert similarities(known, barely) < 0.4


def test_blended_looks_follow(known: np.ndarray) -> None:
    other = look(with_head(background(), other_person(), 150, 80))
    before, after = similarities(known, other), similarities(blended(known, other, 0.3), other)
    assert before < after < 1
    np.testing.assert_allclose(np.linalg.norm(blended(known, other, 0.3)), 1, rtol=1e-5)


def test_scenes() -> None:
    scene = with_head(background(), person(), 150, 80)
    moved = with_head(background(), person(), 158, 80)
    assert scene_difference(scene_sample(scene), scene_sample(moved)) < 10
    assert scene_difference(scene_sample(scene), scene_sample(255 - scene)) > 20
    assert scene_difference(scene_sample(scene), scene_sample(scene)) == 0
    assert scene_sample(np.zeros((1, 1, 3), dtype=np.uint8)).shape == (1, 1, 3)
