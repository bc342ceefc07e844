"""Text files with a path or URL on each line."""

from __future__ import annotations

import io
from collections.abc import Iterator

from facepoints.batch.sources.content import problem_of
from facepoints.batch.sources.opening import open_place
from facepoints.errors import InputError, MissingExtraError

__all__ = ["lines_of"]


def lines_of(place: str, name: str) -> Iterator[str]:
    """The lines of a list without blank ones and comments, which begin with ``#``.

    Args:
        place: path or URL of the list: UTF-8; other bytes are kept as ``os.fsdecode`` does.
        name: for messages.

    Raises:
        InputError: the list cannot be read, or is no text.
    """
    try:
        with open_place(place) as file, io.TextIOWrapper(file, "utf-8-sig", "surrogateescape") as lines:
            for line in lines:
                if "\0" in line:
                    raise InputError(f"{name}: this is no text file with a path or an address on each line")
                text = line.strip()
                if text and not text.startswith("#"):
                    yield text
    except (InputError, MissingExtraError):
        raise
    except Exception as error:
        raise InputError(f"{name}: this list cannot be read: {problem_of(error).reason}") from error
