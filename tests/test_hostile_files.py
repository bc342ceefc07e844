"""Files that fuzzing has found to break a reader: each must be refused, with an error for people."""

import json
import os
import struct
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from facepoints import filters, formats, images
from facepoints.batch.entries import find_entries
from facepoints.batch.pictures import read_pictures
from facepoints.batch.sources.content import problem_of
from facepoints.batch.sources.entry import SourceOptions
from facepoints.datasets import LabelledFace, dlib_xml, pts_folder, wider
from facepoints.datasets.conversion import convert_labels
from facepoints.errors import FacepointsError, ImageError, InputError, LabelError
from facepoints.scheme import MEAN_FACE
from tests.random_faces import faces_of, mean_face

DEEP = "[" * 100_000
ROW = ",".join(["a.jpg", "0", *["1"] * 210])
HEADER = "image,face,x1,y1,x2,y2,score,track_id," + ",".join(
    f"point{point}_{what}" for point in range(68) for what in ("x", "y", "score")
)
PTS = "n_points: 68\n{{\n{}}}\n".format("1e39 2\n" * 68)
FACE = '{{"image": "a", "faces": [{{"box": [0, 0, 1, 1], "score": {0}, "keypoints": {1}, "track_id": {2}}}]}}'
POINTS = str([[1, 2, 1]] * 68)
HUGE = "9" * 400


def _read(path: Path) -> Iterable[Any]:
    return list(formats.read_results(path))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.json", DEEP, "not valid JSON"),
        ("a.jsonl", DEEP, "line 1: this is not valid JSON"),
        ("a.json", FACE.format(HUGE, POINTS, 1), "not a facepoints result"),
        ("a.json", FACE.format("1e39", POINTS, 1), "scores must be finite"),
        ("a.json", FACE.format(1, POINTS, 1).replace("1, 1]", "1e39, 1]", 1), "boxes must be finite"),
        ("a.json", FACE.format(1, POINTS, HUGE), "not a facepoints result"),
        ("a.csv", f"{HEADER}\n{'a' * 140_000}\n", "cannot be read as CSV"),
        ("a.csv", f"{HEADER}\n{ROW.replace(',1', ',1e300')}\n", "finite"),
        ("a.pts", PTS, "line 3: expected two finite numbers"),
    ],
)
def test_results(tmp_path: Path, name: str, content: str, message: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(FacepointsError, match=message):
        _read(tmp_path / name)


def test_coco_of_brackets(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(DEEP)
    with pytest.raises(InputError, match="not valid JSON"):
        formats.read_coco(tmp_path / "a.json")


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [("track_id", int(HUGE), "track_ids must be whole numbers"), ("bbox", [0, 0, 1e39, 1], "boxes must be finite")],
)
def test_coco_with_numbers_beyond_any(tmp_path: Path, key: str, value: Any, message: str) -> None:
    with formats.open_writer("coco", tmp_path / "a.json") as writer:
        writer.write("a.jpg", 640, 480, faces_of(mean_face((100, 100), 60)))
    content = json.loads((tmp_path / "a.json").read_text())
    content["annotations"][0][key] = value
    (tmp_path / "a.json").write_text(json.dumps(content))
    with pytest.raises(InputError, match=message):
        list(formats.read_coco(tmp_path / "a.json"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = " + "[" * 5000, "not valid TOML"),
        (f'[[layers]]\nkind = "blur"\ncells = 0x{"f" * 5000}\n', "too many digits"),
        (f'[[layers]]\nimage = "{"a" * 5000}"\n', "there is no"),
        ('[[layers]]\nimage = "../a.png"\n', "a PNG file in the folder .* itself"),
        ('[[layers]]\nimage = "/a.png"\n', "a PNG file in the folder .* itself"),
    ],
)
def test_filters(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "filter.toml").write_text(text)
    with pytest.raises(InputError, match=message):
        filters.load(tmp_path)


def test_bigtiff_that_points_behind_any_end() -> None:
    with pytest.raises(ImageError, match="truncated"):
        images.read(b"II+\0\x08\0\0\0" + struct.pack("<Q", 2**64 - 1))


def _dlib(folder: Path) -> None:
    (folder / "a.xml").write_text('<?xml version="1.0" encoding="nobody-knows"?><dataset/>')
    dlib_xml.read(folder / "a.xml")


def _wider(folder: Path) -> None:
    path = wider.labels_file(folder, "train")
    path.parent.mkdir()
    path.write_text("0--A/a.jpg\n1\nnan 2 30 40 0 0 0 0 0 0\n")
    wider.read(folder)


@pytest.mark.parametrize(("read", "message"), [(_dlib, "no well-formed XML"), (_wider, "not finite")])
def test_labels(tmp_path: Path, read: Callable[[Path], None], message: str) -> None:
    with pytest.raises(LabelError, match=message):
        read(tmp_path)


def test_lists_of_pictures_whose_names_no_file_can_have(tmp_path: Path) -> None:
    name = "a" * 5000
    keypoints = MEAN_FACE * 30 + 100
    dlib_xml.write(tmp_path / "a.xml", [LabelledFace(tmp_path / name, keypoints, "x", "")])
    (found,) = dlib_xml.read(tmp_path / "a.xml")
    assert found.image.name == name
    with pytest.raises(InputError, match="width and height are not known"):
        convert_labels(tmp_path / "a.xml", "json", tmp_path / "a.json")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such long paths")
def test_points_with_so_long_a_name_that_no_picture_beside_them_could_have_it(tmp_path: Path) -> None:
    formats.write_pts(tmp_path / f"{'a' * 251}.pts", MEAN_FACE * 30 + 100)
    (found,) = _read(tmp_path)
    assert len(found.faces) == 1
    with pytest.raises(LabelError, match="no picture beside it"):
        pts_folder.read(tmp_path)


def _table_with_a_bad_value(table: Any, path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    bad = pa.array([b"\xff"] * len(table)).view(pa.string())
    pq.write_table(table.set_column(table.schema.get_field_index("image"), "image", bad), path)


def _table_with_a_bad_name(table: Any, path: Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    pq.write_table(table.append_column("some", table["face"]), path, store_schema=False)
    path.write_bytes(path.read_bytes().replace(b"some", b"\xffome"))


@pytest.mark.parametrize("write", [_table_with_a_bad_value, _table_with_a_bad_name])
def test_tables_whose_texts_are_none(tmp_path: Path, write: Callable[[Any, Path], None]) -> None:
    pq = pytest.importorskip("pyarrow.parquet", reason="pyarrow comes with the extra [video]")
    with formats.open_frame_writer("parquet", tmp_path / "a.parquet", formats.Video("a.mp4", 640, 480)) as writer:
        writer.write(0, 0.0, faces_of(mean_face((100, 100), 60)))
    write(pq.read_table(tmp_path / "a.parquet"), tmp_path / "b.parquet")
    with pytest.raises(InputError, match=r"b\.parquet: the file cannot be read as Parquet: 'utf-8' codec"):
        _read(tmp_path / "b.parquet")


def test_a_gzip_header_that_is_cut_short(tmp_path: Path) -> None:
    (tmp_path / "a.tar.gz").write_bytes(b"\x1f\x8b\x08\x04" + bytes(6))
    options = SourceOptions()
    (found,) = read_pictures(list(find_entries([str(tmp_path / "a.tar.gz")], options)), options)
    assert found.problem is not None
    assert found.problem.kind == "damaged"


def test_an_archive_that_asks_for_all_memory() -> None:
    assert problem_of(MemoryError()).kind == "too_large"


@pytest.mark.parametrize("error", [NotImplementedError("zip file version 6.8"), b"\xe2(".decode])
def test_archives_with_damaged_directories(error: Any) -> None:
    if callable(error):
        with pytest.raises(UnicodeDecodeError) as caught:
            error()
        error = caught.value
    assert problem_of(error).kind == "damaged"
