import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from facepoints import formats
from facepoints.errors import InputError
from facepoints.faces import Faces
from facepoints.formats import coco
from facepoints.scheme import EDGES
from tests.random_faces import faces_of, mean_face

TWO = faces_of(mean_face((100, 100), 60), mean_face((300, 120), 40))
POINTS = mean_face((100, 100), 60).round(1)


def written(pictures: dict[str, Faces]) -> dict[str, Any]:
    stream = io.StringIO()
    with formats.open_writer("coco", stream) as writer:
        for name, found in pictures.items():
            writer.write(name, 640, 480, found, [{"pose": {"yaw": 1.5}}] * len(found))
    assert not stream.closed
    content: dict[str, Any] = json.loads(stream.getvalue())
    return content


def test_layout() -> None:
    content = written({"a.jpg": TWO, "b.jpg": Faces.empty(), "c.jpg": TWO[:1]})
    (category,) = content["categories"]
    assert (category["id"], category["name"]) == (1, "face")
    assert [category["keypoints"][index] for index in (0, 36, 67)] == ["jaw_0", "left_eye_0", "inner_lip_7"]
    assert len(set(category["keypoints"])) == 68
    assert category["skeleton"] == [[first + 1, second + 1] for first, second in EDGES]
    assert content["images"] == [
        {"id": number, "file_name": name, "width": 640, "height": 480}
        for number, name in enumerate(("a.jpg", "b.jpg", "c.jpg"), start=1)
    ]
    assert [(row["id"], row["image_id"], row["category_id"]) for row in content["annotations"]] == [
        *[(1, 1, 1), (2, 1, 1)],
        (3, 3, 1),
    ]


def test_annotation() -> None:
    annotation = written({"a.jpg": TWO})["annotations"][0]
    assert annotation["bbox"] == pytest.approx([50.56, 83.86, 98.88, 95.46])
    assert annotation["area"] == pytest.approx(98.88 * 95.46, abs=0.01)
    assert annotation["keypoints"][:3] == [50.56, 101.08, 2]
    assert (annotation["num_keypoints"], annotation["iscrowd"], annotation["score"]) == (68, 0, 0.9)
    assert annotation["keypoint_scores"] == [1.0] * 68
    assert annotation["pose"] == {"yaw": 1.5}


def test_no_picture() -> None:
    content = written({})
    assert (content["images"], content["annotations"]) == ([], [])


def test_many_images_wait_on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coco, "_IN_MEMORY", 100)
    names = [f"{number}.jpg" for number in range(10)]
    assert [row["file_name"] for row in written(dict.fromkeys(names, TWO))["images"]] == names


def foreign(**annotation: Any) -> dict[str, Any]:
    """A file of another program with one picture."""
    points = np.concatenate([POINTS, np.full((68, 1), 2)], axis=1).ravel().tolist()
    return {
        "images": [{"id": 7, "file_name": "a.jpg", "width": 640, "height": 480}, {"id": 8, "file_name": "b.jpg"}],
        "annotations": [
            {"id": 1, "image_id": 7, "category_id": 2, "keypoints": [1, 1, 2] * 17, "bbox": [0, 0, 9, 9]},
            {"id": 2, "image_id": 7, "category_id": 3, "keypoints": points, **annotation},
        ],
    }


def read_coco(tmp_path: Path, content: Any) -> list[tuple[str, Faces]]:
    path = tmp_path / "labels.json"
    path.write_text(json.dumps(content))
    return list(formats.read_coco(path))


def test_files_of_others(tmp_path: Path) -> None:
    (name, found), (second, none) = read_coco(tmp_path, foreign(bbox=[10, 20, 30, 40], segmentation=[[1, 2]]))
    assert (name, second, len(found), len(none)) == ("a.jpg", "b.jpg", 1, 0)
    np.testing.assert_array_equal(found.boxes, [[10, 20, 40, 60]])
    np.testing.assert_allclose(found.keypoints[0], POINTS, atol=1e-4)
    assert found.scores.tolist() == [1.0]
    assert (found.keypoint_scores == 1).all()
    (first, _) = formats.read_results(tmp_path / "labels.json")
    assert first.details == ()


@pytest.mark.parametrize("box", [{}, {"bbox": None}, {"bbox": [0, 0, 0, 0]}])
def test_faces_without_a_box_get_that_of_their_labelled_points(tmp_path: Path, box: dict[str, Any]) -> None:
    content = foreign(**box)
    content["annotations"][1]["keypoints"][:3] = [0, 0, 0]
    (_, found), _ = read_coco(tmp_path, content)
    np.testing.assert_allclose(found.boxes[0], [*POINTS[1:].min(axis=0), *POINTS[1:].max(axis=0)], atol=1e-4)
    assert found.keypoint_scores[0].tolist() == [0.0, *[1.0] * 67]


def test_whole_body(tmp_path: Path) -> None:
    """Its persons have 17 keypoints, and those of the face in a field of their own."""
    content = foreign()
    first, second = content["annotations"]
    first.update(face_kpts=second["keypoints"], face_box=[1, 2, 3, 4], face_valid=True)
    second.update(keypoints=[1, 1, 2] * 17, face_kpts=[0.0] * 204, face_box=[0, 0, 0, 0], face_valid=False)
    (_, found), _ = read_coco(tmp_path, content)
    np.testing.assert_array_equal(found.boxes, [[1, 2, 4, 6]])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"keypoints": [1, 1, 2] * 17}, "no annotation has the 68 keypoints of a face"),
        ({"keypoints": [0, 0, 0] * 68}, "no annotation has the 68 keypoints of a face"),
        ({"keypoints": ["x", 1, 2] * 68}, "annotation 2: could not convert"),
        ({"keypoint_scores": [1]}, "annotation 2: keypoint_scores must have shape"),
        ({"bbox": [1, 2, 3]}, "annotation 2: "),
        ({"image_id": 9}, "annotations of image 9, but no such image"),
        ({"image_id": [9]}, "each annotation must be an object with 'image_id'"),
    ],
)
def test_damaged(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=rf"labels\.json.*{message}"):
        read_coco(tmp_path, foreign(**change))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([], "this is no COCO file"),
        ({"images": [{"id": 1}], "annotations": []}, "each image must be an object with 'id' and 'file_name'"),
        ({"images": [], "annotations": [3]}, "each annotation must be an object"),
    ],
)
def test_no_coco(tmp_path: Path, content: Any, message: str) -> None:
    with pytest.raises(InputError, match=rf"labels\.json: {message}"):
        read_coco(tmp_path, content)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the file cannot be read"):
        formats.read_coco(tmp_path / "a.json")
    (tmp_path / "a.json").write_text("{")
    with pytest.raises(InputError, match="this is not valid JSON"):
        formats.read_coco(tmp_path / "a.json")
