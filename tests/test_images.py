"""Pillow is the second opinion here: an independent decoder for the same files."""

import io
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import PIL.Image
import PIL.ImageOps
import pytest

from facepoints import images
from facepoints.errors import ImageError, InputError
from facepoints.image_header import read_header

WIDTH, HEIGHT = 48, 32


def smooth_picture(width: int = WIDTH, height: int = HEIGHT) -> PIL.Image.Image:
    """Without sharp edges, so that two JPEG decoders agree within a rounding error."""
    noise = np.random.default_rng(0).integers(0, 256, (4, 6, 3), dtype=np.uint8)
    return PIL.Image.fromarray(cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC))


def file_of(picture: PIL.Image.Image, kind: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def by_pillow(data: bytes) -> np.ndarray:
    picture = PIL.ImageOps.exif_transpose(PIL.Image.open(io.BytesIO(data)))
    if "A" in picture.mode or "transparency" in picture.info:
        ground = PIL.Image.new("RGBA", picture.size, "white")
        ground.alpha_composite(picture.convert("RGBA"))
        picture = ground
    return np.asarray(picture.convert("RGB"))


def picture_of_mode(mode: str) -> PIL.Image.Image:
    picture = smooth_picture()
    if mode.endswith("A"):
        picture = picture.convert(mode.removesuffix("A"))
        picture.putalpha(
            PIL.Image.fromarray(np.linspace(0, 255, WIDTH * HEIGHT).reshape(HEIGHT, WIDTH).astype("uint8"))
        )
        return picture
    return picture.convert(mode)


def assert_same(actual: np.ndarray, expected: np.ndarray, tolerance: int = 2) -> None:
    assert actual.dtype == np.uint8
    assert actual.shape == expected.shape
    assert np.abs(actual.astype(int) - expected).max() <= tolerance


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("JPEG", "RGB"),
        ("JPEG", "L"),
        ("PNG", "RGB"),
        ("PNG", "P"),
        ("PNG", "RGBA"),
        ("WEBP", "RGB"),
        ("WEBP", "RGBA"),
        ("TIFF", "RGB"),
        ("TIFF", "L"),
        ("TIFF", "RGBA"),
    ],
)
def test_exif_orientation(kind: str, mode: str, orientation: int) -> None:
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    options = {"lossless": True} if kind == "WEBP" else {}
    data = file_of(picture_of_mode(mode), kind, exif=exif, **options)
    assert_same(images.read(data), by_pillow(data))


@pytest.mark.parametrize("orientation", [0, 9, 77])
def test_orientation_of_no_meaning_is_ignored(orientation: int) -> None:
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    assert images.read(file_of(smooth_picture(), "JPEG", exif=exif)).shape == (HEIGHT, WIDTH, 3)


@pytest.mark.parametrize(
    ("kind", "mode", "options"),
    [
        ("JPEG", "CMYK", {}),
        ("JPEG", "RGB", {"progressive": True}),
        ("JPEG", "RGB", {"subsampling": 0, "quality": 100}),
        ("PNG", "1", {}),
        ("PNG", "L", {}),
        ("PNG", "LA", {}),
        ("PNG", "P", {"transparency": 3}),
        ("PNG", "RGB", {"transparency": (0, 0, 0)}),
        ("BMP", "1", {}),
        ("BMP", "L", {}),
        ("BMP", "P", {}),
        ("BMP", "RGB", {}),
        ("TIFF", "1", {}),
        ("TIFF", "P", {}),
        ("TIFF", "CMYK", {}),
        ("TIFF", "RGB", {"compression": "tiff_lzw"}),
        ("TIFF", "RGB", {"compression": "jpeg"}),
    ],
)
def test_kinds_of_pixels(kind: str, mode: str, options: dict[str, Any]) -> None:
    data = file_of(picture_of_mode(mode), kind, **options)
    assert_same(images.read(data), by_pillow(data))


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_16_bits_are_scaled_to_8(kind: str) -> None:
    values = np.array([[0, 257, 300, 32768, 65406, 65535]], dtype=np.uint16)
    data = file_of(PIL.Image.fromarray(values), kind)
    assert images.read(data)[0, :, 0].tolist() == [0, 1, 1, 128, 254, 255]


def test_16_bits_with_alpha() -> None:
    pixels = np.array([[[10, 20, 30, 255], [10, 20, 30, 0]]], dtype=np.uint16) * 257  # BGRA
    assert images.read(cv2.imencode(".png", pixels)[1].tobytes()).tolist() == [[[30, 20, 10], [255, 255, 255]]]


@pytest.mark.parametrize("suffix", images.SUFFIXES)
def test_one_pixel(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"one{suffix}"
    images.write(path, np.array([[[200, 100, 50]]], dtype=np.uint8))
    assert_same(images.read(path), np.array([[[200, 100, 50]]]), tolerance=4)


def test_very_large_picture() -> None:
    pixels = np.full((9000, 12000), 90, dtype=np.uint8)
    assert images.read(cv2.imencode(".jpg", pixels)[1].tobytes()).shape == (9000, 12000, 3)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "TIFF"])
def test_too_many_pixels_are_refused_before_decoding(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = file_of(smooth_picture(), kind)
    header = read_header(data)
    assert (header.width, header.height) == (WIDTH, HEIGHT)
    monkeypatch.setattr(images, "MAX_PIXELS", WIDTH * HEIGHT - 1)
    monkeypatch.setattr(images, "_decode", None)
    with pytest.raises(ImageError, match="48 x 32 pixels"):
        images.read(data)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("PNG", {}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
        ("BMP", {}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
    ],
)
def test_truncated_file(tmp_path: Path, kind: str, options: dict[str, Any], capfd: pytest.CaptureFixture[str]) -> None:
    data = file_of(smooth_picture(300, 200), kind, **options)
    path = tmp_path / "holiday.jpg"
    for length in (12, 40, len(data) // 2, len(data) - 3):
        path.write_bytes(data[:length])
        with pytest.raises(ImageError, match=r"holiday\.jpg: the file is truncated"):
            images.read(path)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "TIFF"])
def test_trailing_bytes_do_no_harm(kind: str) -> None:
    data = file_of(smooth_picture(), kind)
    np.testing.assert_array_equal(images.read(data + b"appended by a camera"), images.read(data))


def test_thumbnail_inside_a_jpeg_is_not_its_end() -> None:
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    thumbnail = file_of(smooth_picture(8, 8), "JPEG")
    exif_bytes = exif.tobytes() + thumbnail
    data = file_of(smooth_picture(), "JPEG", exif=exif_bytes)
    assert images.read(data).shape == (WIDTH, HEIGHT, 3)
    with pytest.raises(ImageError, match="truncated"):
        images.read(data[:-20])


def test_png_with_wrong_checksum(capfd: pytest.CaptureFixture[str]) -> None:
    data = bytearray(file_of(smooth_picture(), "PNG"))
    data[len(data) // 2] ^= 0xFF
    with pytest.raises(ImageError, match="damaged"):
        images.read(bytes(data))
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"Dear diary, today I took a photo", "this is no picture.*JPEG, PNG, WebP, BMP, TIFF"),
        (b"GIF89a" + bytes(20), "GIF files are not read.*JPEG, PNG, WebP, BMP, TIFF"),
        (bytes(4) + b"ftypheic" + bytes(20), "HEIC files are not read"),
        (bytes(4) + b"ftypisom" + bytes(20), "video files are not read"),
    ],
)
def test_no_picture(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)
    with pytest.raises(ImageError, match=rf"photo\.jpg: {message}"):
        images.read(path)


def test_floating_point_tiff() -> None:
    data = file_of(smooth_picture().convert("F"), "TIFF")
    with pytest.raises(ImageError, match="floating-point"):
        images.read(data)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match=r"nothing\.png: there is no such file"):
        images.read(tmp_path / "nothing.png")
    with pytest.raises(ImageError, match="this is a folder"):
        images.read(tmp_path)
    with pytest.raises(InputError, match="from a path or from bytes, not from int"):
        images.read(3)  # type: ignore[arg-type]


def test_random_damage_gives_a_picture_or_an_image_error() -> None:
    random = np.random.default_rng(1)
    for kind in ("JPEG", "PNG", "WEBP"):
        data = file_of(smooth_picture(), kind)
        for _ in range(100):
            damaged = bytearray(data)
            damaged[random.integers(2, min(len(data), 200))] = random.integers(0, 256)
            try:
                images.read(bytes(damaged))
            except ImageError as error:
                assert str(error).startswith("picture from memory: ")  # noqa: PT017


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif", ".TIFF"])
def test_lossless_round_trip(tmp_path: Path, suffix: str) -> None:
    pixels = np.asarray(smooth_picture())
    path = tmp_path / f"picture{suffix}"
    images.write(path, pixels)
    np.testing.assert_array_equal(images.read(path), pixels)
    np.testing.assert_array_equal(images.read(str(path)), pixels)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("suffix", [".jpg", ".webp"])
def test_quality_makes_the_file_larger(suffix: str) -> None:
    pixels = np.asarray(smooth_picture(200, 200))
    assert len(images.encode(pixels, suffix, quality=30)) < len(images.encode(pixels, suffix, quality=98))


def test_wrong_use_of_write(tmp_path: Path) -> None:
    pixels = np.asarray(smooth_picture())
    with pytest.raises(InputError, match=r"unknown ending '\.gif'.*\.jpg.*\.tiff"):
        images.write(tmp_path / "picture.gif", pixels)
    with pytest.raises(InputError, match="quality"):
        images.write(tmp_path / "picture.jpg", pixels, quality=0)
    with pytest.raises(InputError, match="uint8"):
        images.write(tmp_path / "picture.jpg", pixels.astype(float))  # type: ignore[arg-type]
    with pytest.raises(InputError, match="cannot be written as"):
        images.write(tmp_path / "picture.webp", np.zeros((1, 20_000, 3), dtype=np.uint8))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("mode", ["RGBA", "LA", "RGB", "L", "P"])
def test_rgba_keeps_transparency(mode: str) -> None:
    picture = picture_of_mode("RGBA").quantize(200) if mode == "P" else picture_of_mode(mode)
    np.testing.assert_array_equal(images.read_rgba(file_of(picture, "PNG")), np.asarray(picture.convert("RGBA")))


def test_rgba_is_for_png() -> None:
    with pytest.raises(ImageError, match=r"picture from memory: artwork must be a PNG file; this is JPEG"):
        images.read_rgba(file_of(smooth_picture(), "JPEG"))
    with pytest.raises(ImageError, match="no such file"):
        images.read_rgba("nothing.png")


def test_transparency_is_written_as_it_is_read(tmp_path: Path) -> None:
    artwork = np.random.default_rng(0).integers(0, 256, (5, 7, 4), dtype=np.uint8)

    images.write_rgba(tmp_path / "nose.png", artwork)

    np.testing.assert_array_equal(images.read_rgba(tmp_path / "nose.png"), artwork)


@pytest.mark.parametrize(
    ("name", "pixels", "message"),
    [
        ("nose.jpg", np.zeros((4, 4, 4), np.uint8), "nose.jpg: artwork is written as .png"),
        ("nose.png", np.zeros((4, 4, 3), np.uint8), r"artwork must be RGBA uint8 .*\(4, 4, 3\)"),
        ("nose.png", np.zeros((4, 4, 4)), "RGBA uint8 .*float64"),
        ("none/nose.png", np.zeros((4, 4, 4), np.uint8), "none"),
    ],
)
def test_what_is_no_artwork_is_not_written(tmp_path: Path, name: str, pixels: np.ndarray, message: str) -> None:
    with pytest.raises(InputError, match=message):
        images.write_rgba(tmp_path / name, pixels)
    assert list(tmp_path.iterdir()) == []
