"""Pictures below the cell of a notebook."""

from __future__ import annotations

from typing import Any

from facepoints.arrays import Image
from facepoints.errors import MissingExtraError
from facepoints.images import encode

__all__ = ["show"]

_QUALITY = 90


def show(*pictures: Image, width: int | None = None) -> None:
    """Show pictures below the running cell, one below the other, as JPEG: as PNG, a notebook would take ten times the
    space.

    Args:
        pictures: RGB ``uint8``, ``(H, W, 3)``.
        width: at which each is shown, in pixels of the page; None for its own. It keeps all its pixels.

    Raises:
        InputError: not such a picture.
        MissingExtraError: IPython is not installed, which every notebook needs.
    """
    try:
        from IPython import display as untyped
    except ImportError as error:
        raise MissingExtraError("Showing pictures in a notebook", "notebooks") from error
    display: Any = untyped
    for picture in pictures:
        display.display(display.Image(encode(picture, ".jpg", _QUALITY), format="jpeg", width=width))
