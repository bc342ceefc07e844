from __future__ import annotations

from pathlib import Path

import pytest

from facepoints.errors import InputError
from facepoints.evaluation.selection import Split, select_faces

FRAMES = {"training": ["Ann_B_01.jpg", "Ann_B_02.jpg", "Cy_D_03.jpg"], "test": ["Ann_B_04.jpg", "Cy_D_05.jpg"]}


@pytest.fixture
def ytf(tmp_path: Path) -> Path:
    for split, names in FRAMES.items():
        rows = [",".join([name, *(str(value) for value in range(136))]) for name in names]
        (tmp_path / f"{split}_frames_keypoints.csv").write_text("\n".join(["header", *rows]))
    (tmp_path / "people.txt").write_text("Ann_B\n")
    (tmp_path / "strangers.txt").write_text("Nobody\n")
    return tmp_path


@pytest.mark.parametrize(
    ("split", "people", "exclude", "names"),
    [
        ("test", None, None, ["Ann_B_04.jpg", "Cy_D_05.jpg"]),
        ("training", None, None, ["Ann_B_01.jpg", "Ann_B_02.jpg", "Cy_D_03.jpg"]),
        ("all", "people.txt", None, ["Ann_B_01.jpg", "Ann_B_02.jpg", "Ann_B_04.jpg"]),
        ("all", None, "people.txt", ["Cy_D_03.jpg", "Cy_D_05.jpg"]),
    ],
)
def test_split_and_people(ytf: Path, split: Split, people: str | None, exclude: str | None, names: list[str]) -> None:
    files = [None if name is None else ytf / name for name in (people, exclude)]
    selection = select_faces(ytf, split, people_file=files[0], exclude_file=files[1])
    assert [face.image.name for face in selection.faces] == names
    assert selection.description.startswith(f"{len(names)} labelled frames")


@pytest.mark.parametrize(
    ("split", "trained", "remark"),
    [
        ("test", ["Ann_B_01.jpg", "Cy_D_03.jpg"], "; not held out: the same people are in the training split"),
        ("test", ["Ann_B_01.jpg"], "; not held out: 1 of these people are in the training split"),
        ("test", ["Eve_F_01.jpg"], "; nobody of them is in the training split"),
        ("test", None, "split test"),
        ("all", ["Eve_F_01.jpg"], "; not held out: the training split is part of it"),
        ("training", ["Eve_F_01.jpg"], "split training"),
    ],
)
def test_who_was_trained_on_is_told(ytf: Path, split: Split, trained: list[str] | None, remark: str) -> None:
    labels = ytf / "training_frames_keypoints.csv"
    header, row, *_ = labels.read_text().splitlines()
    if trained is None:
        labels.unlink()
    else:
        labels.write_text("\n".join([header, *(row.replace("Ann_B_01.jpg", name) for name in trained)]))
    assert select_faces(ytf, split).description.endswith(remark)


def test_chosen_people_are_told(ytf: Path) -> None:
    assert select_faces(ytf, people_file=ytf / "people.txt").description.endswith("; only the people of people.txt")


def test_pts_folder(tmp_path: Path) -> None:
    points = "\n".join("1 2" for _ in range(68))
    (tmp_path / "a.pts").write_text(f"version: 1\nn_points: 68\n{{\n{points}\n}}\n")
    (tmp_path / "a.png").touch()
    assert select_faces(tmp_path).description == "1 labelled picture"
    (tmp_path / "people.txt").write_text("Ann_B\n")
    with pytest.raises(InputError, match="no YouTube Faces folder"):
        select_faces(tmp_path, "test", people_file=tmp_path / "people.txt")


def test_selections_that_make_no_sense_are_refused(ytf: Path) -> None:
    with pytest.raises(InputError, match="nothing is left"):
        select_faces(ytf, "all", people_file=ytf / "strangers.txt")
