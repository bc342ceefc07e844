import json
from dataclasses import replace

import numpy as np
import pytest

from facepoints.analysis import DETAIL_NAMES, details
from facepoints.errors import InputError
from facepoints.faces import Faces
from tests.heads import SIZE, seen, turn
from tests.random_faces import faces_of

TWO = faces_of(seen(turn(20, -10, 5), (-100, 0, 900))[0], seen(turn(0, 0, 0), (0, 0, 900))[0])


def test_what_was_asked_for() -> None:
    assert details(TWO, SIZE) == [{}, {}]
    assert [list(row) for row in details(TWO, SIZE, pose=True)] == [["pose"]] * 2
    both = details(TWO, SIZE, pose=True, ratios=True)
    assert [{key: tuple(values) for key, values in row.items()} for row in both] == [dict(DETAIL_NAMES)] * 2


def test_numbers_are_plain_and_rounded() -> None:
    rows = details(TWO, SIZE, pose=True, ratios=True)
    assert json.loads(json.dumps(rows, allow_nan=False)) == rows
    assert rows[1]["pose"] == pytest.approx({"yaw": 0, "pitch": 0, "roll": 0}, abs=0.1)
    assert rows[0]["pose"]["roll"] == round(rows[0]["pose"]["roll"], 2)
    assert rows[1]["ratios"]["left_eye_aspect"] == pytest.approx(0.32, abs=0.05)


def test_none_stands_for_what_a_face_on_a_line_does_not_have() -> None:
    line = np.stack([np.linspace(10, 90, 68), np.full(68, 30.0)], axis=1)
    faces = replace(TWO, keypoints=np.stack([line.astype(np.float32), TWO.keypoints[1]]))
    rows = details(faces, SIZE, pose=True, ratios=True)
    assert rows[0]["pose"] == {"yaw": None, "pitch": None, "roll": None}
    assert rows[0]["ratios"]["smile"] is None
    assert rows[0]["ratios"]["left_eye_aspect"] is not None
    assert rows[1] == details(TWO, SIZE, pose=True, ratios=True)[1]


def test_no_face() -> None:
    assert details(Faces.empty(), SIZE, pose=True, ratios=True) == []


def test_goes_into_the_dict_and_is_passed_over_when_read() -> None:
    found = TWO.to_dict(image="a.jpg", details=details(TWO, SIZE, pose=True))
    assert set(found["faces"][0]) == {"box", "score", "keypoints", "pose"}
    np.testing.assert_allclose(Faces.from_dict(found).keypoints, TWO.keypoints, atol=0.01)
    assert TWO.to_dict(details=[{}, {}]) == TWO.to_dict()


def test_wrong_use() -> None:
    with pytest.raises(InputError, match="details must be one mapping a face; got 1 for 2 faces"):
        TWO.to_dict(details=[{}])
    with pytest.raises(InputError, match="not one Face"):
        details(TWO[0], SIZE, pose=True)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="size must be"):
        details(TWO, (640, -1), pose=True)
