"""Frames a second that a browser gets from the page of ``facepoints webcam``, 640 x 480 pixels, one face.

    python benchmarks/webcam_speed.py [--on mask]... [--seconds 10] [--rate 300]

The astronaut moves around in frames that are ready beforehand, so that the camera is not what limits the rate. Another
process reads the page's stream, as a browser does, and counts pictures.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import cv2
import numpy as np

from facepoints import FaceFinder, images
from facepoints.arrays import Image
from facepoints.video import FaceTracker
from facepoints.video.tracker import VIDEO_KEYPOINTS
from facepoints.video.webcam import Controls, LivePage, Recorder, Show, Status, run, switches_for

_EXAMPLE = Path(__file__).parent.parent / "examples" / "astronaut.png"
_SIZE = (640, 480)
_WARM_UP = 2.0


class Moving:
    """A source: the astronaut on a small orbit, at any rate, for so many seconds."""

    name, duration, problem = "moving astronaut", None, None
    width, height = _SIZE

    def __init__(self, rate: float, seconds: float) -> None:
        image = images.read(_EXAMPLE)
        self._frames = [_moved(image, 2 * math.pi * number / 100) for number in range(100)]
        self._rate, self._seconds = rate, seconds

    def __iter__(self) -> Iterator[tuple[float, Image]]:
        for number in range(round(self._rate * self._seconds)):
            # As fast as 25 frames a second would move it, whatever the rate.
            yield number / self._rate, self._frames[round(number * 25 / self._rate) % len(self._frames)]

    def close(self) -> None: ...

    def __enter__(self) -> Moving:
        return self

    def __exit__(self, *error: object) -> None: ...


class Counting:
    """The page, and a count of what was shown."""

    def __init__(self, page: LivePage) -> None:
        self.page, self.shown = page, 0

    def show(self, picture: Image | None, status: Status) -> None:
        self.shown += picture is not None
        self.page.show(picture, status)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--on",
        action="append",
        help="a switch that is on, beside mirror and smoothing, such as recording; default: mask",
    )
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rate", type=float, default=300, help="frames a second of the camera")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    on = options.on or ["mask"]
    controls = Controls(switches_for([]), ["mirror", "smoothing", *on])
    counts = multiprocessing.get_context("spawn").Queue()
    with TemporaryDirectory() as folder, LivePage(controls, "benchmark") as page:
        show = Show(FaceTracker(FaceFinder(keypoints=VIDEO_KEYPOINTS, min_face=40)), controls, Recorder(folder))
        reader = multiprocessing.get_context("spawn").Process(target=_read, args=(page.address, counts))
        reader.start()
        start = time.perf_counter()
        run(Moving(options.rate, options.seconds + _WARM_UP), show, display := Counting(page))
        seconds = time.perf_counter() - start
    reader.join()
    pictures, size = counts.get()
    shown = display.shown / seconds
    print(f"{', '.join(on)}: {shown:.0f} frames/s shown, {pictures:.0f} frames/s read, {size:.0f} kB each")


def _moved(image: Image, angle: float) -> Image:
    turn = cv2.getRotationMatrix2D((226, 130), 10 * math.sin(angle), 1.15 + 0.1 * math.sin(2 * angle))
    turn[:, 2] += (94 + 30 * math.cos(angle), 70 + 15 * math.sin(angle))
    return np.asarray(cv2.warpAffine(image, turn, _SIZE, borderMode=cv2.BORDER_REFLECT), dtype=np.uint8)


def _read(address: str, counts: multiprocessing.Queue[tuple[float, float]]) -> None:
    """Frames a second of the stream, after a warm-up, and their mean size in kilobytes."""
    place = urlsplit(address)
    connection = HTTPConnection(place.netloc)
    connection.request("GET", place.path + "stream")
    answer = connection.getresponse()
    begun, count, size = time.perf_counter(), 0, 0
    start = last = begun
    while answer.readline():  # the boundary
        answer.readline()
        length = int(answer.readline().rpartition(b" ")[2] or 0)
        if not length:
            break
        answer.readline()
        answer.read(length)
        answer.readline()
        last = time.perf_counter()
        if last - begun > _WARM_UP:
            count, size = count + 1, size + length
        else:
            start = last
    counts.put((count / (last - start), size / 1000 / max(count, 1)))


if __name__ == "__main__":
    main()
