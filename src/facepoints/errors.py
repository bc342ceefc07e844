"""Errors for people: what was wrong, with which input, and what to do about it.

Every error that facepoints raises on purpose derives from :class:`FacepointsError`; the command line prints its text
without a traceback. Those about a wrong argument are a :class:`ValueError` as well, for ordinary code to catch.
"""

from __future__ import annotations

__all__ = [
    "DownloadError",
    "FacepointsError",
    "ImageError",
    "InputError",
    "LabelError",
    "MissingExtraError",
    "OutputError",
    "VideoError",
    "WeightsError",
]


class FacepointsError(Exception):
    """Base of all errors that facepoints raises on purpose."""


class InputError(FacepointsError, ValueError):
    """An argument has a wrong type, shape, range or name."""


class ImageError(FacepointsError):
    """A picture cannot be read: it is missing, damaged, or no picture at all.

    Attributes:
        kind: "missing", "unreadable" (no permission, a fault of the disk), "not_a_picture" (another kind of file, or a
            kind of picture that is not read), "damaged" (empty and truncated files too) or "too_large".
    """

    def __init__(self, message: str, kind: str = "damaged") -> None:
        super().__init__(message)
        self.kind = kind


class VideoError(FacepointsError):
    """A video, camera or stream cannot be read or written: it is missing, damaged, or no video at all.

    Attributes:
        kind: as of :class:`ImageError`, with "not_a_picture" for what is no video, or "unreachable" (the network).
    """

    def __init__(self, message: str, kind: str = "damaged") -> None:
        super().__init__(message)
        self.kind = kind


class LabelError(FacepointsError):
    """A label file (CSV, .pts, WIDER list) does not have the layout that it should have."""


class DownloadError(FacepointsError):
    """A data set cannot be downloaded: no connection, no such file, no space, or what came is damaged."""


class WeightsError(FacepointsError):
    """A weights file is missing, damaged, or made for something else."""


class OutputError(FacepointsError):
    """A result cannot be written: the disk is full or gone."""


class MissingExtraError(FacepointsError, ImportError):
    """A feature needs an optional dependency that is not installed."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(f"{feature} needs more packages. Install them with: pip install 'facepoints[{extra}]'")
        self.extra = extra
