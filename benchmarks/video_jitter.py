"""How much the keypoints tremble in a video, as found and smoothed, and whom the tracker sees in it.

    python benchmarks/video_jitter.py VIDEO...

Jitter is the mean second difference of the keypoints of a person over three consecutive frames, over the outer-eye
distance. What the face really does, such as speaking, is part of it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
from video_clips import outer_eye_distances

from facepoints.video import FaceTracker, read

BAR = 0.4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("videos", nargs="+", type=Path)
    parser.add_argument("--frames", type=int, help="so many of each at most")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    for path in options.videos:
        raw, _ = tracked(path, options.frames, smooth=False)
        smoothed, seen = tracked(path, options.frames, smooth=True)
        ids = ", ".join(f"{track}: {count}" for track, count in sorted(seen.items()))
        print(f"{path.name}: jitter {raw:.3%} raw, {smoothed:.3%} smoothed: {smoothed / raw:.0%} of it", end="")
        print(f" (bar for talking_face.mp4: {BAR:.0%})")
        print(f"  frames of each id: {ids}")


def tracked(path: Path, limit: int | None, smooth: bool) -> tuple[float, dict[int, int]]:
    """Jitter, and in how many frames each id is seen."""
    tracker = FaceTracker(smooth=smooth)
    paths: dict[int, dict[int, np.ndarray]] = {}
    for number, (time, image) in enumerate(read(path)):
        if number == limit:
            break
        for face in tracker.update(image, time):
            paths.setdefault(face.track_id or 0, {})[number] = face.keypoints
    trembles = [tremble(found) for found in paths.values()]
    return float(np.concatenate(trembles).mean()), {track: len(found) for track, found in paths.items()}


def tremble(found: dict[int, np.ndarray]) -> np.ndarray:
    """Jitter of one person at each frame between two others."""
    middle = [number for number in found if number - 1 in found and number + 1 in found]
    if not middle:
        return np.zeros(0)
    before, here, after = (np.stack([found[number + step] for number in middle]) for step in (-1, 0, 1))
    differences = np.linalg.norm(before - 2 * here + after, axis=2).mean(axis=1)
    return np.asarray(differences / outer_eye_distances(here))


if __name__ == "__main__":
    main()
