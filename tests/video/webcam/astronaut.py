"""What stands in for a camera: the astronaut, as a source of frames and as a video file."""

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import numpy as np

from facepoints import images
from facepoints.arrays import Image

SIZE = (320, 240)


def astronaut_frame(path: Path) -> Image:
    """``SIZE`` pixels; the face lies left of the middle, and a red square in the upper left corner."""
    frame = np.ascontiguousarray(images.read(path)[: SIZE[1], 120 : 120 + SIZE[0]])
    frame[:24, :24] = (255, 0, 0)
    return frame


def mirrored(image: Image) -> bool:
    """Whether the red square is in the upper right corner."""
    left, right = (
        image[4:20, columns, 0].mean() - image[4:20, columns, 2].mean() for columns in (slice(4, 20), slice(-20, -4))
    )
    assert max(left, right) > 150 > 100 > min(left, right)
    return bool(right > left)


class Frames:
    """A source that gives the same frame again and again, at the pace of 50 a second or for so many times only."""

    duration = None

    def __init__(self, frame: Image, count: int = 100_000, problem: str | None = None) -> None:
        self.name, self.problem = "frames", None
        self.height, self.width = frame.shape[:2]
        self.closed = False
        self._frame, self._count, self._problem = frame, count, problem

    def __iter__(self) -> Iterator[tuple[float, Image]]:
        for number in range(self._count):
            yield number / 50, self._frame
        self.problem = self._problem

    def close(self) -> None:
        self.closed = True

    def __enter__(self) -> "Frames":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
