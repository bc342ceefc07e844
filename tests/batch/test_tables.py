from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

pa = pytest.importorskip("pyarrow", reason="pyarrow comes with the extra [batch]")
pq = pytest.importorskip("pyarrow.parquet")

from facepoints.batch import tables as module  # noqa: E402
from facepoints.batch.folder import ResultFolder  # noqa: E402
from facepoints.batch.pictures import Picture, Problem  # noqa: E402
from facepoints.batch.tables import Counts, ShardTables  # noqa: E402
from facepoints.faces import Faces  # noqa: E402
from tests.batch.tables import Row, faces_at  # noqa: E402

IMAGE_COLUMNS = {
    "image": "string", "frame": "int64", "time": "double", "width": "int32", "height": "int32", "faces": "int32",
    "error_kind": "string", "error": "string", "ms": "float",
}  # fmt: skip

FACE_COLUMNS = {
    "image": "string", "width": "int32", "height": "int32", "frame": "int64", "time": "double", "face": "int32",
    **dict.fromkeys(("x1", "y1", "x2", "y2", "score"), "float"),
    **{f"point{number}_{what}": "float" for number in range(68) for what in ("x", "y", "score")},
    "pose_yaw": "double", "model": "string",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> ResultFolder:
    folder = ResultFolder(tmp_path / "out")
    folder.make()
    return folder


def add(tables: ShardTables, *rows: Row) -> None:
    for row in rows:
        picture = row.picture()
        details = [{"pose": {"yaw": angles[0]}} for angles in row.pose]
        tables.add(picture, row.faces or Faces.empty(), details, picture.problem, picture.ms)


def files(folder: ResultFolder) -> list[str]:
    return sorted(path.relative_to(folder.root).as_posix() for path in folder.root.rglob("*") if path.is_file())


def columns(path: Path) -> dict[str, str]:
    return {field.name: str(field.type) for field in pq.read_schema(path)}


ROWS = [
    Row("three.jpg", faces_at(3, score=0.75), pose=[(-31.5,), (12.0,), (None,)]),
    Row("gone.jpg", error=("missing", "there is no such file")),
    Row("none.jpg", Faces.empty(), size=(33, 44)),
    Row("clip.mp4", faces_at(1), frame=50),
]


def test_a_row_a_picture_and_a_row_a_face(folder: ResultFolder) -> None:
    with ShardTables(folder, 7, ("pose_yaw",), "compact 1.0") as tables:
        add(tables, *ROWS)
        tables.publish()
    assert tables.counts == Counts(4, 4, 1)
    images, faces = folder.image_table(7), folder.face_table(7)
    assert files(folder) == ["faces/part-00007.parquet", "images/part-00007.parquet"]
    assert columns(images) == IMAGE_COLUMNS
    assert columns(faces) == FACE_COLUMNS
    assert [tuple(row.values()) for row in pq.read_table(images, partitioning=None).to_pylist()] == [
        ("three.jpg", None, None, 640, 480, 3, None, None, 2.5),
        ("gone.jpg", None, None, None, None, None, "missing", "there is no such file", 2.5),
        ("none.jpg", None, None, 33, 44, 0, None, None, 2.5),
        ("clip.mp4", 50, 2.0, 640, 480, 1, None, None, 2.5),
    ]
    rows = pq.read_table(faces, partitioning=None).to_pylist()
    about = ("image", "width", "height", "frame", "time", "face", "score", "pose_yaw", "model")
    assert [tuple(row[name] for name in about) for row in rows] == [
        ("three.jpg", 640, 480, None, None, 0, 0.75, -31.5, "compact 1.0"),
        ("three.jpg", 640, 480, None, None, 1, 0.75, 12.0, "compact 1.0"),
        ("three.jpg", 640, 480, None, None, 2, 0.75, None, "compact 1.0"),
        ("clip.mp4", 640, 480, 50, 2.0, 0, np.float32(0.9), None, "compact 1.0"),
    ]
    second = faces_at(3)
    assert [rows[1][name] for name in ("x1", "y1", "x2", "y2")] == second.boxes[1].tolist()
    assert [rows[1][f"point67_{axis}"] for axis in "xy"] == second.keypoints[1, 67].tolist()
    assert rows[1]["point67_score"] == 1.0


def test_names_follow_when_all_is_whole_and_that_of_the_images_last(
    folder: ResultFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    named: list[str] = []
    replace = Path.replace

    def noting(path: Path, target: Path) -> Path:
        assert pq.read_metadata(path).num_rows in (3, 4)
        assert not any(name.startswith("images") for name in files(folder))
        named.append(target.relative_to(folder.root).as_posix())
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", noting)
    with ShardTables(folder, 0, ("pose_yaw",), "compact 1.0") as tables:
        add(tables, *ROWS)
        assert all(name.startswith(".part/") and name.endswith(".tmp") for name in files(folder))
        assert not folder.is_finished(0)
        tables.publish()
    assert named == ["faces/part-00000.parquet", "images/part-00000.parquet"]


def test_what_breaks_off_leaves_nothing(folder: ResultFolder) -> None:
    with suppress(KeyboardInterrupt), ShardTables(folder, 0, ("pose_yaw",), "compact 1.0") as tables:
        add(tables, *ROWS)
        raise KeyboardInterrupt
    assert files(folder) == []


@pytest.mark.parametrize("count", [0, 1, 4, 5, 9])
def test_rows_are_written_in_groups(folder: ResultFolder, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(module, "_ROWS_AT_ONCE", 4)
    with ShardTables(folder, 0, (), "compact 1.0") as tables:
        add(tables, *(Row(f"{number}.jpg", Faces.empty()) for number in range(count)))
        tables.publish()
    table = pq.ParquetFile(folder.image_table(0))
    assert table.read()["image"].to_pylist() == [f"{number}.jpg" for number in range(count)]
    assert table.num_row_groups == -(-count // 4)
    table.close()


def test_names_that_are_no_text(folder: ResultFolder) -> None:
    odd = Picture(os.fsdecode(b"caf\xe9.jpg"), None, None, None, Problem("failed", os.fsdecode(b"\xff?")), 1.0)
    with ShardTables(folder, 0, (), "compact 1.0") as tables:
        tables.add(odd, Faces.empty(), [], odd.problem, odd.ms)
        tables.publish()
    (row,) = pq.read_table(folder.image_table(0), partitioning=None).to_pylist()
    assert (row["image"], row["error"]) == ("caf\ufffd.jpg", "\ufffd?")


def test_a_picture_that_was_read_but_failed_keeps_its_size(folder: ResultFolder) -> None:
    picture = Row("odd.jpg", size=(30, 20)).picture()
    with ShardTables(folder, 0, (), "compact 1.0") as tables:
        tables.add(picture, Faces.empty(), [], Problem("failed", "MemoryError"), 1.0)
        tables.publish()
    (row,) = pq.read_table(folder.image_table(0), partitioning=None).to_pylist()
    assert (row["width"], row["height"], row["faces"], row["error_kind"]) == (30, 20, None, "failed")
    assert tables.counts == Counts(1, 0, 1)
