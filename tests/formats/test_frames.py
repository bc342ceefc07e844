"""Tables of the frames of a video."""

import csv
import io
import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facepoints import formats
from facepoints.errors import InputError, MissingExtraError
from facepoints.faces import Faces
from facepoints.formats import Video, detail_columns, open_frame_writer
from tests.formats.test_round_trip import assert_equal
from tests.random_faces import faces, faces_of, mean_face

VIDEO = Video("clips/a.mp4", 640, 480)


def people(*track_ids: int) -> Faces:
    found = faces_of(*(mean_face((100.0 * track, 120.25), 40.0) for track in track_ids))
    return replace(found, track_ids=np.array(track_ids))


def test_what_is_not_known_of_a_face_is_null_or_empty(tmp_path: Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet", reason="comes with the extra [video]")
    unknown = [{"pose": {"yaw": None}}, {"pose": {"yaw": -2.0}}]
    video = replace(VIDEO, details=("pose_yaw",))
    texts = {"jsonl": io.StringIO(), "csv": io.StringIO(newline="")}
    for name, stream in texts.items():
        with open_frame_writer(name, stream, video) as writer:
            writer.write(0, 0.0, people(4, 2), unknown)
    with open_frame_writer("parquet", tmp_path / "a.parquet", video) as writer:
        writer.write(0, 0.0, people(4, 2), unknown)
    assert [face["pose"]["yaw"] for face in json.loads(texts["jsonl"].getvalue())["faces"]] == [None, -2.0]
    texts["csv"].seek(0)
    assert [row["pose_yaw"] for row in csv.DictReader(texts["csv"])] == ["", "-2.0"]
    assert pq.read_table(tmp_path / "a.parquet")["pose_yaw"].to_pylist() == [None, -2.0]


def test_json_is_the_object_of_the_design() -> None:
    stream = io.StringIO()
    with open_frame_writer("jsonl", stream, VIDEO) as writer:
        writer.write(0, 0.0, Faces.empty())
        writer.write(1, 1 / 3, people(4, 2), [{"pose": {"yaw": 1.5}}, {"pose": {"yaw": -2.0}}])
    first, second = (json.loads(line) for line in stream.getvalue().splitlines())
    assert first == {"image": "clips/a.mp4", "width": 640, "height": 480, "frame": 0, "time": 0.0, "faces": []}
    assert [*second] == ["image", "width", "height", "frame", "time", "faces"]
    assert (second["frame"], second["time"]) == (1, 0.333333)
    assert [(face["track_id"], face["pose"]) for face in second["faces"]] == [(4, {"yaw": 1.5}), (2, {"yaw": -2.0})]
    assert second["faces"] == [
        {**face, "pose": {"yaw": yaw}} for face, yaw in zip(people(4, 2).to_dict()["faces"], (1.5, -2.0), strict=True)
    ]


def test_csv_has_a_row_a_face_and_frame() -> None:
    stream = io.StringIO()
    video = replace(VIDEO, details=detail_columns({"pose": {"yaw": 0.0}, "blinks": 0}))
    with open_frame_writer("csv", stream, video) as writer:
        writer.write(0, 0.04, people(1, 3), [{"pose": {"yaw": 1.5}, "blinks": 2}, {"pose": {"yaw": None}, "blinks": 0}])
        writer.write(1, 0.08, Faces.empty(), [])
        writer.write(2, 0.12, people(3))
    rows = list(csv.DictReader(io.StringIO(stream.getvalue())))
    about = ("image", "width", "height", "frame", "time", "face", "track_id", "pose_yaw", "blinks")
    assert [[row[name] for name in about] for row in rows] == [
        ["clips/a.mp4", "640", "480", "0", "0.04", "0", "1", "1.5", "2"],
        ["clips/a.mp4", "640", "480", "0", "0.04", "1", "3", "", "0"],
        ["clips/a.mp4", "640", "480", "2", "0.12", "0", "3", "", ""],
    ]
    assert set(rows[0]) == {*about, *Faces.empty().to_columns()}


@pytest.mark.parametrize("format_name", ["jsonl", "csv"])
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(frames=st.lists(faces(), max_size=4))
def test_what_is_written_is_read_back(tmp_path: Path, format_name: str, frames: list[Faces]) -> None:
    path = tmp_path / f"result.{format_name}"
    with open_frame_writer(format_name, path, VIDEO) as writer:
        for number, found in enumerate(frames):
            writer.write(number, number / 25, found)
    read = list(formats.read(path))
    expected = [found for found in frames if len(found) or format_name == "jsonl"]
    assert [name for name, _ in read] == [VIDEO.name] * len(expected)
    for (_, actual), original in zip(read, expected, strict=True):
        assert_equal(actual, original)


def test_parquet_has_the_columns_of_csv_with_all_digits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow comes with the extra [video]")
    monkeypatch.setattr("facepoints.formats.parquet._ROWS_AT_ONCE", 1000)
    path = tmp_path / "faces.parquet"
    name = os.fsdecode(b"caf\xe9.mp4")
    video = Video(name, 640, 480, detail_columns({"pose": {"yaw": 0.0}}))
    frames = [people(1, 2), Faces.empty(), *([people(2)] * 2500), replace(people(7), track_ids=None)]
    with open_frame_writer("parquet", path, video) as writer:
        for number, found in enumerate(frames):
            writer.write(number, number / 25, found, [{"pose": {"yaw": 0.5}}] * len(found) if number < 2 else None)
    stream = io.StringIO()
    with open_frame_writer("csv", stream, video):
        pass
    file = parquet.ParquetFile(path)
    assert file.metadata.num_row_groups == 3  # written in parts: memory stays flat
    table = file.read()
    assert table.column_names == stream.getvalue().strip().split(",")
    assert table["frame"].to_pylist() == [0, 0, *range(2, 2503)]
    assert table["face"].to_pylist()[:3] == [0, 1, 0]
    assert table["time"].to_pylist()[2] == 0.08
    assert table["track_id"].to_pylist() == [1, 2, *([2] * 2500), -1]
    assert table["pose_yaw"].to_pylist()[:3] == [0.5, 0.5, None]
    assert set(table["image"].to_pylist()) == {"caf\ufffd.mp4"}
    columns = people(1, 2).to_columns()
    for column in ("x1", "score", "point0_x", "point67_y", "point30_score"):
        assert table[column].to_pylist()[:2] == columns[column].tolist()


def test_parquet_of_a_video_without_faces(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow comes with the extra [video]")
    with open_frame_writer("parquet", tmp_path / "none.parquet", VIDEO) as writer:
        writer.write(0, 0.0, Faces.empty())
    assert parquet.read_table(tmp_path / "none.parquet").num_rows == 0


def test_an_error_leaves_no_file(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow comes with the extra [video]")
    for format_name in formats.FRAME_FORMATS:
        path = tmp_path / f"faces.{format_name}"
        with pytest.raises(ZeroDivisionError), open_frame_writer(format_name, path, VIDEO) as writer:
            writer.write(0, 1 / 0, people(1))
    assert list(tmp_path.iterdir()) == []


def test_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="unknown format 'xml' for a video; known are jsonl, csv, parquet"):
        open_frame_writer("xml", tmp_path / "faces.xml", VIDEO).__enter__()
    with pytest.raises(InputError, match="parquet goes to a file"):
        open_frame_writer("parquet", io.StringIO(), VIDEO).__enter__()


def test_parquet_without_pyarrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'facepoints\[video\]'"):
        open_frame_writer("parquet", tmp_path / "faces.parquet", VIDEO).__enter__()
    assert list(tmp_path.iterdir()) == []
