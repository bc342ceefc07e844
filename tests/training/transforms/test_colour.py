from typing import Any

import numpy as np
import pytest

pytest.importorskip("torchvision")

from facepoints.datasets.torch_datasets import Sample
from facepoints.errors import InputError
from facepoints.training.transforms import ColourJitter, Grey, RandomGamma
from tests.datasets.layouts import FACE, photo_of


def evenly(*colour: int) -> Sample:
    return {"image": np.full((4, 5, 3), colour, dtype=np.uint8), "keypoints": FACE}


@pytest.mark.parametrize(("colour", "level"), [((255, 0, 0), 76), ((0, 255, 0), 149), ((7, 7, 7), 7)])
def test_grey(colour: tuple[int, int, int], level: int) -> None:
    result = Grey()(evenly(*colour))
    np.testing.assert_allclose(result["image"], np.full((4, 5, 3), level), atol=1)
    assert result["keypoints"] is FACE
    sample = evenly(*colour)
    assert Grey(0.0)(sample) is sample


@pytest.mark.parametrize(("gamma", "level"), [(0.5, 181), (1.0, 128), (2.0, 64)])
def test_gamma(gamma: float, level: int) -> None:
    result = RandomGamma((gamma, gamma))(evenly(0, 128, 255))
    assert result["image"].shape == (4, 5, 3)
    np.testing.assert_allclose(result["image"][0, 0], [0, level, 255], atol=1)


def test_gammas_lie_in_their_range_half_of_them_lightening() -> None:
    sample = evenly(128, 128, 128)
    random = np.random.default_rng(0)
    levels = [RandomGamma((0.5, 2.0))(sample, random)["image"][0, 0, 0] for _ in range(1000)]
    powers = np.log(np.array(levels) / 255) / np.log(128 / 255)
    # Brightness comes in whole levels.
    assert 0.48 < powers.min() < 0.52
    assert 1.94 < powers.max() < 2.04
    assert np.mean(powers < 1) == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize("name", ["brightness", "contrast", "saturation", "hue"])
def test_each_colour_change(name: str) -> None:
    none = {"brightness": 0.0, "contrast": 0.0, "saturation": 0.0, "hue": 0.0}
    image, keypoints = photo_of(0)
    result = ColourJitter(**{**none, name: 0.4})({"image": image, "keypoints": keypoints}, np.random.default_rng(2))
    assert (result["image"] != image).any()
    assert result["image"].flags.c_contiguous
    grey = evenly(90, 90, 90)
    changed = ColourJitter(**{**none, name: 0.4})(grey, np.random.default_rng(2))["image"]
    # All else leaves an even grey as it is, but for torchvision's rounding.
    assert (np.abs(changed.astype(int) - 90) > 1).any() == (name == "brightness")
    same = ColourJitter(**none)({"image": image, "keypoints": keypoints})
    np.testing.assert_array_equal(same["image"], image)


def test_brightness_factors_lie_in_their_range() -> None:
    jitter = ColourJitter(brightness=0.4, contrast=0, saturation=0)
    levels = [jitter(evenly(100, 100, 100), np.random.default_rng(seed))["image"][0, 0, 0] for seed in range(200)]
    assert 59 <= min(levels) <= 63
    assert 137 <= max(levels) <= 140
    darkest = ColourJitter(brightness=3, contrast=0, saturation=0)
    assert min(darkest(evenly(9, 9, 9), np.random.default_rng(seed))["image"].min() for seed in range(20)) == 0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Grey(-0.1), "probability must be from 0 to 1"),
        (lambda: RandomGamma((0.0, 1.0)), r"gamma must be two numbers of 0\.001 or more"),
        (lambda: ColourJitter(brightness=-1), "brightness must be 0 or more; got -1"),
        (lambda: ColourJitter(hue=0.6), r"hue must be from 0 to 0\.5; got 0\.6"),
    ],
)
def test_wrong_settings(make: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()
