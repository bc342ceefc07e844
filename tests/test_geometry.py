import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facepoints.geometry import (
    CROP_SCALE,
    apply_transform,
    box_iou,
    crop_transform,
    face_crop_transform,
    invert_transform,
    nms,
    oval_reach,
    roll_of,
    tight_boxes,
    upright_crop_transform,
    warp,
    wider_style_boxes,
)
from tests.random_faces import mean_face

COORDINATES = st.floats(-2000, 2000)
ANGLES = st.floats(-3.1, 3.1)
SIDES = st.floats(5, 3000)
SIZES = st.sampled_from([1, 64, 112, 128])


def random_boxes(seed: int, count: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    corner = random.uniform(0, 100, (count, 2))
    return np.concatenate([corner, corner + random.uniform(1, 80, (count, 2))], axis=1).astype(np.float32)


BOXES = st.builds(random_boxes, st.integers(0, 10**6), st.integers(0, 12))


def test_tight_boxes() -> None:
    points = np.zeros((2, 68, 2))
    points[0, 3], points[0, 9] = [-4, 2], [6, 5]
    points[1] += 7
    assert tight_boxes(points).tolist() == [[-4, 0, 6, 5], [7, 7, 7, 7]]
    assert tight_boxes(points).dtype == np.float32


def test_wider_style_boxes_add_a_quarter_of_the_height_above() -> None:
    points = np.array([[[0, 0], [6, 8], [-4, 2]], [[7, 7], [8, 9], [7, 8]]], dtype=np.float64)
    assert wider_style_boxes(points).tolist() == [[-4, -2, 6, 8], [7, 6.5, 8, 9]]
    assert wider_style_boxes(points).dtype == np.float32
    assert wider_style_boxes(points[:0]).shape == (0, 4)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([0, 0, 10, 10], [0, 0, 10, 10], 1.0),
        ([0, 0, 10, 10], [5, 0, 15, 10], 1 / 3),
        ([0, 0, 10, 10], [2, 2, 4, 4], 0.04),
        ([0, 0, 10, 10], [10, 0, 20, 10], 0.0),
        ([0, 0, 10, 10], [50, 50, 60, 60], 0.0),
        ([3, 3, 3, 3], [3, 3, 3, 3], 0.0),
    ],
)
def test_box_iou_of_known_boxes(first: list[float], second: list[float], expected: float) -> None:
    assert box_iou(np.array([first]), np.array([second])) == pytest.approx(expected)


@given(first=BOXES, second=BOXES)
def test_box_iou_is_symmetric_and_bounded(first: np.ndarray, second: np.ndarray) -> None:
    overlaps = box_iou(first, second)
    assert overlaps.shape == (len(first), len(second))
    np.testing.assert_allclose(overlaps, box_iou(second, first).T, atol=1e-6)
    assert ((overlaps >= 0) & (overlaps <= 1 + 1e-6)).all()
    np.testing.assert_allclose(np.diag(box_iou(first, first)), 1, atol=1e-5)


@given(boxes=BOXES, threshold=st.floats(0.05, 0.95), seed=st.integers(0, 1000))
def test_nms(boxes: np.ndarray, threshold: float, seed: int) -> None:
    scores = np.random.default_rng(seed).integers(0, 5, len(boxes)) / 4
    kept = nms(boxes, scores, threshold)
    assert (np.diff(scores[kept]) <= 0).all()
    overlaps = box_iou(boxes, boxes)
    assert (overlaps[np.ix_(kept, kept)][~np.eye(len(kept), dtype=bool)] <= threshold).all()
    for dropped in set(range(len(boxes))) - set(kept.tolist()):
        better = [index for index in kept if scores[index] >= scores[dropped]]
        assert (overlaps[dropped, better] > threshold).any()


def test_nms_keeps_the_earlier_of_equals() -> None:
    boxes = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [40, 40, 50, 50]], dtype=np.float32)
    assert nms(boxes, np.array([0.5, 0.5, 0.9]), 0.4).tolist() == [2, 0]
    assert nms(boxes[:0], np.zeros(0), 0.4).tolist() == []


@given(x=COORDINATES, y=COORDINATES, side=SIDES, roll=ANGLES, size=SIZES)
def test_crop_transform_maps_centre_side_and_roll(x: float, y: float, side: float, roll: float, size: int) -> None:
    transform = crop_transform(np.array([x, y]), side, roll, size)
    middle = (size - 1) / 2
    # The square's right-hand direction in the picture becomes the crop's.
    right_edge = [x + side / 2 * math.cos(roll), y + side / 2 * math.sin(roll)]
    mapped = apply_transform(transform, np.array([[x, y], right_edge]))
    np.testing.assert_allclose(mapped, [[middle, middle], [middle + size / 2, middle]], atol=0.01)


@given(x=COORDINATES, y=COORDINATES, side=SIDES, roll=ANGLES, size=SIZES, seed=st.integers(0, 1000))
def test_inverse_undoes_a_transform(x: float, y: float, side: float, roll: float, size: int, seed: int) -> None:
    transform = crop_transform(np.array([x, y]), side, roll, size)
    points = np.random.default_rng(seed).uniform(-1, 1, (3, 5, 2)) * side + [x, y]
    there = apply_transform(transform, points)
    assert there.shape == points.shape
    np.testing.assert_allclose(apply_transform(invert_transform(transform), there), points, atol=0.02, rtol=1e-4)


def test_face_crop_transform() -> None:
    transform = face_crop_transform(np.array([10, 20, 110, 70]), 130)
    assert apply_transform(transform, np.array([60.0, 45.0])).tolist() == [64.5, 64.5]
    assert transform[:, :2] == pytest.approx(np.eye(2) * 130 / (CROP_SCALE * 100))
    turned = face_crop_transform(np.array([10, 20, 110, 70]), 130, math.radians(90))
    assert apply_transform(turned, np.array([60.0, 45.0])).tolist() == [64.5, 64.5]
    assert turned[:, :2] == pytest.approx(np.array([[0, 1], [-1, 0]]) * 130 / (CROP_SCALE * 100))


@given(roll=ANGLES, distance=st.floats(1, 2000), x=COORDINATES, y=COORDINATES)
def test_roll_of_a_turned_mean_face(roll: float, distance: float, x: float, y: float) -> None:
    assert roll_of(mean_face((x, y), distance, roll)) == pytest.approx(roll, abs=1e-6)


def test_roll_is_clockwise_on_the_screen() -> None:
    keypoints = mean_face((0, 0), 100, math.radians(10))
    assert keypoints[45, 1] > keypoints[36, 1]  # the eye on the picture's right lies lower
    assert math.degrees(roll_of(keypoints)) == pytest.approx(10)


@given(roll=ANGLES, distance=st.floats(20, 2000), x=COORDINATES, y=COORDINATES, noise=st.integers(0, 1000))
def test_upright_crop_is_upright_and_centred(roll: float, distance: float, x: float, y: float, noise: int) -> None:
    jitter = np.random.default_rng(noise).normal(0, 0.05, (68, 2)) * distance
    keypoints = mean_face((x, y), distance, roll) + jitter
    mapped = apply_transform(upright_crop_transform(keypoints, 128), keypoints)
    assert roll_of(mapped) == pytest.approx(0, abs=1e-3)
    low, high = mapped.min(axis=0), mapped.max(axis=0)
    np.testing.assert_allclose((low + high) / 2, 63.5, atol=0.05)
    assert (high - low).max() == pytest.approx(128 / CROP_SCALE, abs=0.1)


def test_upright_crop_of_points_in_one_place() -> None:
    assert np.isfinite(upright_crop_transform(np.full((68, 2), 5.0), 128)).all()


def random_image(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


@pytest.mark.parametrize(("left", "top"), [(0, 0), (7, 3), (36, 24)])
def test_warp_without_scaling_cuts_out(left: int, top: int) -> None:
    image = random_image(40, 52)
    crop = warp(image, crop_transform(np.array([left + 7.5, top + 7.5]), 16, 0.0, 16), 16)
    np.testing.assert_array_equal(crop, image[top : top + 16, left : left + 16])


def test_warp_is_black_outside_the_picture() -> None:
    image = np.full((20, 20, 3), 255, dtype=np.uint8)
    crop = warp(image, crop_transform(np.array([-0.5, 9.5]), 20, 0.0, 20), 20)
    assert not crop[:, :10].any()
    assert (crop[:, 10:] == 255).all()
    assert not warp(image, crop_transform(np.array([900.0, 900.0]), 20, 0.0, 20), 20).any()
    assert not warp(image, crop_transform(np.array([900.0, 900.0]), 200, 0.0, 20), 20).any()


@pytest.mark.parametrize("factor", [2, 4, 8])
def test_warp_at_a_whole_factor_averages_blocks(factor: int) -> None:
    size = 12
    image = random_image(size * factor, size * factor, seed=factor)
    centre = (size * factor - 1) / 2
    crop = warp(image, crop_transform(np.array([centre, centre]), size * factor, 0.0, size), size)
    means = image.reshape(size, factor, size, factor, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(crop, means, atol=0.51 * np.log2(factor))  # each halving rounds


@pytest.mark.parametrize("factor", [3, 5, 6, 7])
def test_warp_at_other_factors_averages_too(factor: int) -> None:
    """Noise has half of its spread after one halving, a quarter after two."""
    size, halvings = 24, factor.bit_length() - 1
    image = random_image(size * factor, size * factor, seed=factor)
    centre = (size * factor - 1) / 2
    crop = warp(image, crop_transform(np.array([centre, centre]), size * factor, 0.0, size), size)
    assert crop.std() < 1.1 * image.std() / 2**halvings
    assert abs(crop.mean() - image.mean()) < 2


@settings(max_examples=30, deadline=None)
@given(
    shrink=st.floats(1.2, 9), roll=ANGLES, x=st.floats(-60, 360), y=st.floats(-60, 260), size=st.sampled_from([32, 64])
)
def test_warp_puts_every_pixel_where_the_transform_says(
    shrink: float, roll: float, x: float, y: float, size: int
) -> None:
    """A picture whose colours are its coordinates shows where each pixel of the crop comes from."""
    width, height = 300, 200
    rows, columns = np.indices((height, width))
    image = np.stack([columns * 255 / width, rows * 255 / height, np.full_like(rows, 255)], axis=2).astype(np.uint8)
    transform = crop_transform(np.array([x, y]), size * shrink, roll, size)
    crop = warp(image, transform, size).astype(float)
    rows, columns = np.indices((size, size))
    source = apply_transform(invert_transform(transform), np.stack([columns, rows], axis=-1))
    margin = 2 * shrink + 1
    inside = ((source >= margin) & (source <= np.array([width, height]) - 1 - margin)).all(axis=-1)
    expected = source * 255 / [width, height]
    np.testing.assert_allclose(crop[inside][:, :2], expected[inside], atol=2.5)
    assert (crop[inside][:, 2] == 255).all()
    outside = ((source < -margin) | (source > np.array([width, height]) - 1 + margin)).any(axis=-1)
    assert not crop[outside].any()


def test_warp_of_a_square_far_larger_than_the_picture() -> None:
    image = np.full((300, 200, 3), 255, dtype=np.uint8)
    crop = warp(image, crop_transform(np.array([100.0, 150.0]), 1e7, 0.0, 64), 64)  # 156,250 pixels a pixel
    assert crop.shape == (64, 64, 3)
    assert (crop == 0).mean() > 0.99


def test_warp_of_a_picture_wider_than_opencv_takes() -> None:
    image = np.zeros((40, 40_000, 3), dtype=np.uint8)
    image[:, -40:] = np.random.default_rng(0).integers(0, 256, (40, 40, 3))
    crop = warp(image, crop_transform(np.array([39_979.5, 19.5]), 40, 0.0, 40), 40)
    np.testing.assert_array_equal(crop, image[:, -40:])


def test_reach_of_turned_ovals() -> None:
    half = np.array([[3.0, 4.0], [3.0, 4.0], [5.0, 5.0]])
    np.testing.assert_allclose(oval_reach(half, np.radians([0, 90, 33])), [[3, 4], [4, 3], [5, 5]])
    np.testing.assert_allclose(oval_reach(half[:1], np.radians(45)), [[12.5**0.5, 12.5**0.5]])
