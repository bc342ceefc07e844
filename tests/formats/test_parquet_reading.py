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
from facepoints.formats import Video, detail_columns, open_frame_writer, parquet_reading
from tests.random_faces import faces, faces_of, mean_face

pa = pytest.importorskip("pyarrow", reason="pyarrow comes with the extra [video]")
pq = pytest.importorskip("pyarrow.parquet")

VIDEO = Video("clips/a.mp4", 640, 480)
ONE_FACE = faces_of(mean_face((100, 100), 60))


@pytest.mark.parametrize("rows_at_once", [1, 3, 1024])
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(frames=st.lists(faces(), max_size=5))
def test_a_video_comes_back_to_the_last_digit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows_at_once: int, frames: list[Faces]
) -> None:
    """However the rows of a frame lie in the groups that are read at once."""
    monkeypatch.setattr(parquet_reading, "_ROWS_AT_ONCE", rows_at_once)
    path = tmp_path / "faces.parquet"
    with open_frame_writer("parquet", path, VIDEO) as writer:
        for number, found in enumerate(frames):
            writer.write(number, number / 25, found)
    read = list(formats.read_results(path))
    expected = [(number, found) for number, found in enumerate(frames) if len(found)]
    assert [(row.name, row.time, row.width, row.height) for row in read] == [
        (f"clips/a.mp4#{number}", number / 25, 640, 480) for number, _ in expected
    ]
    for row, (_, original) in zip(read, expected, strict=True):
        for field in ("boxes", "scores", "keypoints", "keypoint_scores", "track_ids"):
            np.testing.assert_array_equal(getattr(row.faces, field), getattr(original, field))
    assert [name for name, _ in formats.read(path)] == ["clips/a.mp4"] * len(read)


def test_details_are_what_they_were_before_they_were_columns(tmp_path: Path) -> None:
    video = replace(VIDEO, details=detail_columns({"pose": {"yaw": 0.0, "roll": 0.0}, "blinks": 0}))
    details = [{"pose": {"yaw": 1.5, "roll": None}, "blinks": 2}]
    with open_frame_writer("parquet", tmp_path / "a.parquet", video) as writer:
        writer.write(0, 0.0, ONE_FACE, details)
        writer.write(1, 0.1, ONE_FACE)
    first, second = formats.read_results(tmp_path / "a.parquet")
    assert [*first.details] == [{"pose": {"yaw": 1.5}, "blinks": 2}]
    assert second.details == ()


def table(tmp_path: Path) -> "pa.Table":
    with open_frame_writer("parquet", tmp_path / "good.parquet", VIDEO) as writer:
        writer.write(0, 0.0, ONE_FACE)
    return pq.read_table(tmp_path / "good.parquet")


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        ("point3_y", None, "this is no table of such results; it has no column 'point3_y'"),
        ("point3_y", pa.array([None], pa.float32()), "image clips/a.mp4: .*finite"),
        ("score", pa.array(["high"]), "a number is missing or is none"),
        ("x2", pa.array([-1.0]), "image clips/a.mp4: boxes are x1, y1, x2, y2"),
    ],
)
def test_other_tables_are_refused(tmp_path: Path, column: str, values: "pa.Array | None", message: str) -> None:
    good = table(tmp_path)
    bad = good.drop_columns(column)
    pq.write_table(bad if values is None else bad.append_column(column, values), tmp_path / "bad.parquet")
    with pytest.raises(InputError, match=rf"bad\.parquet: {message}"):
        list(formats.read(tmp_path / "bad.parquet"))


@pytest.mark.parametrize("content", [b"", b"no table", b"PAR1 and then nothing that makes sense PAR1"])
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.parquet").write_bytes(content)
    with pytest.raises(InputError, match=r"a\.parquet: the file cannot be read as Parquet"):
        list(formats.read(tmp_path / "a.parquet"))


def test_without_pyarrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.parquet").touch()
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(MissingExtraError, match=r"facepoints\[batch\]"):
        list(formats.read(tmp_path / "a.parquet"))
