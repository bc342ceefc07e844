"""What a writer of results is."""

from __future__ import annotations

from typing import Protocol

from facepoints.faces import Faces
from facepoints.formats.details import Details

__all__ = ["ResultWriter"]


class ResultWriter(Protocol):
    """Takes the faces of one picture after the other; get one from :func:`facepoints.formats.open_writer`."""

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
        """Add a picture.

        Args:
            name: of the picture, as it shall stand in the result: usually its path.
            width: of the picture in pixels.
            height: of the picture in pixels.
            faces: found on it; may be empty.
            details: what else is known of each face; formats that have no place for it leave it out.
            frame: its number from 0, if the picture is a frame of the video ``name``. Formats that have no place for
                it make it a part of the name: ``clip.mp4#120``.
            time: when this frame is shown, in seconds; formats that have no place for it leave it out.
        """
        ...

    def close(self) -> None:
        """Write what completes the result. Does not close the stream underneath."""
        ...
