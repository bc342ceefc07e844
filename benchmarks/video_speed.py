"""Frames a second of a whole process that decodes a video and tracks its faces, on one core; and the memory it takes.

    python benchmarks/video_speed.py VIDEO
    python benchmarks/video_speed.py VIDEO --frames 10000

The time counts from the start of Python, so imports and the loading of the networks are in it. With more frames than
the video has, it is run again and again, as one stream. Memory is the peak of the process: growth after the first 500
frames, when everything has been allocated once.
"""

from __future__ import annotations

import time

START = time.perf_counter()

import argparse  # noqa: E402
import itertools  # noqa: E402
import resource  # noqa: E402
import sys  # noqa: E402
from collections.abc import Iterator  # noqa: E402
from pathlib import Path  # noqa: E402

import cv2  # noqa: E402
import numpy as np  # noqa: E402

from facepoints import FaceFinder  # noqa: E402
from facepoints.video import FaceTracker, read  # noqa: E402

WARM = 500


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("video", type=Path)
    parser.add_argument("--frames", type=int, help="stop after so many; by default at the end of the video")
    parser.add_argument("--keypoints", default="compact-int8", help="name of the keypoint network")
    parser.add_argument("--detect-every", type=int, help="frames between two looks for newcomers")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    schedule = {} if options.detect_every is None else {"detect_every": options.detect_every}
    tracker = FaceTracker(FaceFinder(keypoints=options.keypoints), **schedule)
    ready = time.perf_counter()
    steps, faces, warm = [], 0, 0.0
    for number, (moment, image) in enumerate(stream(options.video, options.frames)):
        if number == WARM:
            warm = peak_megabytes()
        before = time.perf_counter()
        faces += len(tracker.update(image, moment))
        steps.append(time.perf_counter() - before)
    end, count = time.perf_counter(), len(steps)
    milliseconds = 1000 * np.array(steps)
    print(f"{options.video.name}: {count} frames, {faces / count:.1f} faces a frame")
    print(f"whole process  {count / (end - START):7.1f} frames/s   ({1000 * (end - START) / count:.2f} ms a frame)")
    print(f"processor time {count / time.process_time():7.1f} frames/s   (what other processes took is not in it)")
    print(f"after loading  {count / (end - ready):7.1f} frames/s   (loading took {ready - START:.1f} s)")
    print(f"update         {milliseconds.mean():7.2f} ms a frame (median {np.median(milliseconds):.2f})")
    if count > WARM:
        print(f"memory grew by {peak_megabytes() - warm:7.1f} MB from {warm:.0f} after the first {WARM} frames")


def stream(path: Path, limit: int | None) -> Iterator[tuple[float, np.ndarray]]:
    """The frames of a video, over and over if ``limit`` asks for more than it has."""
    start, count = 0.0, 0
    for repetition in itertools.count():
        moment = 0.0
        for moment, image in read(path):
            if count == limit:
                return
            yield start + moment, image
            count += 1
        if limit is None or (repetition == 0 and count == 0):
            return
        start += moment + 0.04


def peak_megabytes() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    main()
