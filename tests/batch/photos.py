"""Small photos of a face, and files that should be some but are not."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from facepoints import images
from tests.datasets.layouts import photo_of


def write_photos(folder: Path, count: int) -> list[Path]:
    """Small photos of one face each, every one a little different."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number:03}.jpg" for number in range(count)]
    for number, path in enumerate(paths):
        images.write(path, photo_of(number)[0])
    return paths


def huge_header() -> bytes:
    """A PNG file of 100 bytes that says it has 60,000 x 60,000 pixels."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunks = [_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(bytes(100))), _chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def write_broken(folder: Path) -> dict[str, str]:
    """Files that are no good: the name of each, and the kind of its error."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = images.encode(photo_of(1)[0], ".jpg")
    (folder / "text.jpg").write_text("no picture")
    (folder / "empty.png").write_bytes(b"")
    (folder / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "huge.png").write_bytes(huge_header())
    return {"text.jpg": "not_a_picture", "empty.png": "damaged", "cut.jpg": "damaged", "huge.png": "too_large"}
