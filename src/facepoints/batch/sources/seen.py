"""Which files and addresses have been found, so that none comes twice."""

from __future__ import annotations

import os
from functools import lru_cache
from hashlib import blake2b

from facepoints.batch.sources.names import is_url

__all__ = ["Seen"]


class Seen:
    """Remembers files and addresses, 100 bytes for each; links to the same file are the same."""

    def __init__(self) -> None:
        self._digests = set[bytes]()
        self._real_folder = lru_cache(maxsize=1000)(os.path.realpath)

    def is_new(self, place: str) -> bool:
        """Whether this path or URL comes for the first time."""
        digest = blake2b(os.fsencode(place if is_url(place) else self._real(place)), digest_size=16).digest()
        if digest in self._digests:
            return False
        self._digests.add(digest)
        return True

    def _real(self, path: str) -> str:
        folder, name = os.path.split(path)
        if os.path.islink(path) or name in ("", ".", ".."):  # noqa: PTH114 - pathlib takes a multiple of the time
            return os.path.realpath(path)
        return os.path.join(self._real_folder(folder), name)  # noqa: PTH118
