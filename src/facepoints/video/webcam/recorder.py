"""Recording what a show shows, as video files."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from facepoints.arrays import Image
from facepoints.errors import FacepointsError

if TYPE_CHECKING:
    from facepoints.video.writer import VideoWriter

__all__ = ["Recorder", "Recording"]


@dataclass(frozen=True)
class Recording:
    """A file that is being written, or complete.

    Attributes:
        path: of the file.
        seconds: its length so far.
    """

    path: Path
    seconds: float


class Recorder:
    """Writes MP4 files, one at a time; each appears under its name when it is complete.

    Args:
        folder: where they go; made when the first one begins.
        on_saved: is called with each file that is complete.
        on_problem: is called with what went wrong, for people; that recording is lost.

    Attributes:
        current: what is being recorded, or None.
        saved: the last file that was completed, or None.
        problem: what went wrong with the last recording, or None.
        failures: number of recordings that were lost.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        *,
        on_saved: Callable[[Recording], object] = lambda saved: None,
        on_problem: Callable[[str], object] = lambda problem: None,
    ) -> None:
        self._folder = Path(folder)
        self._on_saved, self._on_problem = on_saved, on_problem
        self._writer: VideoWriter | None = None
        self._start = 0.0
        self.current: Recording | None = None
        self.saved: Recording | None = None
        self.problem: str | None = None
        self.failures = 0

    def write(self, time: float, image: Image) -> bool:
        """Add a frame; the first one begins a file.

        Args:
            time: of the frame in seconds; rises.
            image: RGB ``uint8`` ``(H, W, 3)``, of one size in a recording.

        Returns:
            whether that went well; if not, the recording has ended.
        """
        try:
            if self._writer is None or self.current is None:
                self._begin(time, image)
            if self._writer is not None and self.current is not None:
                self._writer.write(time - self._start, image)
                self.current = Recording(self.current.path, time - self._start)
        except (FacepointsError, OSError) as error:
            self._give_up(error)
            return False
        return True

    def finish(self) -> None:
        """Complete the file that is being written, if there is one."""
        writer, recording = self._writer, self.current
        if writer is None or recording is None:
            return
        self._writer = self.current = None
        try:
            writer.close()
        except (FacepointsError, OSError) as error:
            self._report(error)
            return
        self.saved = recording
        self._on_saved(recording)

    def _begin(self, time: float, image: Image) -> None:
        from facepoints.video.writer import VideoWriter  # here, for a show without recordings needs no PyAV

        self._folder.mkdir(parents=True, exist_ok=True)
        path = _free_name(self._folder)
        self._writer = VideoWriter(path, image.shape[1], image.shape[0])
        self._start, self.current, self.problem = time, Recording(path, 0.0), None

    def _give_up(self, error: Exception) -> None:
        writer, self._writer, self.current = self._writer, None, None
        if writer is not None:
            with suppress(FacepointsError, OSError):
                writer.__exit__(type(error), error, error.__traceback__)  # deletes the file
        self._report(error)

    def _report(self, error: Exception) -> None:
        self.failures += 1
        self.problem = f"The recording failed: {error}"
        self._on_problem(self.problem)


def _free_name(folder: Path) -> Path:
    stem = f"facepoints-{datetime.now():%Y-%m-%d-%H%M%S}"
    path, number = folder / f"{stem}.mp4", 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}.mp4"
    return path
