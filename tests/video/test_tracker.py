"""The tracker on clips rendered from the example picture."""

from collections.abc import Iterator

import cv2
import numpy as np

from facepoints import FaceFinder
from facepoints.arrays import Image
from facepoints.video import FaceTracker


def moved(astronaut: Image, frames: int) -> Iterator[tuple[float, Image]]:
    """The astronaut, drifting to the right at 25 frames a second."""
    for frame in range(frames):
        transform = np.array([[0.5, 0, 3.0 * frame], [0, 0.5, 0]])
        yield frame / 25, np.asarray(cv2.warpAffine(astronaut, transform, (256, 192)), dtype=np.uint8)


def test_one_person_keeps_the_id(astronaut: Image, finder: FaceFinder) -> None:
    tracker = FaceTracker(finder)
    for time, image in moved(astronaut, 20):
        faces = tracker.update(image, time)
        assert faces.track_ids is not None
        assert faces.track_ids.tolist() == [1]
