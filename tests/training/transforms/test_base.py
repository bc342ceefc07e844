from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("torchvision")

from torch.utils.data import DataLoader  # noqa: E402

from facepoints.datasets.torch_datasets import PtsDataset, Sample  # noqa: E402
from facepoints.errors import InputError  # noqa: E402
from facepoints.training.loaders import start_worker  # noqa: E402
from facepoints.training.quiet import one_opencv_thread  # noqa: E402
from facepoints.training.transforms import (  # noqa: E402
    ColourJitter,
    Compose,
    FaceCrop,
    Grey,
    RandomCrop,
    RandomFlip,
    RandomGamma,
    RandomQuarterTurn,
    RandomTurn,
    Rescale,
    ToTensors,
    Transform,
)
from tests.datasets.layouts import photo_of, write_pts_folder  # noqa: E402

EVERY = [
    Rescale(50),
    RandomCrop(90),
    FaceCrop(64),
    RandomFlip(1.0),
    RandomQuarterTurn(1.0),
    RandomTurn(),
    Grey(),
    RandomGamma(),
    ColourJitter(hue=0.1),
    ToTensors(),
]


@pytest.mark.parametrize("transform", EVERY, ids=lambda transform: type(transform).__name__)
def test_samples_stay_as_they_are_and_the_generator_decides(transform: Transform) -> None:
    image, keypoints = photo_of(1)
    sample: Any = {"image": image.copy(), "keypoints": keypoints.copy(), "name": "photo"}
    first, second = (transform(sample, np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(sample["image"], image)
    np.testing.assert_array_equal(sample["keypoints"], keypoints)
    assert first["name"] == "photo"
    assert first["image"].shape != image.shape or (first["image"] != image).any()
    np.testing.assert_array_equal(first["image"], second["image"])
    np.testing.assert_array_equal(first["keypoints"], second["keypoints"])


def test_all_draw_from_one_generator_in_turn() -> None:
    image, keypoints = photo_of(2)
    sample: Sample = {"image": image, "keypoints": keypoints}
    chain = (RandomTurn(), FaceCrop(64), RandomGamma())
    random = np.random.default_rng(3)
    expected: Any = sample
    for transform in chain:
        expected = transform(expected, random)
    result = Compose(chain)(sample, np.random.default_rng(3))
    np.testing.assert_array_equal(result["image"], expected["image"])
    np.testing.assert_array_equal(result["keypoints"], expected["keypoints"])


def test_without_a_generator_the_seed_of_torch_decides() -> None:
    image, keypoints = photo_of(2)
    torch.manual_seed(1)
    first, other = (RandomTurn()({"image": image, "keypoints": keypoints})["keypoints"] for _ in range(2))
    torch.manual_seed(1)
    again = RandomTurn()({"image": image, "keypoints": keypoints})["keypoints"]
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_in_a_loader(tmp_path: Path) -> None:
    """The course project's transforms; each process of the loader has chance of its own, that a seed repeats."""
    course = Compose((Rescale(250), RandomCrop(224), Grey(), ToTensors(channels=1)))
    # The same picture twice, each read by a process of its own.
    dataset = PtsDataset(write_pts_folder(tmp_path, ["a"]), transform=course)
    dataset.faces *= 2

    def batch() -> Any:
        seeded = torch.Generator().manual_seed(5)
        loader = DataLoader(dataset, num_workers=2, worker_init_fn=start_worker, generator=seeded, timeout=60)
        return torch.cat([batch["keypoints"] for batch in loader])

    with one_opencv_thread():
        first, again = batch(), batch()
    assert first.shape == (2, 68, 2)
    assert not torch.equal(first[0], first[1])
    assert torch.equal(first, again)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"image": torch.zeros(3, 8, 8)}, "an image must be a numpy array"),
        ({"image": np.zeros((8, 8), np.uint8)}, "an image must have shape"),
        ({"keypoints": np.zeros((5, 2), np.float32)}, r"keypoints must have shape \(68, 2\); got \(5, 2\)"),
    ],
)
def test_what_is_no_sample(changes: dict[str, Any], message: str) -> None:
    image, keypoints = photo_of(0)
    sample: Any = {"image": image, "keypoints": keypoints, **changes}
    with pytest.raises(InputError, match=message):
        RandomFlip()(sample)
