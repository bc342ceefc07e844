from pathlib import Path

import numpy as np
import pytest

from facepoints import formats
from facepoints.errors import InputError
from facepoints.faces import Faces
from facepoints.formats import Result
from tests.formats.batch_folder import MODEL, write_batch_folder
from tests.random_faces import faces_of, mean_face

TWO = faces_of(mean_face((100, 100), 60), mean_face((300, 120), 40))
ONE = faces_of(mean_face((200, 100), 50))
EMPTY = Faces.empty()

PARTS = [
    [
        Result("people/a.jpg", TWO, 640, 480, details=[{"pose": {"yaw": 1.5}}, {"pose": {"yaw": -30.0}}]),
        Result("people/b.jpg", EMPTY, 640, 480),
        Result("people/c.jpg", EMPTY, error="damaged: the file is truncated"),
    ],
    [Result("clip.mp4", faces, 320, 240, frame, frame / 25) for frame, faces in ((0, EMPTY), (10, ONE), (20, ONE))],
    [Result("d.jpg", EMPTY, error="missing: no such file")],
]


def folder(tmp_path: Path, parts: list[list[Result]] = PARTS) -> Path:
    return write_batch_folder(tmp_path / "out", parts)


def test_all_that_the_tables_say_comes_back(tmp_path: Path) -> None:
    read = list(formats.read_results(folder(tmp_path)))
    expected = [row for part in PARTS for row in part]
    assert [(row.name, row.width, row.height, row.time) for row in read] == [
        (row.name, row.width, row.height, row.time) for row in expected
    ]
    for row, original in zip(read, expected, strict=True):
        np.testing.assert_array_equal(row.faces.boxes, original.faces.boxes)
        np.testing.assert_array_equal(row.faces.keypoints, original.faces.keypoints)
    assert [row.error for row in read if row.error] == ["the file is truncated", "no such file"]
    assert [*read[0].details] == [{"pose": {"yaw": yaw}, "model": MODEL} for yaw in (1.5, -30.0)]


def test_failed_pictures_are_left_out_and_those_without_faces_are_not(tmp_path: Path) -> None:
    assert [(name, len(faces)) for name, faces in formats.read(folder(tmp_path))] == [
        ("people/a.jpg", 2),
        ("people/b.jpg", 0),
        *[("clip.mp4", 0), ("clip.mp4", 1), ("clip.mp4", 1)],
    ]


def test_parts_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    out = folder(tmp_path, [[Result("late.jpg", ONE, 9, 9)], [Result("early.jpg", ONE, 9, 9)]])
    for table in ("images", "faces"):
        (out / table / "part-00000.parquet").rename(out / table / "part-100000.parquet")
    assert [name for name, _ in formats.read(out)] == ["early.jpg", "late.jpg"]


def test_an_unfinished_run_is_read_as_far_as_it_is(tmp_path: Path) -> None:
    out = write_batch_folder(tmp_path / "out", PARTS[:2], finished=False)
    (out / "images" / "part-00001.parquet").unlink()  # its faces are there before it is
    assert formats.is_unfinished(out)
    assert len(list(formats.read(out))) == 2
    (out / "images" / "part-00000.parquet").unlink()
    assert list(formats.read(out)) == []
    assert not formats.is_unfinished(folder(tmp_path / "other"))
    (out / "run.json").write_text("{}")
    with pytest.raises(InputError, match=r"run\.json: this record of a run is damaged"):
        formats.is_unfinished(out)


def break_faces(out: Path, parts: list[list[Result]], tmp_path: Path) -> None:
    """Put faces of other pictures into the first part."""
    other = write_batch_folder(tmp_path / "other", parts)
    (other / "faces" / "part-00000.parquet").replace(out / "faces" / "part-00000.parquet")


@pytest.mark.parametrize(
    ("faces_of_others", "message"),
    [
        ([Result("a.jpg", ONE, 9, 9)], "part-00000.parquet: a.jpg should have 2 faces, not 1"),
        ([Result("b.jpg", TWO, 9, 9)], "the faces of a.jpg are missing, or not where they should be"),
        ([], "the faces of a.jpg are missing"),
        ([Result("a.jpg", TWO, 9, 9), Result("c.jpg", ONE, 9, 9)], "it has faces of pictures that"),
    ],
)
def test_tables_that_do_not_fit_together(tmp_path: Path, faces_of_others: list[Result], message: str) -> None:
    out = folder(tmp_path, [[Result("a.jpg", TWO, 9, 9)]])
    break_faces(out, [faces_of_others], tmp_path)
    with pytest.raises(InputError, match=message):
        list(formats.read(out))


def test_a_missing_part(tmp_path: Path) -> None:
    out = folder(tmp_path)
    (out / "faces" / "part-00000.parquet").unlink()
    with pytest.raises(InputError, match=r"part-00000\.parquet: the faces of people/a\.jpg are missing"):
        list(formats.read(out))
