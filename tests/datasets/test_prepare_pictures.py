"""From folders of data sets to the pictures that a detector learns from."""

from pathlib import Path

import numpy as np
import pytest

from facepoints import images
from facepoints.datasets.prepare_pictures import prepare_pictures
from facepoints.errors import ImageError, LabelError
from tests.datasets.layouts import astronaut, write_pts_folder, write_wider, write_ytf

FACE_BOX = "178 60 98 135"
"""The face of the example picture in WIDER FACE's x y w h."""


def errors() -> tuple[list[Path], object]:
    failed: list[Path] = []
    return failed, lambda path, error: failed.append(path)


def wider(root: Path, rows: list[str]) -> Path:
    entries = ["a/astronaut.png", str(len(rows)), *(f"{row} 0 0" for row in rows)]
    write_wider(root, entries)
    (root / "WIDER_train" / "images" / "a").mkdir()
    images.write(root / "WIDER_train" / "images" / "a" / "astronaut.png", astronaut())
    return root


def test_all_faces_of_a_wider_picture(tmp_path: Path) -> None:
    rows = [f"{FACE_BOX} 0 0 0 0", "10 10 12 14 0 0 0 0", "300 300 40 40 0 0 0 1", "60 60 0 9 0 0 0 0"]
    failed, note = errors()
    pictures = prepare_pictures([wider(tmp_path, rows)], exclude_people=(), on_error=note)  # type: ignore[arg-type]
    assert failed == []
    assert pictures.complete == [True]
    faces = pictures.faces[0]
    np.testing.assert_allclose(faces.ovals[0], [227, 127.5, 98, 135, 0])
    assert faces.ignore.tolist() == [False, False, True, True]
    # Only a face that the keypoint network is sure of gets landmarks.
    assert np.isfinite(faces.landmarks[:, 0, 0]).tolist() == [True, False, False, False]
    left_eye, right_eye = faces.landmarks[0, :2]
    assert 190 < left_eye[0] < right_eye[0] < 265
    assert 90 < left_eye[1] < 130


def test_labelled_faces(tmp_path: Path) -> None:
    folder = write_pts_folder(tmp_path / "300w" / "trainset", ["one", "two"])
    write_pts_folder(tmp_path / "300w" / "testset", ["three"])
    failed, note = errors()
    pictures = prepare_pictures([tmp_path / "300w"], exclude_people=(), on_error=note)  # type: ignore[arg-type]
    assert len(pictures) == 2
    assert pictures.complete == [False, False]
    assert folder.exists()
    assert failed == []
    assert np.isfinite(pictures.faces[0].landmarks).all()


def test_several_sets_in_one_folder_and_people_held_out(tmp_path: Path) -> None:
    wider(tmp_path / "wider", [f"{FACE_BOX} 0 0 0 0"])
    write_pts_folder(tmp_path / "300w", ["one"])
    write_ytf(tmp_path / "ytf", {"Ann": 2, "Bob": 1, "Eve": 1})
    (tmp_path / "ytf" / "people_heldout.txt").write_text("Bob\n")
    _, note = errors()
    pictures = prepare_pictures([tmp_path], exclude_people=["Eve"], on_error=note)  # type: ignore[arg-type]
    assert sorted(pictures.groups) == ["300w/one", "wider/astronaut", "ytf/Ann", "ytf/Ann"]


def test_a_broken_picture_is_named_and_left_out(tmp_path: Path) -> None:
    folder = write_pts_folder(tmp_path / "faces", ["one", "two"])
    (folder / "one.png").write_bytes(b"no picture")
    failed: list[tuple[Path, ImageError]] = []
    pictures = prepare_pictures([folder], exclude_people=(), on_error=lambda *pair: failed.append(pair))
    assert [path.name for path, _ in failed] == ["one.png"]
    assert len(pictures) == 1


def test_nothing_left(tmp_path: Path) -> None:
    folder = write_pts_folder(tmp_path / "faces", ["one"])
    (folder / "one.png").write_bytes(b"no picture")
    with pytest.raises(LabelError, match="no picture could be read from"):
        prepare_pictures([folder], exclude_people=(), on_error=lambda *_: None)
