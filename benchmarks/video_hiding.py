"""How many faces of a video are seen although a filter for privacy is worn, and what hiding them costs.

    python benchmarks/video_hiding.py VIDEO

A face counts as one if the detector and the keypoint network find it, with the default ``min_score``, in ten frames or
more of one trail; gaps of up to half a second count as frames with that face, too, so that the reference knows more
than any single frame tells. It counts as seen where no hidden box has an IoU of 0.3 or more with it. Speeds
are those of the tracker and the hider alone, without decoding, drawing and encoding.
"""

from __future__ import annotations

import argparse
import time as clock
from collections.abc import Iterable

import numpy as np

from facepoints import FaceFinder
from facepoints.arrays import Floats
from facepoints.geometry import box_iou
from facepoints.video import FaceHider, FaceTracker, read
from facepoints.video.tracker import VIDEO_KEYPOINTS
from facepoints.video.trails import Trails

LEAST_COUNT, LONGEST_GAP, COVERED = 10, 0.5, 0.3


def reference(found: Iterable[tuple[float, Floats]]) -> list[Floats]:
    """The faces of each frame, of those whose trails are long enough."""
    found = list(found)
    trails = Trails()
    for time, boxes in found:
        trails.add(time, boxes, np.ones(len(boxes), dtype=bool))
    kept = [trail for trail in trails._trails if trail.count >= LEAST_COUNT]
    frames = []
    for time, _ in found:
        boxes = []
        for trail in kept:
            after = int(np.searchsorted(trail.times, time))
            known = after < len(trail.times) and trail.times[after] == time
            between = 0 < after < len(trail.times) and trail.times[after] - trail.times[after - 1] <= LONGEST_GAP
            box = trail.at(time) if known or between else None
            if box is not None:
                boxes.append(box)
        frames.append(np.array(boxes, dtype=np.float32).reshape(-1, 4))
    return frames


def report(title: str, faces: list[Floats], hidden: list[Floats], seconds: float) -> None:
    """Print how many of the faces are seen."""
    seen = [
        int((box_iou(boxes, covers).max(axis=1, initial=0) < COVERED).sum())
        for boxes, covers in zip(faces, hidden, strict=True)
    ]
    frames = sum(count > 0 for count in seen)
    total = sum(len(boxes) for boxes in faces)
    boxes = np.mean([len(covers) for covers in hidden])
    speed = len(faces) / seconds
    print(f"{title}: {sum(seen)} of {total} faces seen, in {frames} of {len(faces)} frames; ", end="")
    print(f"{boxes:.1f} places hidden a frame; {speed:.1f} frames/s")


def main() -> None:
    """Measure one video."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("video")
    frames = list(enumerate(read(parser.parse_args().video)))
    finder = FaceFinder(keypoints=VIDEO_KEYPOINTS)
    faces = reference((time, finder.find(image).boxes) for _, (time, image) in frames)
    start, tracked, tracker = clock.perf_counter(), [], FaceTracker(finder)
    for _, (time, image) in frames:
        tracked.append(tracker.update(image, time))
    report("tracker alone", faces, [one.boxes for one in tracked], clock.perf_counter() - start)
    for look_ahead in (0, 15):
        start, tracker, hider = clock.perf_counter(), FaceTracker(finder), FaceHider(finder, look_ahead=look_ahead)
        shown = [
            frame for _, (time, image) in frames for frame in hider.add(time, image, tracker.update(image, time))
        ] + list(hider.finish())
        hidden = [np.concatenate([frame.faces.boxes, frame.boxes]) for frame in shown]
        report(f"hider, {look_ahead} frames held back", faces, hidden, clock.perf_counter() - start)


if __name__ == "__main__":
    main()
