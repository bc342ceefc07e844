from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch.utils.data import DataLoader  # noqa: E402

from facepoints.datasets.crops import FaceCrops  # noqa: E402
from facepoints.datasets.self_training import style_offsets  # noqa: E402
from facepoints.errors import InputError  # noqa: E402
from facepoints.geometry import apply_transform, face_crop_transform, tight_boxes, warp  # noqa: E402
from facepoints.scheme import mirrored  # noqa: E402
from facepoints.training.augment import TrainingCrop  # noqa: E402
from facepoints.training.data import DrawSampler, TrainingCrops, ValidationCrops, collate  # noqa: E402
from facepoints.training.loaders import start_worker  # noqa: E402
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
    crop, points, _ = ValidationCrops(FaceCrops([image], keypoints[None], boxes, ["300w"], ["300w/a"]), 128)[0]
    transform = face_crop_transform(boxes[0], 128)
    np.testing.assert_array_equal(crop, warp(image, transform, 128))
    np.testing.assert_array_equal(points, apply_transform(transform, keypoints))


def test_rows_of_a_source_are_drawn_as_their_weights_say() -> None:
    weights = np.array([1, 3, 5, 5], dtype=np.float32)
    sampler = DrawSampler(["300w", "300w", "ytf", "ytf"], {"300w": 0.6, "ytf": 0.4}, 20_000, 0, weights)
    shares = np.bincount([row for _, row in sampler], minlength=4) / 20_000
    np.testing.assert_allclose(shares, [0.15, 0.45, 0.2, 0.2], atol=0.02)


def test_labels_of_mirrored_crops_keep_their_style() -> None:
    """Labels that lie 0.1 outer-eye distances along the eyes from the truth do so in mirrored crops as well."""
    crops = face_crops(1, background=False)
    style = np.tile(np.array([0.1, 0.0], dtype=np.float32), (68, 1))
    labels = crops.keypoints + style_offsets(style, crops.keypoints)
    right = FaceCrops(crops.images, labels, crops.boxes, crops.sources, crops.groups)

    def mirror(image: Any, keypoints: Any, box: Any, size: int, random: Any) -> TrainingCrop:
        del box, random
        return TrainingCrop(image, mirrored(keypoints, size), True)

    size = crops.images[0].shape[1]
    _, plain, _ = TrainingCrops(crops, size, mirror, 0)[0, 0]
    _, styled, _ = TrainingCrops(right, size, mirror, 0, {"300w": style})[0, 0]
    np.testing.assert_allclose(styled, plain + style_offsets(style, plain), atol=1e-3)
    _, other, _ = TrainingCrops(right, size, mirror, 0, {"ytf": style})[0, 0]
    np.testing.assert_allclose(other, plain - style_offsets(style, plain), atol=1e-3)


def test_dead_zones_grow_with_the_crop_and_are_of_their_sources_alone() -> None:
    crops = face_crops(2)

    def enlarge(image: Any, keypoints: Any, box: Any, size: int, random: Any) -> TrainingCrop:
        del image, box, random
        return TrainingCrop(np.zeros((size, size, 3), dtype=np.uint8), keypoints * 1.5, False)

    zones = [TrainingCrops(crops, 64, enlarge, 0, None, given)[0, 0].dead_zone for given in (None, {"300w": 0.5})]
    assert zones == [0.0, pytest.approx(0.75)]
    assert TrainingCrops(crops, 64, enlarge, 0, None, {"ytf": 0.5})[0, 0].dead_zone == 0
    batch = collate([TrainingCrops(crops, 64, enlarge, 0, None, {"300w": 0.5})[0, row] for row in range(3)])
    torch.testing.assert_close(batch["dead_zone"], torch.tensor([0.75, 0.75, 0.0]))  # the last is background
