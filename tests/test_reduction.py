"""Finding faces in JPEGs that are decoded smaller than they are stored."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints import FaceFinder, Faces, images
from facepoints.arrays import Image
from facepoints.detection import Detections, HaarDetector
from facepoints.geometry import CROP_SCALE, tight_boxes
from facepoints.images import ReducedImage
from facepoints.keypoints import Estimate
from facepoints.reduction import detections_in_full, estimate_in_full, harmless_factor, reduced_min_face

EYES = [36, 45]


@pytest.fixture(scope="module")
def photo(astronaut: Image) -> bytes:
    """The astronaut as a JPEG of 1801 x 1651 pixels, whose face has about 620."""
    large = cv2.resize(astronaut[20:432, :450], (1801, 1651), interpolation=cv2.INTER_CUBIC)
    return images.encode(np.asarray(large, dtype=np.uint8), ".jpg", 92)


def assert_near(actual: Faces, expected: Faces, mean: float) -> None:
    """Same number of faces; points within ``mean`` of the eye distance on average, boxes within a fiftieth."""
    assert len(actual) == len(expected) == 1
    distances = np.linalg.norm(actual.keypoints - expected.keypoints, axis=2)
    assert distances.mean() < mean * np.linalg.norm(np.diff(expected.keypoints[0, EYES], axis=0))
    assert np.abs(actual.boxes - expected.boxes).max() < (expected.boxes[0, 2] - expected.boxes[0, 0]) / 50
    np.testing.assert_allclose(actual.scores, expected.scores, atol=0.02)
    assert actual.keypoints.dtype == actual.boxes.dtype == np.float32


@pytest.mark.parametrize(
    ("min_face", "size", "factor"),
    [(20, 128, 1), (246, 128, 1), (247, 128, 2), (492, 128, 2), (493, 128, 4), (985, 128, 8), (1e6, 128, 8),
     (300, 192, 1), (400, 192, 2)],
)  # fmt: skip
def test_factor(min_face: float, size: int, factor: int) -> None:
    assert harmless_factor(min_face, size) == factor


def test_factor_of_finders() -> None:
    assert FaceFinder().reduction == 1
    assert FaceFinder(min_face=500).reduction == 4
    assert FaceFinder(HaarDetector(), min_face=500).reduction == 1


def test_smallest_face_in_reduced_pixels() -> None:
    pixels = np.zeros((4, 4, 3), dtype=np.uint8)
    assert reduced_min_face(501, ReducedImage(pixels, 4, 16, 16)) == 125
    assert reduced_min_face(3, ReducedImage(pixels, 8, 32, 32)) == 1
    assert reduced_min_face(501, ReducedImage.of(pixels)) is None


@pytest.mark.parametrize(("min_face", "factor"), [(250, 2), (500, 4)])
def test_a_large_photo_gives_the_same_face(photo: bytes, tmp_path: Path, min_face: int, factor: int) -> None:
    finder = FaceFinder(min_face=min_face)
    assert finder.reduction == factor
    expected = finder.find(images.read(photo))
    path = tmp_path / "photo.jpg"
    path.write_bytes(photo)
    assert_near(finder.find(path), expected, mean=0.005)
    assert_near(finder.find(images.read_reduced(photo, factor)), expected, mean=0.005)
    together = finder.find_batch([images.read(photo), photo])
    assert_near(together[0], expected, mean=1e-4)
    assert_near(together[1], expected, mean=0.005)


@pytest.mark.parametrize("orientation", [2, 3])
def test_what_is_stored_mirrored_or_upside_down(photo: bytes, orientation: int) -> None:
    pixels = images.read(photo)
    stored = np.ascontiguousarray(pixels[:, ::-1] if orientation == 2 else pixels[::-1, ::-1])
    data = with_orientation(images.encode(stored, ".jpg", 92), orientation)
    finder = FaceFinder(min_face=500)
    assert images.read_reduced(data, 4).offset == ((3, 0) if orientation == 2 else (3, 1))
    assert_near(finder.find(data), finder.find(images.read(data)), mean=0.005)


def with_orientation(jpeg: bytes, orientation: int) -> bytes:
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0" + bytes([orientation]) + bytes(6)
    return jpeg[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + jpeg[2:]


@pytest.mark.parametrize("min_face", [20, 500])
def test_arrays_are_as_they_are(astronaut: Image, min_face: int) -> None:
    finder = FaceFinder(min_face=min_face)
    png, expected = images.encode(astronaut, ".png"), finder.find(astronaut)
    np.testing.assert_array_equal(finder.find(png).keypoints, expected.keypoints)


@given(
    factor=st.sampled_from([2, 4, 8]),
    offset=st.tuples(st.integers(0, 7), st.integers(0, 7)),
    corner=st.tuples(st.floats(-50, 2000), st.floats(-50, 2000)),
    side=st.floats(1, 1000),
)
def test_boxes_and_points_go_back_together(
    factor: int, offset: tuple[int, int], corner: tuple[float, float], side: float
) -> None:
    picture = ReducedImage(np.zeros((1, 1, 3), dtype=np.uint8), factor, factor, factor, offset)
    points = np.random.default_rng(0).random((1, 68, 2)).astype(np.float32) * np.float32(side) + np.float32(corner)
    boxes = tight_boxes(points)
    found = detections_in_full(Detections(boxes, np.ones(1), boxes, np.ones(1)), picture)
    estimate = estimate_in_full(Estimate(points, np.ones((1, 68), dtype=np.float32)), picture)
    for mapped in (found.boxes, found.starts):
        np.testing.assert_allclose(mapped, tight_boxes(estimate.keypoints), rtol=1e-5, atol=1e-3)
    np.testing.assert_allclose(
        (estimate.keypoints + 0.5 + offset) / factor - 0.5, points, rtol=1e-5, atol=1e-3
    )  # edges of blocks lie on edges of pixels
    np.testing.assert_array_equal(found.rolls, 1)


def test_the_crop_of_the_smallest_face_is_not_enlarged(photo: bytes) -> None:
    finder = FaceFinder(min_face=500)
    box = finder.find(photo).boxes[0]
    starts = finder.detect(images.read(photo)).starts[0]
    share = np.max(starts[2:] - starts[:2]) / np.max(box[2:] - box[:2])
    assert finder.min_face * share * CROP_SCALE / finder.reduction >= finder.estimator.size
