from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from facepoints.datasets import read_keypoints, ytf
from facepoints.errors import InputError, LabelError
from tests.datasets.layouts import csv_row, photo_of, write_ytf

PEOPLE = {"Ada_Lovelace": 2, "Alan_Turing": 1, "Grace_Hopper": 1}


def test_labels_are_made_0_based_and_keep_the_order_of_the_file(tmp_path: Path) -> None:
    root = write_ytf(tmp_path, PEOPLE)
    faces = ytf.read(root)
    assert [face.image.name for face in faces] == [
        "Ada_Lovelace_00.jpg",
        "Ada_Lovelace_01.jpg",
        "Alan_Turing_00.jpg",
        "Grace_Hopper_00.jpg",
    ]
    assert all(face.image.is_file() and face.source == "ytf" for face in faces)
    assert [face.group for face in faces] == ["Ada_Lovelace", "Ada_Lovelace", "Alan_Turing", "Grace_Hopper"]
    assert faces[0].keypoints.dtype == np.float32
    np.testing.assert_allclose(faces[0].keypoints, photo_of(101)[1], atol=1e-3)  # written with 1 added


def test_splits_are_told_apart(tmp_path: Path) -> None:
    write_ytf(tmp_path, PEOPLE)
    write_ytf(tmp_path, {"Alan_Turing": 2}, split="test")
    assert [face.image.parent.name for face in read_keypoints(tmp_path, "test")] == ["test"] * 2
    assert len(read_keypoints(tmp_path)) == 4
    with pytest.raises(InputError, match="training, test; not 'validation'"):
        ytf.read(tmp_path, "validation")


def test_choice_of_people(tmp_path: Path) -> None:
    write_ytf(tmp_path, PEOPLE)
    assert {face.group for face in ytf.read(tmp_path, people={"Alan_Turing"})} == {"Alan_Turing"}
    assert {face.group for face in ytf.read(tmp_path, exclude={"Alan_Turing"})} == {"Ada_Lovelace", "Grace_Hopper"}


def test_list_of_people(tmp_path: Path) -> None:
    path = tmp_path / "people.txt"
    path.write_text("Ada_Lovelace\n\n  Alan_Turing \n")
    assert ytf.read_people(path) == {"Ada_Lovelace", "Alan_Turing"}
    path.write_text("\n")
    with pytest.raises(LabelError, match="is empty"):
        ytf.read_people(path)
    with pytest.raises(LabelError, match=r"nobody\.txt"):
        ytf.read_people(tmp_path / "nobody.txt")


GOOD = csv_row("Ada_Lovelace_00.jpg", photo_of(0)[1])


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["header", GOOD, "Alan_Turing_00.jpg,1,2,3"], r"keypoints\.csv, line 3: .* got 3 cells"),
        (["header", GOOD.replace("jpg,", "jpg,x", 1)], r"keypoints\.csv, line 2: .*136 numbers"),
        (["header", "Ada_Lovelace_00.jpg," + ",".join(["nan"] * 136)], r"line 2: a coordinate is not a finite number"),
        ([GOOD], r"line 1: expected a header, not the labels of Ada_Lovelace_00\.jpg"),
    ],
)
def test_damaged_labels_name_file_and_line(tmp_path: Path, lines: list[str], message: str) -> None:
    (tmp_path / "training_frames_keypoints.csv").write_text("\n".join(lines))
    with pytest.raises(LabelError, match=message):
        ytf.read(tmp_path)


def test_missing_labels(tmp_path: Path) -> None:
    write_ytf(tmp_path, PEOPLE)
    with pytest.raises(LabelError, match=r"cannot read the labels .*test_frames_keypoints\.csv"):
        ytf.read(tmp_path, "test")
    with pytest.raises(LabelError, match="is not a folder"):
        read_keypoints(tmp_path / "elsewhere")


def test_written_labels_are_read_again(tmp_path: Path) -> None:
    faces = ytf.read(write_ytf(tmp_path / "first", PEOPLE))
    root = tmp_path / "second"
    (root / "training").mkdir(parents=True)
    moved = [replace(face, image=root / "training" / face.image.name) for face in faces]
    assert ytf.write_labels(root, "training", moved) == root / "training_frames_keypoints.csv"
    for face, same in zip(ytf.read(root), faces, strict=True):
        assert (face.image.name, face.group) == (same.image.name, same.group)
        np.testing.assert_allclose(face.keypoints, same.keypoints, atol=6e-4)
    assert (root / "training_frames_keypoints.csv").read_text().splitlines()[0].startswith(",0,1,2,")


def test_pictures_of_another_split_are_not_written(tmp_path: Path) -> None:
    faces = ytf.read(write_ytf(tmp_path, PEOPLE))
    with pytest.raises(InputError, match=r"Ada_Lovelace_00\.jpg is not in .*test"):
        ytf.write_labels(tmp_path, "test", faces)
    assert not (tmp_path / "test_frames_keypoints.csv").exists()
