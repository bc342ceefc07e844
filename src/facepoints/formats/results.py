"""What a file of results says about one picture, or one frame of a video."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from facepoints.arrays import Array
from facepoints.faces import Faces
from facepoints.formats.details import Details
from facepoints.scheme import POINT_COUNT

__all__ = ["Result", "faces_of_columns", "frame_name"]


@dataclass(frozen=True)
class Result:
    """One picture or frame of a file of results.

    Attributes:
        image: name of the picture or video, as it stands in the file.
        faces: on it; may be empty.
        width: of the picture in pixels, or None where the file does not tell.
        height: of the picture in pixels, or None.
        frame: number of the frame in its video, from 0; None for a picture.
        time: when the frame is shown, in seconds; None for a picture.
        details: what else is known, one mapping a face; empty where nothing is.
        error: why the picture could not be read, in which case ``faces`` is empty; else None.
    """

    image: str
    faces: Faces
    width: int | None = None
    height: int | None = None
    frame: int | None = None
    time: float | None = None
    details: Details = ()
    error: str | None = None

    @property
    def name(self) -> str:
        """A name that no other frame has: ``clip.mp4#120``; for a picture, ``image``."""
        return frame_name(self.image, self.frame)


def frame_name(image: str, frame: int | None) -> str:
    """``clip.mp4#120`` for frame 120 of ``clip.mp4``; ``image`` itself without a frame."""
    return image if frame is None else f"{image}#{frame}"


def faces_of_columns(boxes: Array, scores: Array, points: Array, track_ids: np.ndarray | None) -> Faces:
    """The faces of some rows of a table.

    Args:
        boxes: ``(n, 4)``.
        scores: ``(n,)``.
        points: ``(n, 204)`` x, y and score of each point.
        track_ids: ``(n,)``, -1 for none; or None.

    Raises:
        InputError: one of them holds what is no finite number.
    """
    points = points.reshape(len(points), POINT_COUNT, 3)
    tracked = track_ids is not None and bool((track_ids >= 0).all())
    return Faces(
        boxes.astype(np.float32),
        scores.astype(np.float32),
        points[:, :, :2].astype(np.float32),
        points[:, :, 2].astype(np.float32),
        track_ids if tracked else None,
    )
