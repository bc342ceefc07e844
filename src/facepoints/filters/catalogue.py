"""The filters that come with the package, by name."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from facepoints.errors import InputError
from facepoints.filters.definition import read_filter
from facepoints.filters.filter import Filter

__all__ = ["NAMES", "load"]

NAMES = ("sunglasses", "moustache", "straw-hat", "cat", "mask", "blur", "pixelate", "cover")
"""What :func:`load` knows by name."""

_ART = Path(__file__).parent / "art"


def load(name_or_folder: str | os.PathLike[str]) -> Filter:
    """The filter of this name, or the one that a folder of your own describes.

    A folder that has the name of a filter is given as ``./NAME``.

    Args:
        name_or_folder: one of ``NAMES``, or a folder with a ``filter.toml`` (see docs/filters.md).

    Raises:
        InputError: no such filter; or something is wrong with the folder: the message names the file, the key, the
            value and what it must be.
    """
    if not isinstance(name_or_folder, (str, os.PathLike)):
        raise InputError(f"a filter is loaded by name or from a folder, not from {type(name_or_folder).__name__}")
    if name_or_folder in NAMES:
        return _shipped(str(name_or_folder))
    folder = Path(name_or_folder)
    if not folder.exists():
        raise InputError(f"unknown filter {str(name_or_folder)!r}: neither a folder nor one of {', '.join(NAMES)}")
    return read_filter(folder)


@cache
def _shipped(name: str) -> Filter:
    # Its pictures in smaller sizes are kept with it.
    return read_filter(_ART / name)
