"""What the tables of a video say about each face beside its points: head pose, ratios, blinks."""

from __future__ import annotations

from typing import Any

from facepoints.analysis import DETAIL_NAMES, details
from facepoints.faces import Faces
from facepoints.formats import Details, detail_columns
from facepoints.video.blinks import BlinkCounters

__all__ = ["Describer"]


class Describer:
    """Describes the tracked faces of one video, frame by frame; :func:`facepoints.video.process` takes it.

    Args:
        pose: tell yaw, pitch and roll.
        ratios: tell the aspect ratios, the measures of expressions and, in ``blinks``, how often the person has blinked
            so far.

    Attributes:
        columns: of tables, for :class:`facepoints.formats.Video`.
    """

    def __init__(self, *, pose: bool = False, ratios: bool = False) -> None:
        self._pose, self._ratios = pose, ratios
        self._blinks = BlinkCounters()
        wanted = {"pose": pose, "ratios": ratios}
        example: dict[str, Any] = {key: dict.fromkeys(DETAIL_NAMES[key]) for key in DETAIL_NAMES if wanted[key]}
        self.columns = detail_columns(example | ({"blinks": 0} if ratios else {}))

    def __call__(self, faces: Faces, size: tuple[int, int], time: float) -> Details:
        """The details of each face.

        Args:
            faces: with ``track_ids``.
            size: width and height of the frame in pixels.
            time: of the frame in seconds, later than that of the last one.

        Raises:
            InputError: ratios of faces without track ids, or a time that does not follow the last one.
        """
        rows: list[dict[str, Any]] = [*details(faces, size, pose=self._pose, ratios=self._ratios)]
        if self._ratios and rows:
            for row, blinks in zip(rows, self._blinks.update(faces, time), strict=True):
                row["blinks"] = blinks
        return rows
