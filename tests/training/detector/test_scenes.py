"""What training scenes show, and that their labels lie on it."""

import numpy as np
import pytest

pytest.importorskip("torch")

from facepoints.datasets.face_pictures import FacePictures
from facepoints.training.detector.scenes import Scene, SceneConfig, SceneMaker
from tests.training.detector.pictures import NO_CHANGE, known, mixed, photos, squares, still


def draw(pictures: FacePictures, config: SceneConfig, seed: int, size: int = 128) -> Scene:
    return SceneMaker(pictures, size, config).draw(np.random.default_rng(seed))


def bright_share(scene: Scene, box: np.ndarray) -> float:
    """Share of the pixels well inside a box, where it lies in the scene, that are bright."""
    inner = box.clip(0, len(scene.image) - 1) + [1.5, 1.5, -1.5, -1.5]
    left, top, right, bottom = np.round(inner).astype(int) + [0, 0, 1, 1]
    return float((scene.image[top:bottom, left:right] > 150).mean())


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize(
    ("config", "least"),
    [(still(), 0.9), (still(flip=1.0), 0.9), (still(mosaics=(0.0, 1.0, 0.0)), 0.5)],
    ids=["one", "flip", "2x2"],
)
def test_boxes_lie_on_the_faces(seed: int, config: SceneConfig, least: float) -> None:
    scene = draw(squares(), config, seed)
    assert len(scene.boxes)
    learned = scene.boxes[~scene.ignore]
    for box in learned:
        # In a mosaic up to half of a face may lie under the next piece.
        assert bright_share(scene, box) > least
    outside = np.ones(scene.image.shape[:2], dtype=bool)
    for box in scene.boxes:
        left, top, right, bottom = np.round(box.clip(0, len(scene.image)) + [-2, -2, 3, 3]).astype(int).clip(0)
        outside[top:bottom, left:right] = False
    assert (scene.image[outside] < 150).all()


@pytest.mark.parametrize("roll", [-60.0, 25.0, 45.0])
def test_landmarks_turn_with_the_face(roll: float, monkeypatch: pytest.MonkeyPatch) -> None:
    config = still(uncovered=1.0)
    plain = draw(photos(1), config, 3)
    monkeypatch.setattr("facepoints.training.detector.scenes._draw_roll", lambda *_: np.radians(roll))
    turned = draw(photos(1), config, 3)
    eyes = [scene.landmarks[0, 1] - scene.landmarks[0, 0] for scene in (plain, turned)]
    angles = [np.degrees(np.arctan2(eye[1], eye[0])) for eye in eyes]
    # A crop that is turned clockwise shows its face turned the other way.
    assert angles[1] - angles[0] == pytest.approx(-roll, abs=0.1)


def test_a_turned_box_reaches_around_the_oval(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("facepoints.training.detector.scenes._draw_roll", lambda *_: np.pi / 2)
    image = np.zeros((200, 200, 3), dtype=np.uint8)
    pictures = FacePictures([image], [known([[80, 60, 120, 140]])], [True], ["wider"], ["wider/0"])
    box = draw(pictures, still(), 0).boxes[0]
    width, height = box[2:] - box[:2]
    assert width == pytest.approx(2 * height, rel=1e-4)


def test_mirrored_landmarks_change_places() -> None:
    first, second = (draw(photos(1), still(flip=flip), 7) for flip in (0.0, 1.0))
    size = len(first.image)
    np.testing.assert_array_equal(second.image, first.image[:, ::-1])
    mirrored = first.landmarks[0][[1, 0, 2, 4, 3, 5, 6]] * [-1, 1] + [size - 1, 0]
    np.testing.assert_allclose(second.landmarks[0], mirrored, atol=1e-4)
    assert second.landmarks[0, 0, 0] < second.landmarks[0, 1, 0]


def test_only_the_surroundings_of_the_face_are_known_where_other_faces_are_not_labelled() -> None:
    scene = draw(photos(1), still(uncovered=1.0, smallest=20), 11)
    side = (scene.boxes[0, 2:] - scene.boxes[0, :2]).max()
    assert 0 < scene.known.sum() * 64 <= (2.2 * side + 16) ** 2
    centre = ((scene.boxes[0, :2] + scene.boxes[0, 2:]) / 2).clip(0, 127).astype(int) // 8
    assert scene.known[centre[1], centre[0]]
    assert draw(squares(), still(), 11).known.all()


def test_sizes_are_drawn_evenly_on_a_log_scale() -> None:
    maker = SceneMaker(squares(4), 128, still(uncovered=1.0, smallest=8, enlarge=100.0))
    sides = []
    for seed in range(300):
        scene = maker.draw(np.random.default_rng(seed))
        sides.append((scene.boxes[:, 2:] - scene.boxes[:, :2]).max())
    octaves = np.histogram(np.log2(sides), bins=[3, 4, 5, 6, 7.5])[0]
    assert octaves.min() > 40


def test_faces_that_cannot_be_learned_are_ignored() -> None:
    faces = known([[10, 10, 50, 50], [20, 20, 24, 24], [5, 5, 15, 15]], ignore=[False, False, True])
    small = FacePictures([np.zeros((64, 64, 3), np.uint8)], [faces], [True], ["wider"], ["wider/0"])
    scene = draw(small, still(enlarge=1.0, uncovered=0.0), 2, size=64)
    by_size = sorted(zip((scene.boxes[:, 2] - scene.boxes[:, 0]).round().tolist(), scene.ignore.tolist(), strict=True))
    assert by_size[0][1]  # too small
    assert by_size[-1] == (pytest.approx(40, abs=1), False)


def test_scenes_depend_on_the_seed_alone() -> None:
    config = SceneConfig(appearance=NO_CHANGE)
    first, second, other = (draw(mixed(), config, seed) for seed in (4, 4, 5))
    np.testing.assert_array_equal(first.image, second.image)
    np.testing.assert_array_equal(first.boxes, second.boxes)
    assert not np.array_equal(first.image, other.image)


def test_a_picture_covers_as_much_of_the_scene_as_it_can() -> None:
    bright = FacePictures(
        [np.full((300, 300, 3), 200, np.uint8)], [known([[10, 10, 60, 60]])], [True], ["wider"], ["w/0"]
    )
    for seed in range(10):
        assert (draw(bright, still(cover=1.2), seed).image > 0).mean() > 0.85
