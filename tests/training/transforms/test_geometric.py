import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

pytest.importorskip("torchvision")

from facepoints.datasets.torch_datasets import Sample
from facepoints.errors import InputError
from facepoints.geometry import apply_transform, face_crop_transform, tight_boxes, warp
from facepoints.scheme import MIRROR, POINT_COUNT
from facepoints.training.transforms import (
    FaceCrop,
    RandomCrop,
    RandomFlip,
    RandomQuarterTurn,
    RandomTurn,
    Rescale,
    Transform,
)
from tests.datasets.layouts import FACE, astronaut, photo_of
from tests.training.transforms.blobs import blob_centre, blob_sample

SIDES = st.integers(60, 150)
SEEDS = st.integers(0, 10**6)
TRANSFORMS = {
    "rescale, shape kept": st.builds(Rescale, st.integers(30, 300)),
    "rescale to a shape": st.builds(Rescale, st.tuples(st.integers(30, 300), st.integers(30, 300))),
    "crop": st.builds(RandomCrop, st.integers(50, 60)),
    "face crop": st.builds(FaceCrop, st.integers(64, 160), st.sampled_from([0.1, (0.0, 0.5), (0.15, 0.4)])),
    "flip": st.just(RandomFlip(1.0)),
    "quarter turn": st.just(RandomQuarterTurn(1.0)),
    "turn": st.builds(RandomTurn, st.floats(0, 180)),
}


@pytest.mark.parametrize("name", TRANSFORMS)
@given(data=st.data(), height=SIDES, width=SIDES, number=st.integers(0, POINT_COUNT - 1), seed=SEEDS)
def test_points_stay_on_what_they_mark(name: str, data: Any, height: int, width: int, number: int, seed: int) -> None:
    transform: Transform = data.draw(TRANSFORMS[name])
    result = transform(blob_sample(height, width, number, seed), np.random.default_rng(seed))
    found = blob_centre(result["image"])
    assume(found is not None)
    expected = result["keypoints"][MIRROR[number] if name == "flip" else number]
    np.testing.assert_allclose(found, expected, atol=0.1)
    assert result["keypoints"].dtype == np.float32
    assert result["image"].flags.c_contiguous


@given(height=st.integers(1, 12), width=st.integers(1, 12), seed=SEEDS)
def test_what_comes_back_to_where_it_was(height: int, width: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    sample: Sample = {
        "image": random.integers(0, 256, (height, width, 3), dtype=np.uint8),
        "keypoints": random.integers(-5, 20, (POINT_COUNT, 2)).astype(np.float32),
    }
    for circle in ([RandomFlip(1.0)] * 2, *([RandomQuarterTurn(1.0, (k,))] * n for k, n in ((1, 4), (2, 2), (3, 4)))):
        result = sample
        for number, transform in enumerate(circle, start=1):
            result = transform(result, random)
            assert number == len(circle) or (result["keypoints"] != sample["keypoints"]).any()
        np.testing.assert_array_equal(result["image"], sample["image"])
        np.testing.assert_array_equal(result["keypoints"], sample["keypoints"])


def test_flipped_eyes_keep_their_numbers() -> None:
    sample: Sample = {"image": astronaut(), "keypoints": FACE}
    flipped = RandomFlip(1.0)(sample)
    np.testing.assert_array_equal(flipped["image"], astronaut()[:, ::-1])
    np.testing.assert_allclose(flipped["keypoints"][36], [511 - FACE[45, 0], FACE[45, 1]])
    assert RandomFlip(0.0)(sample) is sample


@pytest.mark.parametrize(
    ("size", "shape", "point", "expected"),
    [
        (20, (10, 30), (0, 0), (0.5, 0.5)),  # the first pixel becomes four
        (20, (10, 30), (29.5, 9.5), (59.5, 19.5)),  # the border stays the border
        (5, (10, 30), (0.5, 0.5), (0, 0)),
        ((30, 15), (10, 30), (4, 4), (1.75, 13)),
        (10, (10, 30), (3.3, 4.4), (3.3, 4.4)),
    ],
)
def test_rescaling(
    size: int | tuple[int, int], shape: tuple[int, int], point: tuple[float, float], expected: tuple[float, float]
) -> None:
    keypoints = np.tile(np.float32(point), (POINT_COUNT, 1))
    result = Rescale(size)({"image": np.zeros((*shape, 3), np.uint8), "keypoints": keypoints})
    np.testing.assert_allclose(result["keypoints"], np.tile(expected, (POINT_COUNT, 1)), atol=1e-5)
    assert min(result["image"].shape[:2]) == size or result["image"].shape[:2] == size


def test_crops_are_parts_of_the_picture_and_every_place_is_drawn() -> None:
    image, keypoints = photo_of(3, size=12)
    corners = set()
    for seed in range(200):
        result = RandomCrop((10, 9))({"image": image, "keypoints": keypoints}, np.random.default_rng(seed))
        left, top = (round(float(value)) for value in keypoints[0] - result["keypoints"][0])
        np.testing.assert_array_equal(result["image"], image[top : top + 10, left : left + 9])
        corners.add((top, left))
    assert corners == {(top, left) for top in range(3) for left in range(4)}


def test_a_crop_larger_than_the_picture() -> None:
    image, keypoints = photo_of(3, size=100)
    with pytest.raises(InputError, match="cannot cut 224 x 224 pixels out of a picture of 100 x 100; put Rescale"):
        RandomCrop(224)({"image": image, "keypoints": keypoints})


def test_a_tight_face_crop_can_be_the_estimators() -> None:
    result = FaceCrop(128, 0.15)({"image": astronaut(), "keypoints": FACE})
    transform = face_crop_transform(tight_boxes(FACE[None])[0], 128)
    np.testing.assert_array_equal(result["image"], warp(astronaut(), transform, 128))
    np.testing.assert_allclose(result["keypoints"], apply_transform(transform, FACE), atol=1e-3)


def test_random_margins_lie_in_their_range() -> None:
    size, margins = 100, []
    for seed in range(300):
        crop = FaceCrop(size, (0.1, 0.4))({"image": astronaut(), "keypoints": FACE}, np.random.default_rng(seed))
        points = crop["keypoints"] + 0.5
        longer = float(np.ptp(points, axis=0).max())
        # The square around the box, which is the longer side wide both ways.
        middle = (points.min(axis=0) + points.max(axis=0)) / 2
        margins.append(np.concatenate([middle - longer / 2, size - middle - longer / 2]) / longer)
        assert size / 1.8 - 1e-3 <= longer <= size / 1.2 + 1e-3
    assert np.min(margins) == pytest.approx(0.1, abs=0.02)
    assert np.max(margins) > 0.6  # 0.1 on one side, so up to 0.7 on the other
    np.testing.assert_allclose(np.mean(margins, axis=0), 0.25, atol=0.03)


def test_face_crops_need_a_face_or_a_box() -> None:
    background: Sample = {"image": astronaut(), "keypoints": np.full((POINT_COUNT, 2), np.nan, np.float32)}
    with pytest.raises(InputError, match="FaceCrop needs the keypoints of a face"):
        FaceCrop(64)(background)
    box = np.float32([300, 20, 420, 150])
    result = FaceCrop(64, 0.15).cut(background, box, np.random.default_rng(0))
    np.testing.assert_array_equal(result["image"], warp(astronaut(), face_crop_transform(box, 64), 64))
    assert np.isnan(result["keypoints"]).all()


def test_turns_lie_in_their_range_to_both_sides() -> None:
    angles = []
    for seed in range(200):
        turned = RandomTurn(30)({"image": astronaut(), "keypoints": FACE}, np.random.default_rng(seed))["keypoints"]
        eyes, before = turned[45] - turned[36], FACE[45] - FACE[36]
        angles.append(math.degrees(math.atan2(eyes[1], eyes[0]) - math.atan2(before[1], before[0])))
    assert -30 <= min(angles) < -28
    assert 28 < max(angles) <= 30


def test_a_picture_too_large_to_turn() -> None:
    image = np.zeros((1, 33_000, 3), dtype=np.uint8)
    with pytest.raises(InputError, match=r"cannot turn a picture of more than 32,766 pixels a side; put Rescale"):
        RandomTurn()({"image": image, "keypoints": FACE})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Rescale(0), "size must be a number of pixels above 0"),
        (lambda: Rescale((10, 20, 30)), "size must be"),
        (lambda: RandomCrop(2.5), "size must be"),
        (lambda: FaceCrop(64, (0.3, 0.1)), "margin must be two numbers of 0 or more, the smaller one first"),
        (lambda: FaceCrop(64, -0.1), "margin must be"),
        (lambda: FaceCrop(64, float("nan")), "margin must be"),
        (lambda: FaceCrop((64, 64)), "the crop is square: size must be one number"),
        (lambda: RandomFlip(1.5), "probability must be from 0 to 1; got 1.5"),
        (lambda: RandomQuarterTurn(0.5, (0, 1)), "turns must be some of 1, 2 and 3"),
        (lambda: RandomTurn(200), "degrees must be from 0 to 180; got 200"),
    ],
)
def test_wrong_settings(make: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()
