"""Reading and writing pictures: the only place that decodes.

Everything else in this package works on RGB ``uint8`` arrays ``(H, W, 3)`` that already stand upright.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from facepoints.arrays import Array, Floats, Image, as_image
from facepoints.errors import ImageError, InputError
from facepoints.files import atomic_write
from facepoints.image_header import SIGNATURE_LENGTH, ImageHeader, identify, read_header

__all__ = [
    "MAX_PIXELS",
    "READABLE_FORMATS",
    "SUFFIXES",
    "ReducedImage",
    "encode",
    "read",
    "read_reduced",
    "read_rgba",
    "write",
    "write_rgba",
]

MAX_PIXELS = 200_000_000
"""Larger pictures are refused before they are decoded: a damaged or hostile header could ask for any amount of memory.
"""

READABLE_FORMATS = ("JPEG", "PNG", "WebP", "BMP", "TIFF")

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")
"""File name endings of pictures, in lower case: what :func:`write` knows, and what to look for in a folder."""

_OTHER_FORMATS = {b"GIF8": "GIF", b"%PDF": "PDF", b"\0\0\x01\0": "ICO", b"8BPS": "Photoshop", b"\xff\x0a": "JPEG XL"}

# How to turn the stored picture upright, for each EXIF orientation: transpose first, then flip (cv2's flip codes).
_UPRIGHT = {2: (False, 1), 3: (False, -1), 4: (False, 0), 5: (True, None), 6: (True, 1), 7: (True, -1), 8: (True, 0)}

_REDUCED = {
    2: cv2.IMREAD_REDUCED_GRAYSCALE_2,
    4: cv2.IMREAD_REDUCED_GRAYSCALE_4,
    8: cv2.IMREAD_REDUCED_GRAYSCALE_8,
}
"""Whatever their names say, they only reduce: ``IMREAD_ANYCOLOR`` keeps the colours."""

_BLOCK_ROWS = 256


@dataclass(frozen=True, eq=False)
class ReducedImage:
    """A picture that was decoded ``factor`` times smaller than it is stored: each pixel is about the mean of a block.

    Attributes:
        pixels: RGB ``uint8``, upright; an incomplete block at an edge gives a pixel, too.
        factor: 1, 2, 4 or 8: side of the blocks in pixels of the whole picture.
        width: of the whole picture in pixels.
        height: of the whole picture in pixels.
        offset: x, y: so far the first block reaches over the left and the upper edge of the whole picture, in pixels of
            it. Blocks begin where the stored picture does, which may be on the other side before it is turned upright.
    """

    pixels: Image
    factor: int
    width: int
    height: int
    offset: tuple[int, int] = (0, 0)

    @classmethod
    def of(cls, image: Image) -> ReducedImage:
        """A picture that is not reduced: its factor is 1."""
        return cls(image, 1, image.shape[1], image.shape[0])

    def in_full(self, points: Array) -> Floats:
        """Points ``(..., 2)`` from pixels of ``pixels`` to pixels of the whole picture."""
        # Edges of pixels scale, not their centres.
        shift = (self.factor - 1) / 2 - np.array(self.offset)
        return (points * float(self.factor) + shift).astype(np.float32)


def read(source: str | os.PathLike[str] | bytes) -> Image:
    """Decode a picture: JPEG, PNG, WebP, BMP or TIFF; of several pictures in one file the first.

    The picture is turned upright by its EXIF orientation. Grey, palette and CMYK pictures become RGB, 16 bits become 8,
    and what is transparent shows white. The format is told from the content; the file's name does not matter.

    Limits of the decoders: colour profiles are not applied, the alpha of grey TIFF pictures is ignored, and a JPEG with
    wrong bytes in its middle comes back with damaged pixels.

    Args:
        source: path of a file, or the bytes of one.

    Returns:
        RGB ``uint8``, ``(H, W, 3)``.

    Raises:
        ImageError: no such file, no picture, another format, truncated, damaged, or over ``MAX_PIXELS`` pixels. The
            message names the file.
        InputError: ``source`` is neither a path nor bytes.
    """
    return read_reduced(source, 1).pixels


def read_reduced(source: str | os.PathLike[str] | bytes, factor: int) -> ReducedImage:
    """Decode a JPEG at 1/2, 1/4 or 1/8 of its size, which saves much of the time and most of the memory; pictures of
    other formats are decoded as :func:`read` does, and come back with a factor of 1.

    libjpeg leaves out the high frequencies of each block of 8 x 8 pixels (scaled inverse DCT); the result differs by
    less than two grey levels on average from that of decoding all of it and averaging.

    Args:
        source: path of a file, or the bytes of one.
        factor: 1, 2, 4 or 8.

    Raises:
        ImageError: as of :func:`read`; ``MAX_PIXELS`` counts the pixels of the whole picture.
        InputError: ``source`` is neither a path nor bytes, or another factor.
    """
    if factor not in (1, *_REDUCED):
        raise InputError(f"factor must be 1, 2, 4 or 8; got {factor!r}")
    name, data = _load(source)
    try:
        header = _checked_header(data)
        if header.format != "JPEG" or factor == 1:
            return ReducedImage.of(_upright(_as_rgb(_decode(data, header), header), header.orientation))
        flags = _REDUCED[factor] | cv2.IMREAD_ANYCOLOR | cv2.IMREAD_IGNORE_ORIENTATION
        pixels = _upright(_as_rgb(_decode(data, header, flags), header), header.orientation)
    except ImageError as error:
        raise ImageError(f"{name}: {error}", error.kind) from error.__cause__
    width, height = header.upright_size
    beyond = factor * pixels.shape[1] - width, factor * pixels.shape[0] - height
    mirrored = _mirrored(header.orientation)
    return ReducedImage(pixels, factor, width, height, (beyond[0] * mirrored[0], beyond[1] * mirrored[1]))


def read_rgba(source: str | os.PathLike[str] | bytes) -> Image:
    """Decode a PNG picture with its transparency, for artwork.

    Args:
        source: path of a file, or the bytes of one.

    Returns:
        RGBA ``uint8``, ``(H, W, 4)``, colours not multiplied by alpha; opaque where the file has no alpha.

    Raises:
        ImageError: as of :func:`read`; and another format than PNG.
        InputError: ``source`` is neither a path nor bytes.
    """
    name, data = _load(source)
    try:
        header = _checked_header(data)
        if header.format != "PNG":
            raise ImageError(
                f"artwork must be a PNG file; this is {header.format}. Save it as PNG, with transparency",
                "not_a_picture",
            )
        pixels = _decode(data, header)
        if pixels.ndim == 3 and pixels.shape[2] == 4:
            pixels = _to_8_bits(pixels) if pixels.dtype == np.uint16 else pixels
            return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGBA), dtype=np.uint8)
        return np.asarray(cv2.cvtColor(_as_rgb(pixels, header), cv2.COLOR_RGB2RGBA), dtype=np.uint8)
    except ImageError as error:
        raise ImageError(f"{name}: {error}", error.kind) from error.__cause__


def _checked_header(data: bytes) -> ImageHeader:
    header = read_header(data)
    if header.width * header.height > MAX_PIXELS:
        raise ImageError(
            f"the picture has {header.width} x {header.height} pixels; more than {MAX_PIXELS // 10**6} million are "
            "refused. Make it smaller first",
            "too_large",
        )
    return header


def write(path: str | os.PathLike[str], image: Image, quality: int = 95) -> None:
    """Write a picture; the format follows from the ending of ``path``. Never leaves half a file.

    Args:
        path: ending in one of ``SUFFIXES``; its folder must exist.
        image: RGB ``uint8``, ``(H, W, 3)``.
        quality: 1 to 100, for JPEG and WebP.

    Raises:
        InputError: another ending, a folder that does not exist or cannot be written to, or not such an image.
    """
    data = encode(image, Path(path).suffix, quality)
    with atomic_write(path) as temporary:
        temporary.write_bytes(data)


def write_rgba(path: str | os.PathLike[str], image: Image) -> None:
    """Write a PNG picture with its transparency, for artwork; :func:`read_rgba` gives it back as it was.

    Args:
        path: ending in ``.png``; its folder must exist.
        image: RGBA ``uint8``, ``(H, W, 4)``, colours not multiplied by alpha.

    Raises:
        InputError: another ending, a folder that does not exist or cannot be written to, or not such an image.
    """
    pixels = np.asarray(image)
    if pixels.ndim != 3 or pixels.shape[2] != 4 or 0 in pixels.shape or pixels.dtype != np.uint8:
        raise InputError(f"artwork must be RGBA uint8 (H, W, 4); this array is {pixels.dtype} {pixels.shape}")
    if Path(path).suffix.lower() != ".png":
        raise InputError(f"{os.fspath(path)}: artwork is written as .png, which keeps the transparency")
    ok, data = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGBA2BGRA))
    if not ok:
        raise InputError(f"{os.fspath(path)}: this picture cannot be written as PNG")
    with atomic_write(path) as temporary:
        temporary.write_bytes(data.tobytes())


def encode(image: Image, suffix: str, quality: int = 95) -> bytes:
    """The bytes of a picture file.

    Args:
        image: RGB ``uint8``, ``(H, W, 3)``.
        suffix: one of ``SUFFIXES``, in lower or upper case.
        quality: 1 to 100, for JPEG and WebP.

    Raises:
        InputError: unknown suffix, quality out of range, or not such an image.
    """
    suffix = suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(f"unknown ending {suffix!r} for a picture; known are {', '.join(SUFFIXES)}")
    if not 1 <= quality <= 100:
        raise InputError(f"quality must be from 1 to 100; got {quality}")
    flags = {
        ".jpg": [cv2.IMWRITE_JPEG_QUALITY, quality],
        ".jpeg": [cv2.IMWRITE_JPEG_QUALITY, quality],
        ".webp": [cv2.IMWRITE_WEBP_QUALITY, quality],
    }
    height, width = as_image(image).shape[:2]
    try:
        ok, data = cv2.imencode(suffix, cv2.cvtColor(image, cv2.COLOR_RGB2BGR), flags.get(suffix, []))
    except cv2.error as error:
        raise InputError(f"a picture of {width} x {height} pixels cannot be written as {suffix}") from error
    if not ok:
        raise InputError(f"a picture of {width} x {height} pixels cannot be written as {suffix}")
    return data.tobytes()


def _load(source: object) -> tuple[str, bytes]:
    """The name for messages and the content of ``source``."""
    if isinstance(source, (bytes, bytearray, memoryview)):
        name, data = "picture from memory", bytes(source)
        _check_signature(name, data[:SIGNATURE_LENGTH])
        return name, data
    if not isinstance(source, (str, os.PathLike)):
        raise InputError(f"a picture is read from a path or from bytes, not from {type(source).__name__}")
    path = Path(source)
    if path.is_dir():
        raise ImageError(f"{path}: this is a folder. Give the path of a picture file", "not_a_picture")
    try:
        with path.open("rb") as file:
            head = file.read(SIGNATURE_LENGTH)
            _check_signature(str(path), head)
            return str(path), head + file.read()
    except FileNotFoundError as error:
        raise ImageError(f"{path}: there is no such file. Check the path", "missing") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ImageError(f"{path}: the file cannot be read: {reason}", "unreadable") from error


def _check_signature(name: str, head: bytes) -> None:
    if not head:
        raise ImageError(f"{name}: the file is empty. Copy or download it again")
    if identify(head) is not None:
        return
    found = next((label for start, label in _OTHER_FORMATS.items() if head.startswith(start)), None)
    if head[4:8] == b"ftyp":
        found = (
            "AVIF"
            if head[8:12] in (b"avif", b"avis")
            else "HEIC"
            if head[8:11] in (b"hei", b"hev", b"mif", b"msf")
            else "video"
        )
    what = f"{found} files are not read" if found else "this is no picture, whatever its name says"
    raise ImageError(f"{name}: {what}. Supported formats are {', '.join(READABLE_FORMATS)}", "not_a_picture")


def _decode(data: bytes, header: ImageHeader, flags: int = cv2.IMREAD_UNCHANGED) -> Array:
    """The stored pixels as OpenCV gives them: grey, BGR or BGRA, not turned (except TIFF)."""
    try:
        pixels = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), flags)
    except (cv2.error, MemoryError) as error:
        kind = "too_large" if isinstance(error, MemoryError) else "damaged"
        raise ImageError(f"this {header.format} file cannot be decoded ({error})", kind) from error
    if pixels is None:
        raise ImageError(f"this {header.format} file cannot be decoded. It is damaged or of a rare kind; save it anew")
    return np.asarray(pixels)


def _as_rgb(pixels: Array, header: ImageHeader) -> Image:
    premultiplied = header.premultiplied
    if pixels.dtype == np.uint16:
        pixels = _to_8_bits(pixels)
    elif header.format == "TIFF":
        # libtiff hands over 8-bit pixels that are multiplied by alpha in any case.
        premultiplied = True
    if pixels.dtype != np.uint8:
        raise ImageError(
            f"{header.format} pictures of {pixels.dtype} are not supported. Save it with 8 or 16 bits", "not_a_picture"
        )
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    if channels == 1:
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB), dtype=np.uint8)
    if channels == 3:
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB, dst=pixels), dtype=np.uint8)
    if channels == 4:
        return _over_white(pixels, premultiplied)
    raise ImageError(
        f"{header.format} pictures of {channels} channels are not supported. Save it as RGB", "not_a_picture"
    )


def _to_8_bits(pixels: Array) -> Image:
    """16 bits to 8, so that 65535 becomes 255, in blocks to spare memory."""
    result = np.empty(pixels.shape, dtype=np.uint8)
    for row in range(0, len(pixels), _BLOCK_ROWS):
        block = pixels[row : row + _BLOCK_ROWS].astype(np.uint32)
        result[row : row + _BLOCK_ROWS] = (block + 128) // 257
    return result


def _over_white(pixels: Image, premultiplied: bool) -> Image:
    """BGRA over a white ground to RGB, in blocks to spare memory."""
    result = np.empty((*pixels.shape[:2], 3), dtype=np.uint8)
    for row in range(0, len(pixels), _BLOCK_ROWS):
        block = pixels[row : row + _BLOCK_ROWS]
        colour = block[..., 2::-1].astype(np.uint32)
        alpha = block[..., 3:].astype(np.uint32)
        over = colour + (255 - alpha) if premultiplied else (colour * alpha + 255 * (255 - alpha) + 127) // 255
        result[row : row + _BLOCK_ROWS] = np.minimum(over, 255)
    return result


def _upright(image: Image, orientation: int) -> Image:
    if orientation not in _UPRIGHT:
        return image
    transposed, flip = _UPRIGHT[orientation]
    turned = cv2.transpose(image) if transposed else image
    return np.asarray(turned if flip is None else cv2.flip(turned, flip), dtype=np.uint8)


def _mirrored(orientation: int) -> tuple[bool, bool]:
    """Whether turning upright moves what is stored first to the right, and to the bottom."""
    _, flip = _UPRIGHT.get(orientation, (False, None))
    return flip in (1, -1), flip in (0, -1)
