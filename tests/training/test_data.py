from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch.utils.data import DataLoader  # noqa: E402

from facepoints.datasets.crops import FaceCrops  # noqa: E402
from facepoints.errors import InputError  # noqa: E402
from facepoints.geometry import apply_transform, face_crop_transform, tight_boxes, warp  # noqa: E402
from facepoints.training.data import DrawSampler, TrainingCrops, ValidationCrops, collate, start_worker  # noqa: E402
from facepoints.training.quiet import one_opencv_thread  # noqa: E402
from facepoints.training.transforms import TRANSFORMS  # noqa: E402
from tests.datasets.layouts import FACE, astronaut  # noqa: E402
from tests.training.samples import face_crops  # noqa: E402


def batches(crops: FaceCrops, epoch: int, workers: int) -> list[Any]:
    sampler = DrawSampler(list(crops.sources), {"300w": 0.7, "background": 0.3}, 24, seed=5)
    sampler.set_epoch(epoch)
    loader: Any = DataLoader(
        TrainingCrops(crops, 32, TRANSFORMS["facepoints"], seed=5),  # type: ignore[arg-type]
        batch_size=8,
        sampler=sampler,
        num_workers=workers,
        collate_fn=collate,
        worker_init_fn=start_worker,
        timeout=60 if workers else 0,  # an error instead of a hang
    )
    with one_opencv_thread():
        return list(loader)


def test_crops_depend_on_the_draw_alone() -> None:
    """Any number of workers gives the same crops. Loader processes forked beside OpenCV's threads would hang."""
    crops = face_crops()
    warp(astronaut(), np.eye(2, 3), 512)  # starts OpenCV's threads
    here, there = batches(crops, 0, workers=0), batches(crops, 0, workers=2)
    for first, second in zip(here, there, strict=True):
        assert torch.equal(first["crops"], second["crops"])
        assert torch.equal(first["keypoints"].nan_to_num(-1), second["keypoints"].nan_to_num(-1))
    assert not torch.equal(here[0]["crops"], batches(crops, 1, workers=0)[0]["crops"])


def test_batches() -> None:
    batch = batches(face_crops(), 0, workers=0)[0]
    assert (batch["crops"].shape, batch["crops"].dtype) == ((8, 32, 32, 3), torch.uint8)
    assert (batch["keypoints"].shape, batch["keypoints"].dtype) == ((8, 68, 2), torch.float32)
    eyes = batch["keypoints"][:, 45] - batch["keypoints"][:, 36]
    assert torch.equal(batch["scale"].nan_to_num(-1), eyes.norm(dim=1).nan_to_num(-1))


def test_sources_are_drawn_by_their_weights_and_rows_evenly() -> None:
    sampler = DrawSampler(["ytf"] * 8 + ["300w"] * 2, {"300w": 0.5, "ytf": 0.25, "background": 0.25}, 30_000, seed=0)
    draws = list(sampler)
    assert [number for number, _ in draws] == list(range(30_000))
    counts = np.bincount([row for _, row in draws], minlength=10) / 30_000
    np.testing.assert_allclose(counts, [1 / 24] * 8 + [1 / 3] * 2, atol=0.015)


def test_epochs_differ_and_repeat() -> None:
    sampler = DrawSampler(["300w"] * 50, {"300w": 1.0}, 40, seed=1)
    first = list(sampler)
    assert list(sampler) == first
    sampler.set_epoch(1)
    assert next(iter(sampler))[0] == 40
    assert [row for _, row in sampler] != [row for _, row in first]


def test_unknown_source() -> None:
    with pytest.raises(InputError, match="no weight for the source faces; known are 300w"):
        DrawSampler(["300w", "faces"], {"300w": 1.0}, 10, seed=0)


def test_validation_shows_the_crops_of_the_estimator() -> None:
    image, keypoints = astronaut(), FACE + np.float32(0.4)
    boxes = tight_boxes(keypoints[None])
    crop, points = ValidationCrops(FaceCrops([image], keypoints[None], boxes, ["300w"], ["300w/a"]), 128)[0]
    transform = face_crop_transform(boxes[0], 128)
    np.testing.assert_array_equal(crop, warp(image, transform, 128))
    np.testing.assert_array_equal(points, apply_transform(transform, keypoints))
