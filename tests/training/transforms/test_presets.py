import dataclasses
import pickle

import numpy as np
import pytest

pytest.importorskip("torchvision")

from facepoints.errors import InputError
from facepoints.geometry import tight_boxes
from facepoints.scheme import MIRROR
from facepoints.training.augment import AugmentConfig, TrainingCrop, augment
from facepoints.training.config import TrainConfig
from facepoints.training.data import ValidationCrops
from facepoints.training.transforms import TRANSFORMS, check_transforms
from tests.training.samples import face_crops
from tests.training.transforms.blobs import blob_centre, blob_sample


def drawn(name: str, row: int, seed: int) -> TrainingCrop:
    crops = face_crops()
    random = np.random.default_rng(seed)
    return TRANSFORMS[name](crops.images[row], crops.keypoints[row], crops.boxes[row], 48, random)


@pytest.mark.parametrize("name", TRANSFORMS)
def test_faces_and_background(name: str) -> None:
    last = len(face_crops()) - 1
    for row, is_face in ((0, True), (last, False)):
        crop = drawn(name, row, seed=1)
        assert (crop.image.shape, crop.image.dtype) == ((48, 48, 3), np.uint8)
        assert (crop.keypoints.shape, crop.keypoints.dtype) == ((68, 2), np.float32)
        assert (np.isfinite(crop.keypoints) == is_face).all()
        again, other = drawn(name, row, seed=1), drawn(name, row, seed=2)
        np.testing.assert_array_equal(again.image, crop.image)
        np.testing.assert_array_equal(again.keypoints, crop.keypoints)
        assert (other.image != crop.image).any() == (name != "none")


@pytest.mark.parametrize("name", TRANSFORMS)
def test_loader_processes_can_be_given_them(name: str) -> None:
    assert pickle.loads(pickle.dumps(TRANSFORMS[name])) is TRANSFORMS[name]


def test_the_default_is_augment() -> None:
    crops = face_crops()
    expected = augment(
        crops.images[2], crops.keypoints[2], crops.boxes[2], 48, AugmentConfig(), np.random.default_rng(4)
    )
    crop = drawn(TrainConfig().transforms, 2, seed=4)
    np.testing.assert_array_equal(crop.image, expected.image)
    np.testing.assert_array_equal(crop.keypoints, expected.keypoints)


def test_none_are_the_crops_of_validation() -> None:
    for row in (0, len(face_crops()) - 1):
        image, keypoints = ValidationCrops(face_crops(), 48)[row]
        np.testing.assert_array_equal(drawn("none", row, seed=0).image, image)
        np.testing.assert_array_equal(drawn("none", row, seed=0).keypoints, keypoints)


def test_points_of_the_course_stay_on_what_they_mark() -> None:
    number, seen, flipped = 36, 0, 0
    for seed in range(120):
        sample = blob_sample(140, 140, number, seed)
        if np.hypot(*(sample["keypoints"][number] - 69.5)) > 55:
            continue  # the turn would cut the blob off
        box = tight_boxes(sample["keypoints"][None])[0]
        crop = TRANSFORMS["course"](sample["image"], sample["keypoints"], box, 128, np.random.default_rng(seed))
        found = blob_centre(crop.image)
        if found is None:
            continue
        seen += 1
        straight, mirrored = (np.hypot(*(found - crop.keypoints[index])) for index in (number, MIRROR[number]))
        assert min(straight, mirrored) < 0.2
        flipped += mirrored < straight
    assert seen > 40
    assert 0.3 < flipped / seen < 0.7


def test_unknown_name() -> None:
    with pytest.raises(InputError, match="no transforms 'magic'; known are facepoints, occluded, course, none"):
        check_transforms("magic")


def test_the_help_names_them_all() -> None:
    text = next(field.metadata["help"] for field in dataclasses.fields(TrainConfig) if field.name == "transforms")
    assert all(name in text for name in TRANSFORMS)
