from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from facepoints.errors import InputError, LabelError
from facepoints.evaluation.detector_data import PictureSplit, select_pictures
from facepoints.geometry import tight_boxes
from tests.datasets.layouts import photo_of, write_pts_folder, write_wider, write_ytf

ENTRIES = [
    "0--Parade/a.jpg",
    "2",
    "10 20 30 40 0 0 0 0 0 0 ",
    "1 2 3 4 0 0 0 1 0 0 ",
    "0--Parade/b.jpg",
    "0",
    "0 " * 10,
]


def test_wider(tmp_path: Path) -> None:
    selection = select_pictures(write_wider(tmp_path, ENTRIES, "val"))
    assert [picture.image.name for picture in selection.pictures] == ["a.jpg", "b.jpg"]
    assert selection.pictures[0].boxes.tolist() == [[10, 20, 40, 60], [1, 2, 4, 6]]
    assert selection.pictures[0].ignore.tolist() == [False, True]
    assert (selection.complete, selection.min_face, selection.min_iou) == (True, 16, 0.5)
    assert selection.description == "2 pictures with 2 labelled faces, 1 of them invalid; split val"
    with pytest.raises(LabelError, match=r"wider_face_train_bbx_gt\.txt"):
        select_pictures(tmp_path, "train")


def test_points_get_a_box_up_to_the_forehead(tmp_path: Path) -> None:
    selection = select_pictures(write_pts_folder(tmp_path, ["one"], first=7))
    (picture,) = selection.pictures
    x1, y1, x2, y2 = tight_boxes(photo_of(7)[1][None])[0]
    assert picture.boxes == pytest.approx(np.array([[x1, y1 - (y2 - y1) / 4, x2, y2]]), abs=0.01)
    assert picture.ignore.tolist() == [False]
    assert (selection.complete, selection.min_face, selection.min_iou) == (False, 20, 0.3)
    assert selection.description == "1 labelled picture"


def test_frames_of_people(tmp_path: Path) -> None:
    data = write_ytf(tmp_path / "ytf", {"Ann_A": 2, "Bob_B": 1}, "test")
    (tmp_path / "people.txt").write_text("Bob_B\n")
    assert len(select_pictures(data).pictures) == 3
    assert len(select_pictures(data, "test", exclude_file=tmp_path / "people.txt").pictures) == 2
    selection = select_pictures(data, people_file=tmp_path / "people.txt")
    assert [picture.image.name for picture in selection.pictures] == ["Bob_B_00.jpg"]


@pytest.mark.parametrize(
    ("layout", "split", "message"),
    [
        ("wider", "test", "splits train and val; not 'test'"),
        ("ytf", "val", "splits test and training, or all; not 'val'"),
        ("pts", "test", "neither WIDER FACE nor YouTube Faces"),
    ],
)
def test_splits_of_other_data_sets_are_refused(tmp_path: Path, layout: str, split: PictureSplit, message: str) -> None:
    if layout == "wider":
        write_wider(tmp_path, ENTRIES, "val")
    elif layout == "ytf":
        write_ytf(tmp_path / "x", {"Ann_A": 1}, "test")
    else:
        write_pts_folder(tmp_path, ["one"])
    with pytest.raises(InputError, match=message):
        select_pictures(tmp_path / "x" if layout == "ytf" else tmp_path, split)


def test_people_are_of_youtube_faces_only(tmp_path: Path) -> None:
    people = tmp_path / "people.txt"
    people.write_text("Bob_B\n")
    with pytest.raises(InputError, match="is WIDER FACE; a list of people"):
        select_pictures(write_wider(tmp_path / "wider", ENTRIES, "val"), people_file=people)
    with pytest.raises(InputError, match="no YouTube Faces folder"):
        select_pictures(write_pts_folder(tmp_path / "pts", ["one"]), exclude_file=people)
