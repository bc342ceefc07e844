import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from facepoints.datasets import convert_labels, dlib_xml, read_keypoints
from facepoints.errors import InputError, LabelError
from facepoints.formats import Converted, open_writer, read
from facepoints.formats.pts import read_pts
from tests.cli.conftest import run
from tests.datasets.layouts import write_pts_folder, write_ytf
from tests.random_faces import faces_of, mean_face

TWO = faces_of(mean_face((100, 100), 60), mean_face((300, 120), 40))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    root = write_ytf(tmp_path / "ytf", {"Ada_Lovelace": 2})
    return write_ytf(root, {"Alan_Turing": 1}, "test")


def test_youtube_faces_to_coco_and_dlib_and_back(data: Path, tmp_path: Path) -> None:
    assert convert_labels(data, "coco", tmp_path / "coco.json") == Converted(3, 3, 0)
    coco = json.loads((tmp_path / "coco.json").read_text())
    assert (coco["images"][0]["width"], coco["images"][0]["height"]) == (160, 160)
    assert convert_labels(tmp_path / "coco.json", "dlib", tmp_path / "faces.xml") == Converted(3, 3, 0)
    faces = [*read_keypoints(data), *read_keypoints(data, "test")]
    for face, same in zip(dlib_xml.read(tmp_path / "faces.xml"), faces, strict=True):
        assert face.image == same.image
        np.testing.assert_allclose(face.keypoints, same.keypoints, atol=0.51)


def test_a_split_by_its_csv_file(data: Path, tmp_path: Path) -> None:
    assert convert_labels(data / "test_frames_keypoints.csv", "jsonl", tmp_path / "a.jsonl") == Converted(1, 1, 0)
    ((name, faces),) = read(tmp_path / "a.jsonl")
    assert name == (data / "test" / "Alan_Turing_00.jpg").as_posix()
    assert faces.scores.tolist() == [1]


def test_300_w_to_youtube_faces(tmp_path: Path) -> None:
    folder = write_pts_folder(tmp_path / "training", ["Ada_00", "Ada_01"])
    labels = tmp_path / "training_frames_keypoints.csv"
    assert convert_labels(folder, "ytf", labels) == Converted(2, 2, 0)
    faces = read_keypoints(tmp_path)
    assert [(face.image.name, face.group) for face in faces] == [("Ada_00.png", "Ada"), ("Ada_01.png", "Ada")]
    np.testing.assert_allclose(faces[1].keypoints, read_pts(folder / "Ada_01.pts"), atol=2e-3)


def test_boxes_of_dlib_stay_as_they_are(tmp_path: Path) -> None:
    with open_writer("json", tmp_path / "found.json") as writer:
        writer.write("photos/a.jpg", 400, 300, TWO)
    convert_labels(tmp_path / "found.json", "dlib", tmp_path / "faces.xml")
    (picture,) = dlib_xml.read_boxed(tmp_path / "faces.xml")
    assert Path(picture.image) == tmp_path / "photos" / "a.jpg"
    np.testing.assert_allclose(picture.boxes, TWO.boxes, atol=0.51)
    convert_labels(tmp_path / "faces.xml", "pts", tmp_path / "points")
    assert len(list((tmp_path / "points").rglob("*.pts"))) == 2


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("labels.csv", "training_frames_keypoints.csv or test_frames_keypoints.csv"),
        ("training_frames_keypoints.csv", "has several faces"),
    ],
)
def test_what_the_layout_of_youtube_faces_has_no_place_for(tmp_path: Path, name: str, message: str) -> None:
    with open_writer("json", tmp_path / "found.json") as writer:
        writer.write("training/a.jpg", 400, 300, TWO)
    with pytest.raises(InputError, match=message):
        convert_labels(tmp_path / "found.json", "ytf", tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["found.json"]


def test_a_label_without_extent(data: Path, tmp_path: Path) -> None:
    labels = data / "test_frames_keypoints.csv"
    labels.write_text("header\nAlan_Turing_00.jpg," + ",".join(["5"] * 136) + "\n")
    with pytest.raises(LabelError, match=r"Alan_Turing_00\.jpg: its label makes no face"):
        convert_labels(data, "coco", tmp_path / "coco.json")
    assert not (tmp_path / "coco.json").exists()


def test_command(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "faces.xml"
    result = run("data", "convert", data, out, "--to", "dlib")
    assert (result.exit_code, result.stdout) == (0, f"{out}: 3 pictures, 3 faces\n")
    shutil.copytree(data / "training", tmp_path / "new" / "training")
    labels = tmp_path / "new" / "training_frames_keypoints.csv"
    result = run("data", "convert", out, labels, "--to", "ytf")
    assert result.exit_code == 2
    assert "is not in" in result.stderr  # the pictures of the list are those of the first folder
    assert not labels.exists()
