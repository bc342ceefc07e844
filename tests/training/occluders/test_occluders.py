from dataclasses import replace

import numpy as np
import pytest

from facepoints.arrays import Floats, Image
from facepoints.geometry import tight_boxes
from facepoints.training.augment import augment
from facepoints.training.occluders import OCCLUDERS, add_occluder
from facepoints.training.occluders.painting import FaceFrame
from tests.random_faces import mean_face
from tests.training.samples import face_crops, plain

SIZE = 128
EYES, MOUTH = range(36, 48), range(48, 68)
NO_FACE = np.full((68, 2), np.nan, dtype=np.float32)


def face(roll: float = 0.0, width: float = 58.0) -> Floats:
    return np.asarray(mean_face((SIZE / 2, 45), width, roll), dtype=np.float32)


def photo(colour: tuple[int, int, int] = (190, 140, 110)) -> Image:
    """Skin everywhere, with a little noise: what differs from it is the occluder."""
    noise = np.random.default_rng(0).integers(-4, 5, (SIZE, SIZE, 1))
    return np.asarray(np.array(colour) + noise, dtype=np.uint8)


def covered(kind: str, keypoints: Floats, seed: int) -> Floats:
    """How far each pixel has moved, ``(SIZE, SIZE)`` in levels."""
    image = photo()
    OCCLUDERS[kind][1](image, FaceFrame.of(keypoints), np.random.default_rng(seed))
    return np.abs(image.astype(int) - photo()).max(axis=2).astype(np.float32)


def at_points(change: Floats, keypoints: Floats, points: range) -> Floats:
    columns, rows = np.round(keypoints[points.start : points.stop]).astype(int).T
    return change[rows, columns]


@pytest.mark.parametrize(("kind", "over", "beside"), [("glasses", EYES, MOUTH), ("mask", MOUTH, EYES)])
@pytest.mark.parametrize("roll", [0.0, 0.6])
def test_things_lie_over_the_points_that_they_hide(kind: str, over: range, beside: range, roll: float) -> None:
    keypoints = face(roll)
    changes = [covered(kind, keypoints, seed) for seed in range(30)]
    hidden = np.mean([at_points(change, keypoints, over) > 8 for change in changes])
    free = np.mean([at_points(change, keypoints, beside) > 8 for change in changes])
    assert hidden > 0.6
    assert free < 0.05


@pytest.mark.parametrize("kind", OCCLUDERS)
def test_each_covers_a_part_of_the_face(kind: str) -> None:
    shares = [float((covered(kind, face(), seed) > 8).mean()) for seed in range(40)]
    assert 0.02 < np.mean(shares) < 0.4
    assert max(shares) < 0.75


@pytest.mark.parametrize("kind", OCCLUDERS)
@pytest.mark.parametrize("keypoints", [face(width=0.0), face() * 40 - 2000, face() + 1e6], ids=["tiny", "huge", "far"])
def test_any_place_of_the_points(kind: str, keypoints: Floats) -> None:
    for seed in range(5):
        assert covered(kind, keypoints, seed).shape == (SIZE, SIZE)


def test_drawn_as_often_as_the_shares_say(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    for kind, (share, _) in list(OCCLUDERS.items()):
        monkeypatch.setitem(OCCLUDERS, kind, (share, lambda *_, kind=kind: seen.append(kind)))
    random = np.random.default_rng(1)
    for _ in range(3000):
        add_occluder(photo(), face(), random)
    for kind, (share, _) in OCCLUDERS.items():
        assert seen.count(kind) / 3000 == pytest.approx(share, abs=0.03)
    assert sum(share for share, _ in OCCLUDERS.values()) == pytest.approx(1)


@pytest.mark.parametrize("keypoints", [face(), NO_FACE], ids=["face", "background"])
def test_copies_that_the_generator_alone_decides(keypoints: Floats) -> None:
    image = photo()
    first = [add_occluder(image, keypoints, np.random.default_rng(seed)) for seed in range(6)]
    np.testing.assert_array_equal(image, photo())
    assert all((changed != image).any() for changed in first)
    np.testing.assert_array_equal(add_occluder(image, keypoints, np.random.default_rng(2)), first[2])


def test_grey_photos_stay_grey() -> None:
    for seed in range(20):
        changed = add_occluder(photo((120, 120, 120)), face(), np.random.default_rng(seed))
        assert (np.ptp(changed, axis=2) == 0).all()


def test_training_crops_get_them_with_the_probability_of_the_settings() -> None:
    crops = face_crops()
    image, keypoints, box = crops.images[0], crops.keypoints[0], tight_boxes(crops.keypoints[:1])[0]
    changed = []
    for seed in range(300):
        bare, crop = (
            augment(image, keypoints, box, 64, replace(plain(), occluders=probability), np.random.default_rng(seed))
            for probability in (0.0, 0.3)
        )
        np.testing.assert_array_equal(crop.keypoints, bare.keypoints)
        changed.append((crop.image != bare.image).any())
    assert np.mean(changed) == pytest.approx(0.3, abs=0.08)
