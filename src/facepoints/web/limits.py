"""Decoding pictures of strangers: what is too large is refused by its header, before anything is decoded."""

from __future__ import annotations

from facepoints import images
from facepoints.arrays import Image
from facepoints.errors import ImageError
from facepoints.image_header import SIGNATURE_LENGTH, identify, read_header
from facepoints.web.problems import Problem

__all__ = ["MAX_SCANS", "decode"]

MAX_SCANS = 40
"""Of a progressive JPEG. Usual files have about ten; each scan costs the time of a whole picture, so that a small file
of a thousand would keep a thread busy for minutes."""


def decode(data: bytes, max_pixels: int) -> Image:
    """A picture file as an RGB ``uint8`` array ``(H, W, 3)``, upright.

    Args:
        data: of the file.
        max_pixels: refuse pictures with more.

    Raises:
        Problem: no picture, damaged, or too large.
    """
    if identify(data[:SIGNATURE_LENGTH]) is None:
        formats = ", ".join(images.READABLE_FORMATS)
        raise Problem("unsupported-type", f"The upload is no picture. Pictures are {formats}")
    try:
        header = read_header(data)
        if header.width * header.height > max_pixels:
            raise Problem(
                "too-many-pixels",
                f"The picture has {header.width} x {header.height} pixels; at most {max_pixels} are read. "
                "Make it smaller first",
            )
        if header.scans > MAX_SCANS:
            raise Problem(
                "damaged-image", f"The JPEG has {header.scans} scans; at most {MAX_SCANS} are read. Save it anew"
            )
        return images.read(data)
    except ImageError as error:
        raise Problem("damaged-image", str(error).removeprefix("picture from memory: ")) from error
