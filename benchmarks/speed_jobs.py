"""The jobs whose instructions ``speed_guard.py`` counts, which runs this program under valgrind.

Prints the versions that the counts depend on and the repetitions of each job, as JSON. Everything is made and run
before the counting starts, so that what is done but once, such as imports and the loading of networks, is not in it.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import json
import platform
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import callgrind
import cv2
import numpy as np
import onnxruntime

from facepoints import FaceFinder, filters, images
from facepoints.video import FaceTracker

ASTRONAUT = Path(__file__).parent.parent / "examples" / "astronaut.png"
WIDTH, HEIGHT = 640, 480
RATE = 30  # frames a second
WARM_UP = 2
"""Runs until Python has fitted its code to the types that come, and onnxruntime has the memory that it needs."""


_AVX2 = 11  # CV_CPU_AVX2 in OpenCV's cvdef.h, which has no name in Python


@dataclass(frozen=True)
class Job:
    """Work to count, and how often it is run: more where less is done, so that rare events weigh little."""

    work: Callable[[], object]
    repetitions: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args()
    cv2.setNumThreads(1)
    todo = jobs()
    for job in todo.values():
        for _ in range(WARM_UP):
            job.work()
    gc.collect()
    gc.disable()
    for name, job in todo.items():
        callgrind.counted(name, job.work, job.repetitions)
    repetitions = {name: job.repetitions for name, job in todo.items()}
    print(json.dumps({"versions": versions(), "repetitions": repetitions}))


def jobs() -> dict[str, Job]:
    picture = np.asarray(cv2.resize(images.read(ASTRONAUT), (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA))
    finder, portraits = FaceFinder(), FaceFinder(min_face=HEIGHT // 10)
    faces = finder.find(picture)
    boxes = faces.boxes[0] + np.arange(5, dtype=np.float32)[:, None]
    jpeg, sunglasses = images.encode(picture, ".jpg"), filters.load("sunglasses")
    return {
        "find, faces from 20 px": Job(lambda: finder.find(picture), 1),
        "find, faces from 48 px": Job(lambda: portraits.find(picture), 1),
        "detector alone, from 20 px": Job(lambda: finder.detector.detect(picture, 20), 1),
        "keypoints in 1 box": Job(lambda: finder.fit(picture, boxes[:1]), 3),
        "keypoints in 5 boxes": Job(lambda: finder.fit(picture, boxes), 1),
        "a following frame of a video": Job(following(picture), 4),
        "reading a JPEG": Job(lambda: images.read(jpeg), 3),
        "sunglasses on 1 face": Job(lambda: sunglasses.apply(picture, faces), 3),
    }


def following(picture: np.ndarray) -> Callable[[], object]:
    """The next frame of a video in which the picture moves; the tracker does not look for newcomers in it."""
    tracker = FaceTracker(detect_every=1000)
    frames = [np.ascontiguousarray(np.roll(picture, step, axis=1)) for step in (0, 1, 2, 3, 2, 1)]
    times = itertools.count()

    def update() -> object:
        number = next(times)
        return tracker.update(frames[number % len(frames)], number / RATE)

    return update


def versions() -> dict[str, str]:
    """What the counts depend on beside the package itself."""
    instructions = "with AVX2" if cv2.checkHardwareSupport(_AVX2) else "without AVX2"
    return {
        "machine": f"{platform.machine()} {instructions}",
        "libc": " ".join(platform.libc_ver()),
        "python": f"{platform.python_version()} ({platform.python_compiler()})",
        "numpy": np.__version__,
        "opencv": cv2.__version__,
        "onnxruntime": onnxruntime.__version__,
    }


if __name__ == "__main__":
    main()
