"""Whether ids stay with people who cross: of two real faces, one passes before the other.

    python benchmarks/video_crossings.py FOLDER_OF_PICTURES...

Two heads of different pictures move past each other over grey, slowly, briskly and fast; while one
is hidden, only what is remembered of place, motion, size and looks can tell who comes out on which side. The pictures
should hold one face each, of a person that is in no other, such as those of 300-W.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from facepoints import FaceFinder, images
from facepoints.video import FaceTracker

HEAD, WIDTH, HEIGHT, RATE = 160, 640, 240, 25
SPEEDS = (4, 7, 12)
"""Pixels that each head moves a frame; faces are about 75 pixels high."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--pairs", type=int, default=30, help="crossings; 30 by default")
    parser.add_argument("--seed", type=int, default=3, help="of the choice of pictures")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    finder = FaceFinder()
    paths = sorted(path for folder in options.folders for path in folder.iterdir() if path.suffix in {".jpg", ".png"})
    random.Random(options.seed).shuffle(paths)
    heads = heads_of(finder, paths)
    outcomes: Counter[str] = Counter()
    for pair in range(options.pairs):
        outcomes[crossing(finder, next(heads), next(heads), SPEEDS[pair % len(SPEEDS)])] += 1
    print(", ".join(f"{outcomes[name]} {name}" for name in ("kept both ids", "got a new id", "took the other's id")))


def heads_of(finder: FaceFinder, paths: list[Path]) -> Iterator[np.ndarray]:
    """``(HEAD, HEAD, 3)`` around each picture's only face."""
    for path in paths:
        image = images.read(path)
        boxes = finder.find(image).boxes
        if len(boxes) == 1:
            (x, y), side = (boxes[0, :2] + boxes[0, 2:]) / 2, 0.8 * (boxes[0, 2:] - boxes[0, :2]).max()
            scale = 60 / side
            transform = np.array([[scale, 0, HEAD / 2 - scale * x], [0, scale, HEAD / 2 - scale * y]])
            yield cv2.warpAffine(image, transform, (HEAD, HEAD), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    raise SystemExit("the folders hold too few pictures with one face")


def crossing(finder: FaceFinder, front: np.ndarray, back: np.ndarray, speed: int) -> str:
    """What becomes of the ids."""
    tracker, first, last = FaceTracker(finder), {}, {}
    for frame in range((WIDTH - HEAD) // speed):
        right, left = WIDTH - HEAD - speed * frame, speed * frame
        picture = np.full((HEIGHT, WIDTH, 3), 90, dtype=np.uint8)
        paste(picture, back, right, 30)
        paste(picture, front, left, 45)
        seen = {}
        for face in tracker.update(picture, frame / RATE):
            x = face.keypoints[:, 0].mean() - HEAD / 2
            seen["front" if abs(x - left) < abs(x - right) else "back"] = face.track_id
        if len(seen) == 2:
            first, last = first or seen, seen
    if any(last[side] == first[other] for side, other in (("front", "back"), ("back", "front"))):
        return "took the other's id"
    return "kept both ids" if last == first else "got a new id"


def paste(picture: np.ndarray, head: np.ndarray, left: int, top: int) -> None:
    rows, columns = np.mgrid[:HEAD, :HEAD]
    oval = np.hypot((columns - 80) / 58, (rows - 76) / 72) < 1
    alpha = cv2.GaussianBlur(oval.astype(np.float32), (0, 0), 1.5)[..., None]
    region = picture[top : top + HEAD, left : left + HEAD]
    region[:] = alpha * head + (1 - alpha) * region


if __name__ == "__main__":
    main()
