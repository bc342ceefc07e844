import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from facepoints import formats, images
from facepoints.errors import InputError
from facepoints.faces import Faces
from facepoints.formats import Converted, Result, write_pts
from tests.formats.batch_folder import MODEL, write_batch_folder
from tests.formats.test_round_trip import assert_equal
from tests.random_faces import faces_of, mean_face

TWO = faces_of(mean_face((100, 100), 60), mean_face((300, 120), 40))
ONE = faces_of(mean_face((200, 100), 50))
EMPTY = Faces.empty()
POSES: list[dict[str, Any]] = [{"pose": {"yaw": 1.5}}, {"pose": {"yaw": -30.0}}]

PARTS = [
    [Result("people/a.jpg", TWO, 640, 480, details=POSES), Result("people/b.jpg", EMPTY, 640, 480)],
    [Result("people/c.jpg", EMPTY, error="damaged: the file is truncated"), Result("clip.mp4", ONE, 320, 240, 10, 0.4)],
]
ENDINGS = {"json": "faces.json", "jsonl": "faces.jsonl", "csv": "faces.csv", "coco": "coco.json", "pts": "points"}


@pytest.fixture
def batch(tmp_path: Path) -> Path:
    return write_batch_folder(tmp_path / "batch", PARTS)


@pytest.mark.parametrize("second", ENDINGS)
@pytest.mark.parametrize("first", ["json", "jsonl", "csv", "coco"])
def test_each_format_becomes_each_other(tmp_path: Path, batch: Path, first: str, second: str) -> None:
    between, after = tmp_path / ENDINGS[first], tmp_path / "after" / ENDINGS[second]
    after.parent.mkdir()
    assert formats.convert(batch, first, between) == Converted(pictures=3, faces=3, left_out=1)
    formats.convert(between, second, after)
    frame = "clip.mp4#10" if {first, second} & {"coco", "pts"} else "clip.mp4"
    expected = {"people/a.jpg": TWO, "people/b.jpg": EMPTY, frame: ONE}
    if second == "pts":
        names = sorted(path.relative_to(after).as_posix() for path in after.rglob("*.pts"))
        assert names == ["clip.mp4#10.pts", "people/a_0.pts", "people/a_1.pts"]
        return
    if "csv" in (first, second):
        del expected["people/b.jpg"]
    read = dict(formats.read(after))
    assert [*read] == [*expected]
    for name, faces in expected.items():
        assert_equal(read[name], faces)


def test_frames_and_details_are_kept(tmp_path: Path, batch: Path) -> None:
    formats.convert(batch, "csv", tmp_path / "faces.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "faces.csv").read_text())))
    columns = ("image", "width", "frame", "time", "face", "pose_yaw", "model")
    assert [[row[column] for column in columns] for row in rows] == [
        ["people/a.jpg", "640", "", "", "0", "1.5", MODEL],
        ["people/a.jpg", "640", "", "", "1", "-30.0", MODEL],
        ["clip.mp4", "320", "10", "0.4", "0", "", MODEL],
    ]
    formats.convert(tmp_path / "faces.csv", "jsonl", tmp_path / "faces.jsonl")
    photo, frame = (json.loads(line) for line in (tmp_path / "faces.jsonl").read_text().splitlines())
    assert [face["pose"] for face in photo["faces"]] == [{"yaw": 1.5}, {"yaw": -30.0}]
    assert [*photo] == ["image", "width", "height", "faces"]
    assert (frame["frame"], frame["time"], frame["faces"][0]["model"]) == (10, 0.4, MODEL)
    formats.convert(tmp_path / "faces.jsonl", "coco", tmp_path / "coco.json")
    formats.convert(tmp_path / "coco.json", "json", tmp_path / "again.json")
    assert json.loads((tmp_path / "again.json").read_text())[0]["faces"] == photo["faces"]


def test_pictures_alone_have_no_columns_for_frames(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with formats.open_writer("json", path) as writer:
        writer.write("a.jpg", 9, 9, ONE)
    formats.convert(path, "csv", tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text().startswith("image,width,height,face,x1,")


def test_300_w_becomes_coco_and_comes_back(tmp_path: Path) -> None:
    labels = tmp_path / "300w"
    labels.mkdir()
    for number, name in enumerate(("a", "b")):
        images.write(labels / f"{name}.png", np.zeros((48, 64, 3), dtype=np.uint8))
        write_pts(labels / f"{name}.pts", mean_face((30, 20 + number), 12))
    formats.convert(labels, "coco", tmp_path / "coco.json")
    content = json.loads((tmp_path / "coco.json").read_text())
    assert [(row["width"], row["height"]) for row in content["images"]] == [(64, 48)] * 2
    formats.convert(tmp_path / "coco.json", "pts", tmp_path / "back")
    old = {path.name: formats.read_pts(path) for path in labels.rglob("*.pts")}
    new = {path.name: formats.read_pts(path) for path in (tmp_path / "back").rglob("*.pts")}
    assert [*sorted(new)] == [*sorted(old)]
    for name, points in old.items():
        np.testing.assert_allclose(new[name], points, atol=0.006)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.jpg", "a.pts"),
        ("/data/a.jpg", "data/a.pts"),
        ("../../a.jpg", "a.pts"),
        ("C:\\faces\\a.jpg", "faces/a.pts"),
        ("s3://bucket/x/a.jpg", "s3/bucket/x/a.pts"),
        ("photos.zip/x/a.jpg", "photos.zip/x/a.pts"),
        ("rows.parquet#17", "rows.parquet#17.pts"),
        ("..", "picture.pts"),
    ],
)
def test_pts_files_lie_where_the_names_say_but_never_outside(tmp_path: Path, name: str, expected: str) -> None:
    with formats.open_writer("jsonl", tmp_path / "faces.jsonl") as writer:
        writer.write(name, 9, 9, ONE)
    formats.convert(tmp_path / "faces.jsonl", "pts", tmp_path / "points")
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.pts")] == [f"points/{expected}"]


def test_unknown_sizes(tmp_path: Path) -> None:
    write_pts(tmp_path / "a.pts", mean_face((30, 20), 12))
    with pytest.raises(InputError, match="width and height are not known"):
        formats.convert(tmp_path / "a.pts", "coco", tmp_path / "coco.json")
    assert not (tmp_path / "coco.json").exists()
    assert formats.convert(tmp_path / "a.pts", "pts", tmp_path / "points").faces == 1


@pytest.mark.parametrize(
    ("source", "format_name", "destination", "message"),
    [
        ("a.json", "xml", "a.xml", "unknown format 'xml'; known are coco, pts, json, jsonl, csv"),
        ("a.json", "json", "a.json", "the result would replace the source or mix with it"),
        ("labels", "pts", "labels", "the result would replace the source or mix with it"),
        ("labels", "pts", "labels/new", "the result would replace the source or mix with it"),
        ("b.json", "csv", "b.csv", "there is no such file"),
        ("a.json", "csv", "nowhere/a.csv", "does not exist"),
        ("a.json", "pts", "labels/a.pts/points", "the folder cannot be made"),
    ],
)
def test_refused(tmp_path: Path, source: str, format_name: str, destination: str, message: str) -> None:
    with formats.open_writer("json", tmp_path / "a.json") as writer:
        writer.write("a.jpg", 9, 9, ONE)
    (tmp_path / "labels").mkdir()
    write_pts(tmp_path / "labels" / "a.pts", mean_face((30, 20), 12))
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InputError, match=message):
        formats.convert(tmp_path / source, format_name, tmp_path / destination)
    assert sorted(tmp_path.rglob("*")) == before


def test_kinds_of_ones_own(tmp_path: Path) -> None:
    results = [Result("a", ONE, 9, 9)]
    source = formats.Source("text", lambda path: path.suffix == ".txt", lambda path: iter(results))
    (tmp_path / "a.txt").touch()
    formats.convert(tmp_path / "a.txt", "json", tmp_path / "a.json", sources=(source, *formats.SOURCES))
    assert [name for name, _ in formats.read(tmp_path / "a.json")] == ["a"]
