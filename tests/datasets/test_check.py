import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from facepoints import images
from facepoints.datasets import check_data, make_sample
from facepoints.datasets.findings import DataReport, Severity
from facepoints.errors import LabelError
from facepoints.formats.pts import read_pts, write_pts
from tests.cli.conftest import run
from tests.datasets.layouts import ASTRONAUT, csv_row, photo_of, write_pts_folder, write_wider, write_ytf


def found(report: DataReport) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {finding.kind: (finding.severity.value, finding.items) for finding in report.findings}


def append(path: Path, line: str) -> None:
    path.write_text(path.read_text() + line + "\n")


@pytest.fixture
def ytf(tmp_path: Path) -> Path:
    root = write_ytf(tmp_path / "ytf", {"Ada_Lovelace": 2, "Alan_Turing": 1})
    return write_ytf(root, {"Grace_Hopper": 1}, "test", first=300)


def test_a_good_set(ytf: Path) -> None:
    report = check_data(ytf)
    assert (report.layout, report.findings) == ("YouTube Faces", ())
    assert report.counts == {
        "training": {"pictures": 3, "faces": 3, "people": 2},
        "test": {"pictures": 1, "faces": 1, "people": 1},
    }


def test_the_sample_is_good(tmp_path: Path) -> None:
    assert check_data(make_sample(tmp_path / "sample", 24, picture=ASTRONAUT)).findings == ()


def test_damaged_labels_and_pictures_do_not_hide_one_another(ytf: Path) -> None:
    labels = ytf / "training_frames_keypoints.csv"
    append(labels, "Ada_Lovelace_02.jpg,1,2,3")
    append(labels, csv_row("Ada_Lovelace_03.jpg", photo_of(0)[1]))
    append(labels, csv_row("Ada_Lovelace_00.jpg", photo_of(101)[1]))
    (ytf / "training" / "Alan_Turing_00.jpg").write_text("no picture")
    images.write(ytf / "training" / "Nobody_00.jpg", photo_of(9)[0])
    findings = found(check_data(ytf))
    assert findings["damaged label"][0] == "error"
    assert "line 5" in findings["damaged label"][1][0]
    place = "training_frames_keypoints.csv, line 6"
    assert findings["missing picture"] == ("error", (f"training/Ada_Lovelace_03.jpg ({place})",))
    assert findings["labelled twice"] == ("error", ("training/Ada_Lovelace_00.jpg",))
    assert "Alan_Turing_00.jpg: this is no picture" in findings["unreadable picture"][1][0]
    assert findings["no label"] == ("note", ("training/Nobody_00.jpg",))


def test_several_faces_of_a_picture_may_have_a_label_each(tmp_path: Path) -> None:
    image, keypoints = photo_of(1)
    images.write(tmp_path / "pair.png", np.hstack([image, photo_of(2)[0]]))
    write_pts(tmp_path / "pair_0.pts", keypoints)
    write_pts(tmp_path / "pair_1.pts", photo_of(2)[1] + (image.shape[1], 0))
    assert check_data(tmp_path).findings == ()
    write_pts(tmp_path / "pair_2.pts", keypoints + 1)
    assert found(check_data(tmp_path))["labelled twice"] == ("error", ("pair.png",))


def test_a_second_face_outside_the_picture_is_told(tmp_path: Path) -> None:
    image, keypoints = photo_of(1)
    images.write(tmp_path / "pair.png", image)
    for number in range(2):
        write_pts(tmp_path / f"pair_{number}.pts", keypoints + (number * 400, 0))
    (finding,) = check_data(tmp_path).findings
    assert (finding.severity.value, finding.items) == ("error", ("pair.png (pair_1.pts)",))


def test_duplicates_and_people_in_two_splits(ytf: Path) -> None:
    first = ytf / "training" / "Ada_Lovelace_00.jpg"
    for split, name in (("test", "Ada_Lovelace_09.jpg"), ("test", "Alan_Kay_00.jpg"), ("training", "Alan_Kay_01.jpg")):
        images.write(ytf / split / name, images.read(first), quality=70)
        append(ytf / f"{split}_frames_keypoints.csv", csv_row(name, photo_of(101)[1]))
    shutil.copy(first, ytf / "test" / "Ada_Lovelace_09.jpg")
    findings = found(check_data(ytf))
    assert findings["same picture in splits"] == (
        "error",
        ("training/Ada_Lovelace_00.jpg = test/Ada_Lovelace_09.jpg", "training/Alan_Kay_01.jpg = test/Alan_Kay_00.jpg"),
    )
    assert findings["people in splits"] == ("warning", ("Ada_Lovelace", "Alan_Kay"))
    assert "training/Ada_Lovelace_00.jpg = test/Alan_Kay_00.jpg" in findings["alike in splits"][1]
    assert findings["alike"] == (
        "warning",
        (
            "training/Ada_Lovelace_00.jpg = training/Alan_Kay_01.jpg",
            "test/Ada_Lovelace_09.jpg = test/Alan_Kay_00.jpg",
        ),
    )


def test_labels_outside_their_picture(tmp_path: Path) -> None:
    folder = write_pts_folder(tmp_path, ["good", "gone", "cut", "flat"])
    write_pts(folder / "gone.pts", read_pts(folder / "gone.pts") + 500)
    cut = read_pts(folder / "cut.pts")
    write_pts(folder / "cut.pts", cut - (cut[:, 0].min() + 5, 0))
    write_pts(folder / "flat.pts", np.full((68, 2), 20.0))
    findings = found(check_data(folder))
    assert findings["label outside"] == ("error", ("gone.png (gone.pts)",))
    assert findings["no shape"] == ("error", ("flat.png (flat.pts)",))
    assert findings["points outside"] == ("note", ("cut.png (cut.pts)",))


def test_small_faces_and_whole_pixels(tmp_path: Path) -> None:
    folder = write_pts_folder(tmp_path, ["face"])
    points = read_pts(folder / "face.pts")
    write_pts(folder / "face.pts", np.round(points.mean(axis=0) + (points - points.mean(axis=0)) / 4))
    findings = found(check_data(folder))
    assert findings["small face"] == ("note", ("face.png (face.pts)",))
    assert findings["whole pixels"] == ("note", ())


def test_odd_shapes_among_many(tmp_path: Path) -> None:
    folder = write_pts_folder(tmp_path, ["face"])
    points = read_pts(folder / "face.pts")
    random = np.random.default_rng(0)
    for number in range(60):
        shutil.copy(folder / "face.png", folder / f"{number}.png")
        write_pts(folder / f"{number}.pts", points + random.normal(0, 0.3, points.shape))
    write_pts(folder / "7.pts", points[::-1])
    assert found(check_data(folder))["odd shape"] == ("warning", ("7.png (7.pts)",))


def test_wider(tmp_path: Path) -> None:
    boxes = ["10 10 20 20 0 0 0 0 0 0", "30 30 0 20 0 0 0 0 0 0", "900 10 20 20 0 0 0 0 0 0", "5 5 0 0 0 0 0 1 0 0"]
    root = write_wider(tmp_path, ["a.jpg", "4", *boxes, "b.jpg", "0", "0 0 0 0 0 0 0 0 0 0"])
    for number, name in enumerate(("a.jpg", "b.jpg")):
        images.write(root / "WIDER_train" / "images" / name, photo_of(number)[0])
    report = check_data(root)
    assert report.counts == {"train": {"pictures": 2, "faces": 3}}
    name = "WIDER_train/images/a.jpg"
    assert found(report) == {
        "empty box": ("error", (f"{name}: 30 30 0 20",)),
        "label outside": ("error", (f"{name}: 900 10 20 20",)),
    }


def test_nothing_to_check(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match=r"no \.pts file"):
        check_data(tmp_path)
    with pytest.raises(LabelError, match="is not a folder"):
        check_data(tmp_path / "nowhere")


def test_command(ytf: Path) -> None:
    result = run("data", "check", ytf)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        f"{ytf} (YouTube Faces)",
        "  training: 3 pictures, 3 faces, 2 people",
        "  test: 1 picture, 1 face, 1 person",
        "nothing wrong was found",
    ]
    for number in range(7):
        append(ytf / "test_frames_keypoints.csv", csv_row(f"Ada_Lovelace_1{number}.jpg", photo_of(0)[1]))
    result = run("data", "check", ytf)
    assert result.exit_code == 1
    assert "error: labelled pictures that are not there: 7" in result.stdout
    assert "    and 2 more (--all names them)" in result.stdout
    assert "more (--all" not in run("data", "check", ytf, "--all").stdout


def test_command_with_warnings_alone(ytf: Path) -> None:
    images.write(ytf / "test" / "Ada_Lovelace_10.jpg", photo_of(5)[0])
    append(ytf / "test_frames_keypoints.csv", csv_row("Ada_Lovelace_10.jpg", photo_of(5)[1]))
    assert run("data", "check", ytf).exit_code == 0
    result = run("data", "check", ytf, "--strict", "--format", "json")
    assert result.exit_code == 1
    report = json.loads(result.stdout)["data"][0]
    assert report["findings"][0]["kind"] == "people in splits"
    assert report["findings"][0]["items"] == ["Ada_Lovelace"]


def test_real_sets(real_faces: Path) -> None:
    report = check_data(real_faces / "300w" / "lfpw" / "testset")
    assert report.counts == {"test": {"pictures": 224, "faces": 224}}
    assert not report.has(Severity.ERROR)
