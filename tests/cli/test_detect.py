"""``facepoints detect``."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from facepoints import formats, images
from facepoints.cli.detect import Format
from facepoints.finder_settings import FinderSettings
from tests.cli.conftest import CountingFinder, run, tree

pytestmark = pytest.mark.usefixtures("asked")

GOOD = ("photos/two.png", "photos/one.png", "photos/sub")


@pytest.mark.parametrize("format_name", ["json", "jsonl"])
def test_prints_an_object_a_line(photos: Path, format_name: str) -> None:
    result = run("detect", *GOOD, "--format", format_name)
    assert (result.exit_code, result.stderr) == (0, "")
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(row["image"], row["width"], row["height"], len(row["faces"])) for row in found] == [
        ("photos/two.png", 64, 48, 2),
        ("photos/one.png", 64, 48, 1),
        ("photos/sub/one.png", 64, 48, 0),
    ]


def test_prints_coco(photos: Path) -> None:
    content = json.loads(run("detect", *GOOD, "--format", "coco").stdout)
    assert [row["file_name"] for row in content["images"]] == ["photos/two.png", "photos/one.png", "photos/sub/one.png"]
    assert [row["image_id"] for row in content["annotations"]] == [1, 1, 2]


def test_prints_csv(photos: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run("detect", *GOOD, "--format", "csv").stdout)))
    assert [(row["image"], row["face"]) for row in rows] == [
        ("photos/two.png", "0"),
        ("photos/two.png", "1"),
        ("photos/one.png", "0"),
    ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], ["one.json", "sub/one.json", "two.json"]),
        (["--format", "jsonl"], ["faces.jsonl"]),
        (["--format", "csv"], ["faces.csv"]),
        (["--format", "coco"], ["faces.coco.json"]),
        (["--format", "pts"], ["one.pts", "two_0.pts", "two_1.pts"]),
        (["--draw"], ["one.json", "one.png", "sub/one.json", "sub/one.png", "two.json", "two.png"]),
        (["--draw", "--format", "csv"], ["faces.csv", "one.png", "sub/one.png", "two.png"]),
    ],
)
def test_writes_good_pictures_and_names_the_bad_one(photos: Path, options: list[str], expected: list[str]) -> None:
    result = run("detect", "photos", "--out", "found", *options)
    assert result.exit_code == 1
    assert tree(Path("found")) == expected
    assert result.stdout.startswith("3 pictures, 3 faces, in found\n")
    assert result.stderr.count("Error: ") == 1
    assert "photos/broken.jpg: this is no picture" in result.stderr


def test_summary_names_the_files_of_a_small_run(photos: Path) -> None:
    result = run("detect", "photos/two.png", "--draw", "--out", "found")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "1 picture, 2 faces, in found"
    assert [Path(line) for line in lines[1:]] == [Path("found/two.png"), Path("found/two.json")]
    assert run("detect", "photos/two.png", "--out", "found", "--quiet").output == ""


def test_drawn_picture_differs_and_keeps_its_size(photos: Path) -> None:
    run("detect", "photos/two.png", "--draw", "--out", "found")
    drawn, original = images.read("found/two.png"), images.read("photos/two.png")
    assert drawn.shape == original.shape
    assert (drawn != original).any()


def test_large_jpegs_are_decoded_smaller_but_not_told_or_drawn_so(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CountingFinder, "reduction", 4)
    images.write("photo.jpg", np.full((50, 70, 3), 1, dtype=np.uint8), quality=100)
    (found,) = [json.loads(line) for line in run("detect", "photo.jpg").stdout.splitlines()]
    assert (found["width"], found["height"], len(found["faces"])) == (70, 50, 1)
    run("detect", "photo.jpg", "--draw", "--out", "found")
    assert images.read("found/photo.jpg").shape == (50, 70, 3)


def test_pose_and_ratios_on_request(photos: Path) -> None:
    result = run("detect", "photos/two.png", "--pose", "--ratios")
    faces = json.loads(result.stdout)["faces"]
    assert [(set(face["pose"]), len(face["ratios"])) for face in faces] == [({"yaw", "pitch", "roll"}, 8)] * 2
    assert "pose" not in json.loads(run("detect", "photos/two.png", "--ratios").stdout)["faces"][0]
    plain = json.loads(run("detect", "photos/two.png").stdout)["faces"]
    assert all(not {"pose", "ratios"} & set(face) for face in plain)


def test_pose_and_ratios_as_columns(photos: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run("detect", *GOOD, "--format", "csv", "--pose", "--ratios").stdout)))
    assert all(-90 <= float(row["pose_yaw"]) <= 90 and 0 <= float(row["ratios_smile"]) <= 1 for row in rows)
    assert [row["image"] for row in rows] == ["photos/two.png", "photos/two.png", "photos/one.png"]


def test_pose_draws_axes(photos: Path) -> None:
    run("detect", "photos/one.png", "--draw", "--out", "plain")
    run("detect", "photos/one.png", "--draw", "--pose", "--out", "posed")
    assert (images.read("plain/one.png") != images.read("posed/one.png")).any()


def test_files_of_the_same_name_do_not_replace_each_other(photos: Path) -> None:
    result = run("detect", "photos/one.png", "photos/sub/one.png", "--draw", "--out", "found")
    assert result.exit_code == 0
    assert tree(Path("found")) == ["one-2.json", "one-2.png", "one.json", "one.png"]
    counts = [len(json.loads(Path(f"found/{name}.json").read_text())["faces"]) for name in ("one", "one-2")]
    assert counts == [1, 0]


def test_an_input_is_never_replaced(photos: Path) -> None:
    before = (photos / "two.png").read_bytes()
    result = run("detect", "photos/two.png", "--draw", "--out", "photos")
    assert result.exit_code == 1
    assert "would replace an input picture" in result.stderr
    assert (photos / "two.png").read_bytes() == before
    assert not (photos / "two.json").exists()


def test_a_second_run_into_a_folder_among_the_pictures_gives_the_same(photos: Path) -> None:
    (photos / "broken.jpg").unlink()
    for _ in range(2):
        result = run("detect", "photos", "--draw", "--out", "photos/found")
        assert (result.exit_code, result.stdout.splitlines()[0]) == (0, "3 pictures, 3 faces, in photos/found")
    assert len(tree(photos / "found")) == 6


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["photos/two.png", "--draw"], 2, "say where with --out"),
        (["photos/two.png", "--format", "pts"], 2, "say where with --out"),
        (["photos/two.png", "--format", "pts", "--out", "x", "--pose"], 2, "a .pts file holds points alone"),
        (["photos/two.png", "--format", "pts", "--out", "x", "--draw", "--ratios"], 2, "points alone"),
        (["photos/two.png", "--out", "photos/two.png"], 2, "this is a file"),
        (["photos/two.png", "--out", "photos/two.png/below"], 2, "cannot be made"),
        (["nowhere.png", "--format", "csv"], 1, "nowhere.png: no such file or folder"),
        (["photos/broken.jpg", "photos/*.tiff"], 1, "photos/*.tiff: no picture matches this pattern"),
        ([], 2, "PATH"),
        (["photos/two.png", "--format", "xml"], 2, "xml"),
        (["photos/two.png", "--min-face", "0"], 2, "--min-face"),
        (["photos/two.png", "--min-score", "1.5"], 2, "--min-score"),
    ],
)
def test_wrong_use_and_bad_inputs(photos: Path, arguments: list[str], code: int, message: str) -> None:
    result = run("detect", *arguments)
    assert result.exit_code == code
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_a_missing_path_does_not_stop_the_others(photos: Path) -> None:
    result = run("detect", "nowhere.png", "photos/one.png")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["image"] == "photos/one.png"
    assert result.stderr == "Error: nowhere.png: no such file or folder\n"


def test_options_reach_the_finder(photos: Path, asked: list[FinderSettings]) -> None:
    run(
        *("detect", "photos/one.png", "--detector", "haar-profile", "--keypoints", "mine.onnx", "--min-face", "40"),
        *("--min-score", "0.05", "--max-faces", "3", "--threads", "2", "--scale-factor", "1.3", "--min-neighbors", "5"),
    )
    run("detect", "photos/one.png", "--detector", "mine.onnx", "--any-rotation")
    run("detect", "photos/one.png")
    assert asked == [
        FinderSettings("haar-profile", "mine.onnx", 40, 0.05, 3, 2, 1.3, 5),
        FinderSettings("mine.onnx", "compact", 20, None, None, 1, any_rotation=True),
        FinderSettings("network", "compact", 20, None, None, 1, None, None),
    ]
    assert [options.detector_title for options in asked] == [
        "haar-profile (scale factor 1.3, min neighbors 5)",
        "mine.onnx",
        "network",
    ]


def test_formats_are_those_of_the_package() -> None:
    assert [member.value for member in Format] == list(formats.FORMATS)
