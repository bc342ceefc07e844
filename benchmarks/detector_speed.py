"""Time of the detectors on one 640 x 480 picture, on one processor core.

    python benchmarks/detector_speed.py [PICTURE]

They take turns, so that whatever else the machine does slows all of them alike: the network for faces from 20 and from
64 pixels (resizing, network, decoding and suppression included), Haar in the settings of the course project, and dlib's
HOG if dlib is there: pip install dlib-bin
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from facepoints import images
from facepoints.detection import HaarDetector, NetworkDetector

_EXAMPLE = Path(__file__).parent.parent / "examples" / "astronaut.png"
_ROUNDS = 60


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("picture", nargs="?", type=Path, default=_EXAMPLE)
    picture = np.asarray(cv2.resize(images.read(parser.parse_args().picture), (640, 480), interpolation=cv2.INTER_AREA))
    cv2.setNumThreads(1)
    network, haar = NetworkDetector(), HaarDetector(1.2, 2)
    searches: dict[str, Callable[[], object]] = {
        "network, faces from 20 px": lambda: network.detect(picture, 20),
        "network, faces from 64 px": lambda: network.detect(picture, 64),
        "Haar 1.2/2, faces from 24 px": lambda: haar.detect(picture, 24),
        **_hog(picture),
    }
    times: dict[str, list[float]] = {name: [] for name in searches}
    for _ in range(_ROUNDS):
        for name, search in searches.items():
            start = time.perf_counter()
            search()
            times[name].append(1000 * (time.perf_counter() - start))
    for name, values in times.items():
        print(f"{name:32} median {statistics.median(values):6.2f} ms   best {min(values):6.2f} ms")


def _hog(picture: np.ndarray) -> dict[str, Callable[[], object]]:
    try:
        import dlib
    except ImportError:
        print("dlib is not installed, so HOG is left out")
        return {}
    detector = dlib.get_frontal_face_detector()
    return {"dlib's HOG, faces from 80 px": lambda: detector(picture, 0)}


if __name__ == "__main__":
    main()
