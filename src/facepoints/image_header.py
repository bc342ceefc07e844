"""What the first bytes of a picture file tell before anything is decoded.

The format, the size, the EXIF orientation, and whether the file ends where it should. Decoders fail late here: a
truncated JPEG comes back with grey rows, and a small file can ask for gigabytes of memory.

Sources: ITU-T T.81 (JPEG), CIPA DC-008 (EXIF), the PNG specification (W3C), the WebP container specification (Google),
TIFF 6.0 (Adobe) and its 64-bit variant BigTIFF.
"""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass

from facepoints.errors import ImageError

__all__ = ["SIGNATURE_LENGTH", "ImageHeader", "identify", "read_header"]

SIGNATURE_LENGTH = 12
"""So many bytes tell one format from the others."""

_EXIF_PREFIX = b"Exif\0\0"
_ORIENTATION_TAG = 0x0112
_WIDTH_TAG, _HEIGHT_TAG = 256, 257
_TILE_WIDTH_TAG, _TILE_HEIGHT_TAG = 322, 323
_PARTS = ((273, 279), (324, 325))
"""Tags with the places and lengths of strips, and of tiles."""
_ALPHA_TAG, _NUMBERS_TAG = 338, 339
_READ_TAGS = {
    _ORIENTATION_TAG, _WIDTH_TAG, _HEIGHT_TAG, _TILE_WIDTH_TAG, _TILE_HEIGHT_TAG, *_PARTS[0], *_PARTS[1], _ALPHA_TAG,
    _NUMBERS_TAG,
}  # fmt: skip

_MOST_VALUES = 2**20
"""Of one TIFF tag; strips are the most numerous, at most one for each row of pixels."""

_LARGEST_TILE = 2**24
"""Pixels; the tile of a small picture may be larger than the picture."""

# Inside a JPEG scan 0xFF is followed by 0 (a stuffed byte), a restart marker or another 0xFF; all else ends the scan.
_END_OF_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")

_TRUNCATED = "the file is truncated: its end is missing. Copy or download it again"
_DAMAGED = "the file is damaged. Copy or download it again"


@dataclass(frozen=True)
class ImageHeader:
    """What is known about a complete picture file.

    Attributes:
        format: "JPEG", "PNG", "WebP", "BMP" or "TIFF".
        width: of the stored picture in pixels, before it is turned.
        height: of the stored picture in pixels, before it is turned.
        orientation: EXIF orientation, 1 (upright) to 8; 1 where the file names none.
        premultiplied: whether the stored colours have been multiplied by alpha (TIFF's associated alpha).
        scans: passes over the picture that decoding takes; above 1 for progressive JPEG alone.
    """

    format: str
    width: int
    height: int
    orientation: int = 1
    premultiplied: bool = False
    scans: int = 1

    @property
    def upright_size(self) -> tuple[int, int]:
        """Width and height in pixels of the picture as :func:`facepoints.images.read` gives it."""
        lies = self.orientation > 4
        return (self.height, self.width) if lies else (self.width, self.height)


def identify(head: bytes) -> str | None:
    """The name of the supported format that a file beginning with ``head`` has, or None."""
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "WebP"
    if head.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return "TIFF"
    if head.startswith(b"BM"):
        return "BMP"
    return None


def read_header(data: bytes) -> ImageHeader:
    """Read the header of a whole picture file and check that the file is complete.

    Raises:
        ImageError: not a supported format, damaged, or truncated. The message does not name the file.
    """
    readers = {"JPEG": _read_jpeg, "PNG": _read_png, "WebP": _read_webp, "BMP": _read_bmp, "TIFF": _read_tiff}
    name = identify(data)
    if name is None:
        raise ImageError("this is no picture of a supported format", "not_a_picture")
    try:
        header = readers[name](data)
    except (struct.error, IndexError, OverflowError) as error:  # a place of 64 bits, far behind the end
        raise ImageError(_TRUNCATED) from error
    if header.width <= 0 or header.height <= 0:
        raise ImageError(_DAMAGED)
    return header


def _read_jpeg(data: bytes) -> ImageHeader:
    size = (0, 0)
    orientation = 1
    scans = 0
    position = 2
    while True:
        position = data.find(b"\xff", position)
        if position < 0:
            raise ImageError(_TRUNCATED)
        marker = data[position + 1]
        if marker == 0xFF:
            position += 1
            continue
        position += 2
        if marker == 0xD9:
            return ImageHeader("JPEG", *size, orientation, scans=scans)
        if marker in (0x00, 0x01) or 0xD0 <= marker <= 0xD8:
            continue
        (length,) = struct.unpack_from(">H", data, position)
        segment = data[position + 2 : position + length]
        position += length
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            if size != (0, 0):  # a decoder might take the first, which could be of any size
                raise ImageError(_DAMAGED)
            height, width = struct.unpack_from(">HH", segment, 1)
            size = (width, height)
        elif marker == 0xE1 and segment.startswith(_EXIF_PREFIX):
            orientation = _exif_orientation(segment)
        elif marker == 0xDA:
            scans += 1
            end = _END_OF_SCAN.search(data, position)
            if end is None:
                raise ImageError(_TRUNCATED)
            position = end.start()


def _read_png(data: bytes) -> ImageHeader:
    size = (0, 0)
    orientation = 1
    position = 8
    while True:
        length, kind = struct.unpack_from(">I4s", data, position)
        (checksum,) = struct.unpack_from(">I", data, position + 8 + length)
        chunk = memoryview(data)[position + 8 : position + 8 + length]
        # A capital first letter marks the chunks that a decoder cannot do without.
        if kind[:1].isupper() and zlib.crc32(chunk, zlib.crc32(kind)) != checksum:
            raise ImageError(_DAMAGED)
        if kind == b"IHDR":
            if size != (0, 0):
                raise ImageError(_DAMAGED)
            size = struct.unpack_from(">II", chunk)
        elif kind == b"eXIf":
            orientation = _exif_orientation(bytes(chunk))
        elif kind == b"IEND":
            return ImageHeader("PNG", *size, orientation)
        position += 12 + length


def _read_webp(data: bytes) -> ImageHeader:
    size = None
    orientation = 1
    (riff_length,) = struct.unpack_from("<I", data, 4)
    end = 8 + riff_length
    # Some writers count the last padding byte without writing it.
    if len(data) + 1 < end:
        raise ImageError(_TRUNCATED)
    position = 12
    while position + 8 <= min(end, len(data)):
        kind, length = struct.unpack_from("<4sI", data, position)
        chunk = data[position + 8 : position + 8 + length]
        if kind == b"EXIF":
            orientation = _exif_orientation(chunk)
        elif size is None:
            size = _webp_size(kind, chunk)
        position += 8 + length + length % 2
    if size is None:
        raise ImageError(_DAMAGED)
    return ImageHeader("WebP", *size, orientation)


def _webp_size(kind: bytes, chunk: bytes) -> tuple[int, int] | None:
    if kind == b"VP8X":
        return 1 + int.from_bytes(chunk[4:7], "little"), 1 + int.from_bytes(chunk[7:10], "little")
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", chunk, 6)
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", chunk, 1)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return None


def _read_bmp(data: bytes) -> ImageHeader:
    pixels_start, header_length = struct.unpack_from("<II", data, 10)
    if header_length == 12:
        width, height, _, bits = struct.unpack_from("<4H", data, 18)
        compression = 0
    else:
        width, height, _, bits, compression = struct.unpack_from("<iiHHI", data, 18)
    height = abs(height)  # negative: the rows go from top to bottom
    row_bytes = (width * bits + 31) // 32 * 4
    packed = compression in (0, 3, 6)  # others are run-length codes, whose size only decoding tells
    if packed and pixels_start + row_bytes * height > len(data):
        raise ImageError(_TRUNCATED)
    return ImageHeader("BMP", width, height)


def _read_tiff(data: bytes) -> ImageHeader:
    tags = _tiff_tags(data)
    for starts, lengths in _PARTS:
        for start, length in zip(tags.get(starts, ()), tags.get(lengths, ()), strict=False):
            if start + length > len(data):
                raise ImageError(_TRUNCATED)
    if any(kind == 3 for kind in tags.get(_NUMBERS_TAG, ())):
        raise ImageError(
            "TIFF pictures of floating-point numbers are not supported. Save it with 8 or 16 bits", "not_a_picture"
        )
    width, height = (tags.get(tag, (0,))[0] for tag in (_WIDTH_TAG, _HEIGHT_TAG))
    tile_width, tile_height = (tags.get(tag, (0,))[0] for tag in (_TILE_WIDTH_TAG, _TILE_HEIGHT_TAG))
    if tile_width * tile_height > max(width * height, _LARGEST_TILE):  # decoding would take memory for all of it
        raise ImageError(_DAMAGED)
    associated_alpha = tags.get(_ALPHA_TAG, ())[:1] == (1,)
    # OpenCV turns TIFF pictures itself, whatever flags it is given, so their orientation counts as dealt with.
    return ImageHeader("TIFF", width, height, premultiplied=associated_alpha)


def _exif_orientation(exif: bytes) -> int:
    """Orientation named by a block of EXIF data, 1 if it names none or is damaged (the picture may still be fine)."""
    try:
        (orientation,) = _tiff_tags(exif.removeprefix(_EXIF_PREFIX))[_ORIENTATION_TAG]
    except (struct.error, KeyError, ValueError, OverflowError, ImageError):
        return 1
    return orientation if 1 <= orientation <= 8 else 1


def _tiff_tags(data: bytes) -> dict[int, tuple[int, ...]]:
    """The tags of the first directory of a TIFF file that are read here; EXIF data has the same layout."""
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None:
        raise ImageError(_DAMAGED)
    big = struct.unpack_from(f"{order}H", data, 2)[0] == 43
    word = "Q" if big else "I"
    word_length = struct.calcsize(word)
    (directory,) = struct.unpack_from(order + word, data, 8 if big else 4)
    (count,) = struct.unpack_from(order + ("Q" if big else "H"), data, directory)
    first = directory + (8 if big else 2)
    tags: dict[int, tuple[int, ...]] = {}
    for index in range(count):
        entry = first + index * (4 + 2 * word_length)
        tag, kind, values = struct.unpack_from(f"{order}HH{word}", data, entry)
        code = {1: "B", 3: "H", 4: "I", 16: "Q"}.get(kind)
        if code is None or tag not in _READ_TAGS:
            continue
        if tag in tags or values > _MOST_VALUES:  # of two sizes, a decoder might take the other
            raise ImageError(_DAMAGED)
        position = entry + 4 + word_length
        layout = f"{order}{values}{code}"
        if values * struct.calcsize(code) > word_length:
            (position,) = struct.unpack_from(order + word, data, position)
        tags[tag] = struct.unpack_from(layout, data, position)
    return tags
