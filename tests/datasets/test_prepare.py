from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from facepoints import images
from facepoints.datasets.prepare import prepare_crops
from facepoints.errors import ImageError, LabelError
from tests.datasets.layouts import ASTRONAUT, write_pts_folder, write_wider, write_ytf


def refuse(path: Path, error: ImageError) -> None:
    raise error


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    """A folder of three data sets, each in its official layout."""
    root = tmp_path / "data"
    write_pts_folder(root / "300w" / "lfpw" / "trainset", ["image_0001", "image_0002"])
    write_pts_folder(root / "300w" / "lfpw" / "testset", ["image_0003"])
    write_ytf(root / "ytf", {"Ada_Lovelace": 1, "Alan_Turing": 1})
    write_ytf(root / "ytf", {"Grace_Hopper": 1}, split="test")
    write_wider(root / "wider", ["photo.png", "0", "0 0 0 0 0 0 0 0 0 0"])
    images.write(root / "wider" / "WIDER_train" / "images" / "photo.png", images.read(ASTRONAUT))
    return root


def test_a_folder_of_data_sets_gives_their_training_parts(collection: Path) -> None:
    titles: list[str] = []

    def track(items: Sequence[Any], title: str) -> Iterable[Any]:
        titles.append(title)
        return items

    crops = prepare_crops([collection], exclude_people={"Alan_Turing"}, on_error=refuse, track=track)
    background = Counter(crops.sources).pop("background")
    assert background > 0
    assert Counter(crops.sources) == {"300w": 2, "ytf": 1, "background": background}
    assert set(crops.groups) == {"300w/image_0001", "300w/image_0002", "ytf/Ada_Lovelace", "background/photo"}
    assert titles == ["300w: faces", "ytf: faces", "wider: background"]


def test_folders_and_files_are_put_together(collection: Path, tmp_path: Path) -> None:
    path = tmp_path / "ytf.npz"
    prepare_crops([collection / "ytf"], exclude_people=(), on_error=refuse).save(path)
    crops = prepare_crops([path, collection / "300w"], exclude_people=(), on_error=refuse)
    assert crops.sources == ["ytf"] * 2 + ["300w"] * 2


def test_a_test_set_named_by_the_user_is_read(collection: Path) -> None:
    crops = prepare_crops([collection / "300w" / "lfpw" / "testset"], exclude_people=(), on_error=refuse)
    assert crops.groups == ["300w/image_0003"]


def test_what_is_no_data_set(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match=r"no \.pts file"):
        prepare_crops([tmp_path], exclude_people=(), on_error=refuse)
    with pytest.raises(LabelError, match="is not a folder"):
        prepare_crops([tmp_path / "nowhere"], exclude_people=(), on_error=refuse)
    faces = write_pts_folder(tmp_path / "faces", ["a"])
    (faces / "a.png").write_text("no picture")
    with pytest.raises(LabelError, match="no face could be read from"):
        prepare_crops([faces], exclude_people=(), on_error=lambda path, error: None)


def test_people_whom_the_folder_holds_out_are_left_out(collection: Path) -> None:
    (collection / "ytf" / "people_heldout.txt").write_text("Ada_Lovelace\n", encoding="utf-8")
    crops = prepare_crops([collection / "ytf"], exclude_people=(), on_error=refuse)
    assert crops.groups == ["ytf/Alan_Turing"]
