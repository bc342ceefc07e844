import dataclasses

import numpy as np
import pytest

from facepoints.geometry import (
    apply_transform,
    face_crop_transform,
    tight_boxes,
    upright_crop_transform,
    warp,
)
from facepoints.training.appearance import AppearanceConfig, vary_appearance
from facepoints.training.augment import AugmentConfig, augment
from tests.datasets.layouts import FACE, astronaut
from tests.random_faces import mean_face
from tests.training.samples import NO_CHANGE, face_crops, plain

DOTTED = (0, 8, 16, 21, 22, 30, 36, 45, 48, 54)
"""Points far enough from each other for a dot on each."""


def dotted_face() -> tuple[np.ndarray, np.ndarray]:
    """A picture that is black but for a dot of its own brightness on each of ``DOTTED``, and the face's points."""
    keypoints = mean_face((150, 110), 80, roll=0.15).astype(np.float32)
    image = np.zeros((300, 300, 3), dtype=np.uint8)
    rows, columns = np.mgrid[:300, :300]
    for number, brightness in zip(DOTTED, range(70, 256, 20), strict=False):
        x, y = keypoints[number]
        dot = np.clip(3.5 - np.hypot(columns - x, rows - y), 0, 1)[..., None] * brightness
        image = np.maximum(image, dot.astype(np.uint8))
    return image, keypoints


def centroid(image: np.ndarray, at: np.ndarray, radius: float) -> tuple[np.ndarray, int]:
    """Where the light near ``at`` has its centre, and how bright it is."""
    rows, columns = np.mgrid[: len(image), : len(image)]
    light = (np.hypot(columns - at[0], rows - at[1]) < radius) * image[..., 0].astype(float)
    total = max(light.sum(), 1e-9)
    return np.array([(light * columns).sum() / total, (light * rows).sum() / total]), int(light.max())


@pytest.mark.parametrize("coarse_share", [0.0, 1.0])
def test_points_follow_the_pixels(coarse_share: float) -> None:
    image, keypoints = dotted_face()
    box = tight_boxes(keypoints[None])[0]
    config = dataclasses.replace(AugmentConfig(appearance=NO_CHANGE), coarse_share=coarse_share)
    seen, mirrored = 0, 0
    for seed in range(40):
        crop = augment(image, keypoints, box, 192, config, np.random.default_rng(seed))
        mirrored += bool(crop.keypoints[36, 0] > crop.keypoints[45, 0])
        for number in DOTTED:
            point = crop.keypoints[number]
            if (point > 6).all() and (point < 185).all():
                found, _ = centroid(crop.image, point, 6)
                np.testing.assert_allclose(found, point, atol=0.3)
                seen += 1
    assert seen > 300
    assert mirrored == 0  # mirrored pictures are labelled anew, so left stays left


def test_mirrored_pictures_have_their_points_in_mirrored_order() -> None:
    image, keypoints = dotted_face()
    box = tight_boxes(keypoints[None])[0]
    straight = augment(image, keypoints, box, 192, plain(), np.random.default_rng(0))
    flipped = augment(image, keypoints, box, 192, plain(flip=1.0), np.random.default_rng(0))
    np.testing.assert_array_equal(flipped.image, straight.image[:, ::-1])
    for number, mirror in ((36, 45), (0, 16), (48, 54), (21, 22), (8, 8)):
        # The light that was on one eye's corner is now on the other's.
        brightness = centroid(straight.image, straight.keypoints[number], 5)[1]
        found, mirrored_brightness = centroid(flipped.image, flipped.keypoints[mirror], 5)
        assert mirrored_brightness == brightness
        np.testing.assert_allclose(found, flipped.keypoints[mirror], atol=0.3)


def test_training_cuts_the_crops_of_the_estimator() -> None:
    """Without any variation, a crop is what keypoints.estimator makes in its first and its second pass."""
    image, keypoints = astronaut(), FACE + np.float32(0.123)
    box = tight_boxes(keypoints[None])[0]
    passes = {1.0: face_crop_transform(box, 128), 0.0: upright_crop_transform(keypoints, 128)}
    for coarse_share, transform in passes.items():
        crop = augment(image, keypoints, box, 128, plain(coarse_share), np.random.default_rng(0))
        np.testing.assert_array_equal(crop.image, warp(image, transform, 128))
        np.testing.assert_array_equal(crop.keypoints, apply_transform(transform, keypoints))


def test_background_has_no_points() -> None:
    crops = face_crops()
    row = len(crops) - 1
    crop = augment(
        crops.images[row], crops.keypoints[row], crops.boxes[row], 64, AugmentConfig(), np.random.default_rng()
    )
    assert crop.image.shape == (64, 64, 3)
    assert np.isnan(crop.keypoints).all()


def test_positions_vary_as_much_as_the_settings_say() -> None:
    image, keypoints = dotted_face()
    box = tight_boxes(keypoints[None])[0]
    config = dataclasses.replace(AugmentConfig(appearance=NO_CHANGE), coarse_share=1.0, flip=0.0)
    crops = [augment(image, keypoints, box, 32, config, np.random.default_rng(seed)) for seed in range(400)]
    eyes = np.stack([crop.keypoints[45] - crop.keypoints[36] for crop in crops])
    assert np.std(np.degrees(np.arctan2(eyes[:, 1], eyes[:, 0]))) == pytest.approx(config.coarse.roll, rel=0.15)
    assert np.std(np.log(np.hypot(*eyes.T))) == pytest.approx(config.coarse.scale, rel=0.15)


@pytest.mark.parametrize("change", [field.name for field in dataclasses.fields(AppearanceConfig)])
def test_each_change_of_looks(change: str) -> None:
    image = np.ascontiguousarray(astronaut()[60:188, 160:288])
    before = image.copy()
    config = dataclasses.replace(NO_CHANGE, **{change: 1.0})
    changed = [vary_appearance(image, config, np.random.default_rng(seed)) for seed in range(6)]
    np.testing.assert_array_equal(image, before)
    assert all(result.shape == image.shape and result.dtype == np.uint8 for result in changed)
    assert all((result != image).any() for result in changed)
    again = vary_appearance(image, config, np.random.default_rng(3))
    np.testing.assert_array_equal(again, changed[3])


def test_no_change_of_looks_gives_the_same_picture() -> None:
    image = astronaut()[60:188, 160:288]
    np.testing.assert_array_equal(vary_appearance(image, NO_CHANGE, np.random.default_rng(0)), image)
