"""Error and lag of the tracked keypoints, as found and smoothed, on clips in which the true ones are known.

    python benchmarks/video_truth.py

The astronaut is moved, turned and scaled along a known path, slowly to very fast. Lag is the delay that explains most
of the error: how long ago the face was where the points are.
"""

from __future__ import annotations

import cv2
import numpy as np
from video_clips import outer_eye_distances, render

from facepoints import FaceFinder
from facepoints.video import FaceTracker

SPEEDS = {"still": 0.0, "slow": 0.15, "medium": 0.5, "fast": 1.0, "very fast": 1.5}
BAR = 1.1


def main() -> None:
    cv2.setNumThreads(1)
    finder = FaceFinder()
    print("            error over the outer-eye distance          lag, ms        ids")
    print("              raw  smoothed  ratio                raw  smoothed")
    for name, speed in SPEEDS.items():
        frames = list(render(speed))
        times, truth = np.array([frame.time for frame in frames]), np.stack([frame.keypoints for frame in frames])
        errors, lags, ids = [], [], set()
        for smooth in (False, True):
            tracker = FaceTracker(finder, smooth=smooth)
            faces = [tracker.update(frame.image, frame.time) for frame in frames]
            if any(len(found) != 1 for found in faces):
                raise SystemExit(f"{name}: the face was lost")
            ids |= {face.track_id for found in faces for face in found}
            points = np.concatenate([found.keypoints for found in faces])
            offsets = np.linalg.norm(points - truth, axis=2).mean(axis=1) / outer_eye_distances(truth)
            errors.append(float(offsets.mean()))
            lags.append(lag(points, truth, times) if speed else 0.0)
        ratio = errors[1] / errors[0]
        print(f"{name:10} {errors[0]:7.2%} {errors[1]:8.2%} {ratio:7.2f} {lags[0]:17.1f} {lags[1]:8.1f} {len(ids):8d}")
    print(f"bar: ratio at most {BAR} for fast motion")


def lag(points: np.ndarray, truth: np.ndarray, times: np.ndarray) -> float:
    """The delay in milliseconds that fits the offset of the centre best: least squares over the true velocities."""
    centres = truth.mean(axis=1)
    velocities = np.gradient(centres, times, axis=0)
    offsets = points.mean(axis=1) - centres
    offsets -= offsets.mean(axis=0)
    return float(-1000 * (velocities * offsets).sum() / np.square(velocities).sum())


if __name__ == "__main__":
    main()
