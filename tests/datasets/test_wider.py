from pathlib import Path

import pytest

from facepoints.datasets import wider
from facepoints.errors import InputError, LabelError
from tests.datasets.layouts import write_wider

ENTRIES = [
    "0--Parade/first.jpg",
    "2",
    "449 330 122 149 0 0 0 0 0 0 ",
    "10 20 30 40 0 0 0 1 0 0 ",
    "0--Parade/empty.jpg",
    "0",
    "0 0 0 0 0 0 0 0 0 0 ",
    "1--Fair/last.jpg",
    "1",
    "1 2 3 4 0 0 0 0 0 0 ",
]


def test_boxes_become_corners_and_invalid_faces_are_marked(tmp_path: Path) -> None:
    assert not wider.is_wider(tmp_path)
    pictures = wider.read(write_wider(tmp_path, ENTRIES))
    assert wider.is_wider(tmp_path)
    assert [picture.image for picture in pictures] == [
        tmp_path / "WIDER_train" / "images" / name
        for name in ("0--Parade/first.jpg", "0--Parade/empty.jpg", "1--Fair/last.jpg")
    ]
    assert pictures[0].boxes.tolist() == [[449, 330, 571, 479], [10, 20, 40, 60]]
    assert pictures[0].ignore.tolist() == [False, True]
    assert pictures[1].boxes.shape == (0, 4)
    assert pictures[2].boxes.tolist() == [[1, 2, 4, 6]]


@pytest.mark.parametrize(
    ("line", "text", "damaged"),
    [
        (1, "two", "line 1: the entry of '0--Parade/first.jpg'"),
        (1, "3", "line 1: "),
        (1, "-1", "line 1: "),
        (3, "10 20 30", "line 1: "),
        (8, "2", "line 8: the entry of '1--Fair/last.jpg'"),
        (5, "", "line 5: the entry of '0--Parade/empty.jpg'"),
    ],
)
def test_damaged_list_names_file_and_line(tmp_path: Path, line: int, text: str, damaged: str) -> None:
    entries = list(ENTRIES)
    entries[line] = text
    with pytest.raises(LabelError, match=rf"wider_face_train_bbx_gt\.txt, {damaged}"):
        wider.read(write_wider(tmp_path, entries))


def test_missing_list_and_unknown_split(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match=r"wider_face_val_bbx_gt\.txt"):
        wider.read(write_wider(tmp_path, ENTRIES), "val")
    with pytest.raises(InputError, match="train and val; not 'test'"):
        wider.read(tmp_path, "test")
