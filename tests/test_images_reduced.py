"""JPEG decoded at a part of its size: beside it, what averaging blocks of all its pixels gives."""

from typing import Any

import cv2
import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints import images
from facepoints.errors import ImageError, InputError
from facepoints.images import ReducedImage, read_reduced
from tests.test_images import file_of, smooth_picture

FACTORS = (2, 4, 8)
SIZES = [(203, 117), (200, 120), (89, 65)]
sizes = st.tuples(st.integers(1, 90), st.integers(1, 90))


def oriented(orientation: int) -> PIL.Image.Exif:
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    return exif


def block_means(image: np.ndarray, factor: int, offset: tuple[int, int]) -> np.ndarray:
    """Of an upright picture whose first block reaches ``offset`` over its left and upper edge, which is repeated."""
    (x, y), (height, width) = offset, image.shape[:2]
    bordered = cv2.copyMakeBorder(image, y, -(y + height) % factor, x, -(x + width) % factor, cv2.BORDER_REPLICATE)
    blocks = bordered.reshape(bordered.shape[0] // factor, factor, bordered.shape[1] // factor, factor, 3)
    return blocks.mean(axis=(1, 3))


@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_pixel_is_the_mean_of_its_block(orientation: int, size: tuple[int, int], factor: int) -> None:
    data = file_of(smooth_picture(*size), "JPEG", quality=95, exif=oriented(orientation))
    whole, reduced = images.read(data), read_reduced(data, factor)
    assert (reduced.factor, reduced.height, reduced.width) == (factor, *whole.shape[:2])
    expected = block_means(whole, factor, reduced.offset)
    assert (reduced.pixels.dtype, reduced.pixels.shape) == (np.uint8, expected.shape)
    assert np.abs(reduced.pixels - expected).mean() < 1.5


@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize(
    ("mode", "options"),
    [
        ("RGB", {"subsampling": 0}),
        ("RGB", {"subsampling": 2}),
        ("RGB", {"progressive": True}),
        ("L", {}),
        ("L", {"progressive": True}),
        ("CMYK", {"subsampling": 0}),
    ],
)
def test_kinds_of_jpeg(mode: str, options: dict[str, Any], factor: int) -> None:
    data = file_of(smooth_picture(203, 117).convert(mode), "JPEG", quality=95, **options)
    reduced = read_reduced(data, factor)
    assert np.abs(reduced.pixels - block_means(images.read(data), factor, (0, 0))).mean() < 1.5


@pytest.mark.parametrize(("kind", "factor"), [("PNG", 4), ("WEBP", 4), ("BMP", 4), ("TIFF", 4), ("JPEG", 1)])
def test_what_is_not_reduced_says_so(kind: str, factor: int) -> None:
    data = file_of(smooth_picture(), kind)
    reduced = read_reduced(data, factor)
    assert (reduced.factor, reduced.width, reduced.height, reduced.offset) == (1, 48, 32, (0, 0))
    np.testing.assert_array_equal(reduced.pixels, images.read(data))


@given(size=sizes, factor=st.sampled_from(FACTORS), orientation=st.integers(1, 8))
def test_the_way_back_leads_to_the_middle_of_each_block(size: tuple[int, int], factor: int, orientation: int) -> None:
    reduced = read_reduced(file_of(PIL.Image.new("L", size), "JPEG", exif=oriented(orientation)), factor)
    height, width = reduced.pixels.shape[:2]
    corners = reduced.in_full(np.array([[-0.5, -0.5], [width - 0.5, height - 0.5]])) + 0.5
    # Between them lie whole blocks, which cover the whole picture and reach over it by less than a block.
    np.testing.assert_array_equal(corners[1] - corners[0], [factor * width, factor * height])
    beyond = np.stack([-corners[0], corners[1] - [reduced.width, reduced.height]])
    assert beyond.min() >= 0
    assert (beyond.sum(axis=0) < factor).all()
    assert (beyond.min(axis=0) == 0).all()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_spot_is_where_it_was(orientation: int) -> None:
    pixels = np.zeros((61, 83), dtype=np.uint8)
    pixels[16:24, 40:48] = 255  # a whole block of the stored picture
    data = file_of(PIL.Image.fromarray(pixels), "JPEG", quality=95, exif=oriented(orientation))
    whole, reduced = images.read(data), read_reduced(data, 8)
    y, x = np.unravel_index(reduced.pixels[..., 0].argmax(), reduced.pixels.shape[:2])
    rows, columns = np.nonzero(whole[..., 0] > 128)
    np.testing.assert_array_equal(reduced.in_full(np.array([x, y])), [columns.mean(), rows.mean()])


def test_points_of_a_picture_that_is_not_reduced_stay() -> None:
    points = np.array([[[0.25, 7.5]]], dtype=np.float32)
    np.testing.assert_array_equal(ReducedImage.of(np.zeros((9, 9, 3), dtype=np.uint8)).in_full(points), points)


def test_truncated_and_too_large_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = file_of(smooth_picture(300, 200), "JPEG")
    with pytest.raises(ImageError, match="picture from memory: the file is truncated"):
        read_reduced(data[:-20], 8)
    monkeypatch.setattr(images, "MAX_PIXELS", 300 * 200 - 1)
    monkeypatch.setattr(images, "_decode", None)
    with pytest.raises(ImageError, match="300 x 200 pixels") as caught:
        read_reduced(data, 8)
    assert caught.value.kind == "too_large"


@pytest.mark.parametrize("factor", [0, 3, 16, -2, None, "2"])
def test_other_factors(factor: Any) -> None:
    with pytest.raises(InputError, match="factor must be 1, 2, 4 or 8"):
        read_reduced(file_of(smooth_picture(), "JPEG"), factor)
