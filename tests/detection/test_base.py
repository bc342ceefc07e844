"""``Detections`` and the names of detectors."""

from typing import Any

import numpy as np
import pytest

from facepoints import detection
from facepoints.detection import DETECTORS, Detections, Detector
from facepoints.errors import InputError

BOX = [1.0, 2.0, 11.0, 22.0]


def test_lists_become_float32() -> None:
    found = Detections([BOX, BOX], [1, 0.25])  # type: ignore[arg-type]
    assert (len(found), found.boxes.dtype, found.scores.dtype) == (2, np.float32, np.float32)
    assert found.starts is found.boxes


def test_keypoint_boxes_are_where_the_estimator_starts() -> None:
    found = Detections(np.array([BOX]), np.array([0.5]), np.array([BOX]) + 3)
    np.testing.assert_array_equal(found.starts, np.array([BOX]) + 3)
    assert found.rolls is None


def test_rolls_come_with_keypoint_boxes() -> None:
    found = Detections([BOX], [0.5], [BOX], [3])  # type: ignore[arg-type]
    assert found.rolls is not None
    assert (found.rolls.tolist(), found.rolls.dtype) == ([3.0], np.float32)


def test_select() -> None:
    boxes = np.array([BOX]) + [[0], [1], [2]]
    found = Detections(boxes, [0.1, 0.2, 0.3], boxes + 3, [0, 1, 2])  # type: ignore[arg-type]
    chosen = found.select(np.array([2, 0]))
    assert (chosen.boxes[:, 0].tolist(), chosen.starts[:, 0].tolist()) == ([3, 1], [6, 4])
    assert chosen.rolls is not None
    assert chosen.rolls.tolist() == [2, 0]
    assert len(found.select(found.scores > 1)) == 0
    plain = Detections(boxes, found.scores).select(np.array([True, False, False]))
    assert (plain.keypoint_boxes, plain.rolls, len(plain)) == (None, None, 1)


def test_none_found() -> None:
    for found in (Detections.empty(), Detections([], [])):  # type: ignore[arg-type]
        assert (len(found), found.boxes.shape, found.starts.shape) == (0, (0, 4), (0, 4))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([BOX[:3]], [0.5]), r"boxes must have shape \(n, 4\); got \(1, 3\)"),
        (([[np.nan, *BOX[1:]]], [0.5]), "boxes must be finite"),
        (([[5, 5, 5, 9]], [0.5]), r"x2 > x1 and y2 > y1; box 0 is \[5.0, 5.0, 5.0, 9.0\]"),
        (([BOX], [0.5, 0.5]), r"scores must have shape \(1\); got \(2,\)"),
        (([BOX], [1.5]), "scores must be between 0 and 1; got 1.5 to 1.5"),
        (([BOX], [-0.1]), "scores must be between 0 and 1"),
        (([BOX], [np.nan]), "scores must be finite"),
        (([BOX], [0.5], [BOX, BOX]), "keypoint_boxes must be one for each of 1 boxes; got 2"),
        (([BOX], [0.5], [[0, 0, 0, 0]]), "box 0 is"),
        (([BOX], [0.5], [BOX], [0, 1]), r"rolls must have shape \(1\); got \(2,\)"),
        (([BOX], [0.5], [BOX], [np.nan]), "rolls must be finite"),
        (([BOX], [0.5], None, [0]), "rolls turn keypoint_boxes: give these, too"),
    ],
)
def test_what_is_no_detection(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Detections(*arguments)


@pytest.mark.parametrize("name", DETECTORS)
def test_names_make_detectors(name: str) -> None:
    assert isinstance(detection.create(name), Detector)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Haar", r"there is no detector 'Haar'; known are network, haar, haar-profile, haar-cat, or .* \.onnx file"),
        ("", "there is no detector ''"),
    ],
)
def test_unknown_names(name: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        detection.create(name)
