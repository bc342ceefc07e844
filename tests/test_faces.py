import dataclasses
import json
import sys

import numpy as np
import pytest
from hypothesis import given, settings

from facepoints.errors import InputError, MissingExtraError
from facepoints.faces import Face, Faces
from tests.random_faces import faces, faces_of, mean_face

THREE = dataclasses.replace(
    faces_of(mean_face((100, 100), 60), mean_face((300, 100), 50), mean_face((500, 100), 40)),
    scores=np.array([0.9, 0.8, 0.7]),
    track_ids=np.array([4, 2, 9]),
)


def test_empty() -> None:
    empty = Faces.empty()
    assert len(empty) == 0
    assert list(empty) == []
    assert empty.boxes.shape == (0, 4)
    assert empty.keypoints.shape == (0, 68, 2)
    assert empty.to_dict() == {"faces": []}
    assert len(Faces.from_dict({"faces": []})) == 0


def test_rows() -> None:
    face = THREE[1]
    assert isinstance(face, Face)
    assert (face.score, face.track_id) == (pytest.approx(0.8), 2)
    assert face.box.shape == (4,)
    assert [row.track_id for row in THREE] == [4, 2, 9]
    assert THREE[-1].track_id == 9
    assert THREE[np.int64(0)].track_id == 4
    with pytest.raises(IndexError):
        THREE[3]


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        (slice(0, 2), [4, 2]),
        (slice(None, None, -1), [9, 2, 4]),
        (slice(0, 0), []),
        ([2, 0], [9, 4]),
        ([], []),
        (np.array([1]), [2]),
        (np.array([True, False, True]), [4, 9]),
    ],
)
def test_selections_are_faces(index: slice | list[int] | np.ndarray, expected: list[int]) -> None:
    chosen = THREE[index]
    assert isinstance(chosen, Faces)
    assert [face.track_id for face in chosen] == expected


def test_arrays_are_float32_and_the_result_is_frozen() -> None:
    for name in ("boxes", "scores", "keypoints", "keypoint_scores"):
        assert getattr(THREE, name).dtype == np.float32
    with pytest.raises(dataclasses.FrozenInstanceError):
        THREE.boxes = np.zeros((0, 4))  # type: ignore[misc]


def test_printed_it_is_one_line() -> None:
    assert repr(THREE) == "<Faces: 3, scores 0.90, 0.80, 0.70>"
    assert repr(THREE[[0] * 9]) == f"<Faces: 9, scores {'0.90, ' * 8}...>"
    assert repr(Faces.empty()) == "<Faces: 0>"
    assert repr(THREE[0]) == f"<Face: score 0.90, box {THREE.boxes[0].round(1).tolist()}>"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("boxes", np.zeros((3, 5)), r"boxes must have shape \(n, 4\)"),
        ("scores", np.zeros(2), r"scores must have shape \(3\); got \(2,\)"),
        ("keypoints", np.zeros((3, 5, 2)), r"keypoints must have shape \(3, 68, 2\); got \(3, 5, 2\)"),
        ("keypoint_scores", np.full((3, 68), np.nan), "keypoint_scores must be finite"),
        ("track_ids", np.arange(2), r"track_ids must have shape \(3,\); got \(2,\)"),
        ("track_ids", ["a", "b", "c"], "track_ids must be whole numbers"),
    ],
)
def test_wrong_arrays(name: str, value: np.ndarray, message: str) -> None:
    with pytest.raises(InputError, match=message):
        dataclasses.replace(THREE, **{name: value})


@settings(max_examples=40, deadline=None)
@given(original=faces())
def test_dict_round_trip(original: Faces) -> None:
    restored = Faces.from_dict(json.loads(json.dumps(original.to_dict(), allow_nan=False)))
    for name in ("boxes", "scores", "keypoints", "keypoint_scores"):
        np.testing.assert_allclose(getattr(restored, name), getattr(original, name), atol=0.006)
    if original.track_ids is not None and len(original):
        np.testing.assert_array_equal(restored.track_ids, original.track_ids)


def test_dict_of_the_contract() -> None:
    row = THREE.to_dict(image="a.jpg", width=640, height=480)
    assert {key: row[key] for key in ("image", "width", "height")} == {"image": "a.jpg", "width": 640, "height": 480}
    face = row["faces"][0]
    assert set(face) == {"box", "score", "keypoints", "track_id"}
    assert (face["score"], face["track_id"], len(face["keypoints"])) == (0.9, 4, 68)
    assert face["keypoints"][36] == [70.0, 100.0, 1.0]
    assert "track_id" not in dataclasses.replace(THREE, track_ids=None).to_dict()["faces"][0]


@pytest.mark.parametrize(
    "data",
    [
        {},
        [],
        {"faces": 3},
        {"faces": [3]},
        {"faces": [{"box": [0, 0, 1, 1], "score": 1}]},
        {"faces": [{"box": [0, 0, 1], "score": 1, "keypoints": [[0, 0, 1]] * 68}]},
        {"faces": [{"box": [0, 0, 1, 1], "score": 1, "keypoints": [[0, 0, 1]] * 5}]},
        {"faces": [{"box": ["a", 0, 1, 1], "score": 1, "keypoints": [[0, 0, 1]] * 68}]},
        {"faces": [{"box": [0, 0, 1, 1], "score": "high", "keypoints": [[0, 0, 1]] * 68}]},
        {"faces": [{"box": [0, 0, 1, 1], "score": 1, "keypoints": [[0, 0, 1]] * 68, "track_id": "x"}]},
    ],
)
def test_no_result(data: object) -> None:
    with pytest.raises(InputError):
        Faces.from_dict(data)  # type: ignore[arg-type]


def test_columns() -> None:
    columns = THREE.to_columns()
    assert list(columns)[:9] == [
        *("x1", "y1", "x2", "y2", "score", "track_id"),
        *("point0_x", "point0_y", "point0_score"),
    ]
    assert len(columns) == 6 + 3 * 68
    assert all(len(values) == 3 for values in columns.values())
    assert columns["track_id"].tolist() == [4, 2, 9]
    np.testing.assert_array_equal(columns["point67_y"], THREE.keypoints[:, 67, 1])
    assert dataclasses.replace(THREE, track_ids=None).to_columns()["track_id"].tolist() == [-1, -1, -1]


def test_pandas() -> None:
    pytest.importorskip("pandas")
    frame = THREE.to_pandas()
    assert frame.shape == (3, 6 + 3 * 68)
    assert frame["score"].tolist() == pytest.approx([0.9, 0.8, 0.7])


def test_pandas_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'facepoints\[batch\]'"):
        THREE.to_pandas()
