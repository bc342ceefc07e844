from pathlib import Path

import numpy as np
import pytest

from facepoints.datasets import pts_folder, read_keypoints
from facepoints.errors import LabelError
from tests.datasets.layouts import photo_of, write_pts_folder


def test_all_folders_below_are_read_in_the_order_of_their_paths(tmp_path: Path) -> None:
    write_pts_folder(tmp_path / "lfpw" / "trainset", ["image_0001", "image_0002"])
    write_pts_folder(tmp_path / "afw", ["134212_1"], first=5)
    faces = read_keypoints(tmp_path)
    assert [face.image.name for face in faces] == ["134212_1.png", "image_0001.png", "image_0002.png"]
    np.testing.assert_allclose(faces[0].keypoints, photo_of(5)[1], atol=1e-3)
    assert {face.source for face in faces} == {"300w"}


@pytest.mark.parametrize(
    ("stem", "group"),
    [("1051618982_1", "1051618982"), ("1051618982_12", "1051618982"), ("image_0001", "image_0001"), ("me", "me")],
)
def test_faces_of_one_photo_share_a_group(tmp_path: Path, stem: str, group: str) -> None:
    write_pts_folder(tmp_path, [stem])
    assert pts_folder.read(tmp_path)[0].group == group


def test_a_picture_may_have_several_faces(tmp_path: Path) -> None:
    write_pts_folder(tmp_path, ["me", "me_1"])
    (tmp_path / "me.pts").rename(tmp_path / "me_0.pts")
    (tmp_path / "me_2.pts").write_bytes((tmp_path / "me_0.pts").read_bytes())
    faces = pts_folder.read(tmp_path)
    assert [face.image.name for face in faces] == ["me.png", "me_1.png", "me.png"]  # one of its own comes first
    assert [face.group for face in faces] == ["me", "me_1", "me"]


def test_picture_endings_may_be_in_capitals(tmp_path: Path) -> None:
    write_pts_folder(tmp_path, ["me"])
    (tmp_path / "me.png").rename(tmp_path / "me.PNG")
    assert pts_folder.read(tmp_path)[0].image.is_file()


def test_errors_name_the_file(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match=r"no \.pts file in"):
        pts_folder.read(tmp_path)
    write_pts_folder(tmp_path, ["me", "you"])
    (tmp_path / "me.png").unlink()
    with pytest.raises(LabelError, match=r"me\.pts has no picture beside it"):
        pts_folder.read(tmp_path)
    (tmp_path / "me.pts").write_text("version: 1\n{\n1 2\n")
    (tmp_path / "me.png").write_bytes((tmp_path / "you.png").read_bytes())
    with pytest.raises(LabelError, match=r"me\.pts: no closing brace"):
        pts_folder.read(tmp_path)
