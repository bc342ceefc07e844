from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch.utils.data import DataLoader, Dataset  # noqa: E402

from facepoints.datasets.torch_datasets import PtsDataset, Sample, YouTubeFacesDataset  # noqa: E402
from facepoints.errors import ImageError  # noqa: E402
from tests.datasets.layouts import photo_of, write_pts_folder, write_ytf  # noqa: E402


def tensors(sample: Sample) -> dict[str, Any]:
    return {"image": torch.from_numpy(sample["image"]).permute(2, 0, 1), "keypoints": sample["keypoints"] / 160}


def test_samples_are_pictures_and_their_points(tmp_path: Path) -> None:
    dataset = PtsDataset(write_pts_folder(tmp_path, ["a", "b"]))
    assert isinstance(dataset, Dataset)
    assert len(dataset) == 2
    image, keypoints = photo_of(1)
    np.testing.assert_array_equal(dataset[1]["image"], image)
    np.testing.assert_allclose(dataset[1]["keypoints"], keypoints, atol=1e-3)
    dataset[1]["keypoints"][:] = 0  # a transform in place must not change the labels
    np.testing.assert_allclose(dataset[1]["keypoints"], keypoints, atol=1e-3)


@pytest.mark.parametrize("workers", [0, 2])
def test_in_a_loader_with_a_transform(tmp_path: Path, workers: int) -> None:
    write_ytf(tmp_path, {"Ada_Lovelace": 2, "Alan_Turing": 3})
    dataset = YouTubeFacesDataset(tmp_path, transform=tensors, exclude={"Ada_Lovelace"})
    (batch,) = DataLoader(dataset, batch_size=4, num_workers=workers)
    assert batch["image"].shape == (3, 3, 160, 160)
    assert batch["image"].dtype == torch.uint8
    np.testing.assert_allclose(batch["keypoints"][0] * 160, photo_of(103)[1], atol=1e-3)


def test_unreadable_picture(tmp_path: Path) -> None:
    dataset = PtsDataset(write_pts_folder(tmp_path, ["a"]))
    (tmp_path / "a.png").write_text("no picture")
    with pytest.raises(ImageError, match=r"a\.png"):
        dataset[0]
