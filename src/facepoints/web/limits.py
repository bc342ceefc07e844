"""Decoding pictures of strangers: what is too large is refused by its header, before anything is decoded."""

from __future__ import annotations

from facepoints import images
from facepoints.arrays import Image
from facepoints.errors import ImageError
from facepoints.image_header import SIGNATURE_LENGTH, identify, read_header
from facepoints.web.problems import Problem
from facepoints.web.queries import FinderQuery

__all__ = ["MAX_HAAR_PIXELS", "MAX_SCANS", "decode", "max_pixels"]

MAX_HAAR_PIXELS = 2_000_000
"""Haar detectors take seconds for a million pixels, the network 0.05; a picture of fifty million would keep a thread
busy for minutes."""

MAX_SCANS = 40
"""Of a progressive JPEG. Usual files have about ten; each scan costs the time of a whole picture, so that a small file
of a thousand would keep a thread busy for minutes."""


def max_pixels(query: FinderQuery, limit: int) -> int:
    """The largest picture that the detector of a request may get, in pixels, where others may get ``limit``."""
    return limit if query.detector == "network" else min(limit, MAX_HAAR_PIXELS)


def decode(data: bytes, limit: int) -> Image:
    """A picture file as an RGB ``uint8`` array ``(H, W, 3)``, upright.

    Args:
        data: of the file.
        limit: pictures with more pixels are refused.

    Raises:
        Problem: no picture, damaged, or too large.
    """
    if identify(data[:SIGNATURE_LENGTH]) is None:
        formats = ", ".join(images.READABLE_FORMATS)
        raise Problem("unsupported-type", f"The upload is no picture. Pictures are {formats}")
    try:
        header = read_header(data)
        if header.width * header.height > limit:
            raise Problem(
                "too-many-pixels",
                f"The picture has {header.width} x {header.height} pixels; at most {limit} are read. "
                "Make it smaller first",
            )
        if header.scans > MAX_SCANS:
            raise Problem(
                "damaged-image", f"The JPEG has {header.scans} scans; at most {MAX_SCANS} are read. Save it anew"
            )
        return images.read(data)
    except ImageError as error:
        raise Problem("damaged-image", str(error).removeprefix("picture from memory: ")) from error
