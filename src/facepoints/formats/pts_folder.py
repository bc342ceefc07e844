"""Many ``.pts`` files in folders that follow the names of the pictures."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath

from facepoints.errors import InputError
from facepoints.faces import Faces
from facepoints.formats.details import Details
from facepoints.formats.pts import PtsWriter

__all__ = ["PtsFolderWriter"]

_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*)://")
_NO_FOLDERS = frozenset({"", ".", ".."})


class PtsFolderWriter:
    """:class:`facepoints.formats.PtsWriter` in folders: the face of ``people/ada.jpg`` goes to ``people/ada.pts``.

    No name leads out of the folder: ``/`` at the front, ``..`` and drive letters are dropped, and ``s3://bucket/a.jpg``
    goes to ``s3/bucket/a.pts``.

    Args:
        root: the folder, which is made.

    Raises:
        InputError: the folder cannot be made.
    """

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self._root = Path(root)
        self._writers: dict[Path, PtsWriter] = {}
        self._writer_of(self._root)

    def write(
        self,
        name: str,
        width: int,
        height: int,
        faces: Faces,
        details: Details | None = None,
        *,
        frame: int | None = None,
        time: float | None = None,
    ) -> None:
        """Write the files of a picture; its size and details have no place in them."""
        if len(faces):
            path = _below(name)
            self._writer_of(self._root / path.parent).write(path.name, width, height, faces, frame=frame)

    def close(self) -> None:
        """Nothing is left to write."""

    def _writer_of(self, folder: Path) -> PtsWriter:
        if folder not in self._writers:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except (OSError, ValueError) as error:  # ValueError: NUL in a name
                raise InputError(f"{folder}: the folder cannot be made: {error}") from error
            self._writers[folder] = PtsWriter(folder)
        return self._writers[folder]


def _below(name: str) -> PurePosixPath:
    """A path without ways out of the folder it is put below."""
    parts = _SCHEME.sub(r"\1/", name).replace("\\", "/").split("/")
    kept = [part for part in parts if part not in _NO_FOLDERS and not re.fullmatch("[A-Za-z]:", part)]
    return PurePosixPath(*kept) if kept else PurePosixPath("picture")
