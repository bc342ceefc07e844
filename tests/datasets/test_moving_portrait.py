import numpy as np
import pytest

from facepoints.arrays import Image
from facepoints.datasets.example_face import EXAMPLE_FACE
from facepoints.datasets.expressions import ACTIONS
from facepoints.datasets.moving_portrait import moving_portrait
from facepoints.errors import InputError
from facepoints.evaluation.metrics import normalised_mean_errors, outer_eye_distances
from facepoints.video import FaceTracker


def test_frames_and_their_truth(astronaut: Image) -> None:
    tracker = FaceTracker(smooth=False)
    frames = list(moving_portrait(astronaut, EXAMPLE_FACE, seconds=4, rate=5, size=240))

    assert [frame.time for frame in frames] == pytest.approx(np.arange(20) / 5)
    assert {frame.image.shape for frame in frames} == {(240, 240, 3)}
    found = [tracker.update(frame.image, frame.time).keypoints[0] for frame in frames]
    true_points = np.stack([frame.keypoints for frame in frames])
    errors = normalised_mean_errors(np.stack(found), true_points, outer_eye_distances(true_points))
    assert errors.max() < 0.04
    # Everything happens at some time, and at another it does not.
    strengths = np.array([[frame.strengths[action] for action in ACTIONS] for frame in frames])
    assert (np.ptp(strengths, axis=0) > 0.6).all()


def test_its_end_fits_its_start(astronaut: Image) -> None:
    frames = [next(moving_portrait(astronaut, EXAMPLE_FACE, seconds=1, size=64))]
    frames += list(moving_portrait(astronaut, EXAMPLE_FACE, seconds=1, rate=20, size=64))[-1:]

    assert np.abs(frames[0].keypoints - frames[1].keypoints).max() < 3


@pytest.mark.parametrize("wrong", [{"seconds": 0}, {"rate": float("inf")}, {"size": -1}], ids=str)
def test_wrong_numbers(astronaut: Image, wrong: dict[str, float]) -> None:
    with pytest.raises(InputError, match="must be a number above 0"):
        moving_portrait(astronaut, EXAMPLE_FACE, **wrong)  # type: ignore[arg-type]
