"""Headers that lie about what decoding will take."""

import struct

import cv2
import numpy as np
import pytest

from facepoints.errors import ImageError
from facepoints.image_header import read_header

SMALL = np.full((8, 8, 3), 90, dtype=np.uint8)


def encoded(suffix: str, *flags: int) -> bytes:
    return bytes(cv2.imencode(suffix, SMALL, flags)[1])


def tiff(*entries: tuple[int, int, int, int]) -> bytes:
    """A TIFF file of these tags: number, type, how many values, value or place."""
    rows = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + rows + bytes(4)


SIZE = ((256, 4, 1, 8), (257, 4, 1, 8))


@pytest.mark.parametrize(("progressive", "scans"), [(0, 1), (1, 10)])
def test_scans_of_a_jpeg(progressive: int, scans: int) -> None:
    assert read_header(encoded(".jpg", cv2.IMWRITE_JPEG_PROGRESSIVE, progressive)).scans == scans


def test_a_jpeg_of_two_sizes() -> None:
    data = encoded(".jpg")
    start = data.index(b"\xff\xc0")
    (length,) = struct.unpack_from(">H", data, start + 2)
    frame = data[start : start + 2 + length]
    with pytest.raises(ImageError, match="damaged"):
        read_header(data[:start] + frame + data[start:])


def test_a_png_of_two_sizes() -> None:
    data = encoded(".png")
    header = data[8:33]
    with pytest.raises(ImageError, match="damaged"):
        read_header(data[:33] + header + data[33:])


def test_a_small_tiff() -> None:
    header = read_header(tiff(*SIZE))
    assert (header.width, header.height) == (8, 8)


@pytest.mark.parametrize(
    "entries",
    [
        [*SIZE, (256, 4, 1, 60_000)],  # two widths
        [*SIZE, (273, 1, 2**21, 8)],  # more strips than any picture has rows
        [*SIZE, (322, 4, 1, 2**16), (323, 4, 1, 2**15)],  # a tile of two billion pixels
    ],
)
def test_a_tiff_that_lies(entries: list[tuple[int, int, int, int]]) -> None:
    with pytest.raises(ImageError, match="damaged"):
        read_header(tiff(*entries))


def test_tags_that_nobody_reads_cost_nothing() -> None:
    many = ((number, 1, 2**31, 0) for number in range(1000, 1300))
    assert read_header(tiff(*SIZE, *many)).width == 8
