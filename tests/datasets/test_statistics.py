import json
from pathlib import Path

import numpy as np
import pytest

from facepoints import images
from facepoints.datasets import data_statistics, draw_shape, take_inventory, write_statistics
from facepoints.datasets.statistics import MEASURES
from facepoints.errors import InputError
from facepoints.formats.pts import write_pts
from facepoints.scheme import MEAN_FACE
from tests.cli.conftest import run, tree
from tests.datasets.layouts import photo_of, write_pts_folder, write_wider, write_ytf


def test_values(tmp_path: Path) -> None:
    points = (MEAN_FACE * 40 + (60, 50)).astype(np.float32)
    grey = np.full((100, 160, 3), 51, dtype=np.uint8)
    for name, roll in (("a", 0.0), ("b", 0.5)):
        centre = points.mean(axis=0)
        turn = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
        images.write(tmp_path / f"{name}.png", grey)
        write_pts(tmp_path / f"{name}.pts", (points - centre) @ turn.T + centre)
    statistics = data_statistics(take_inventory(tmp_path), on_error=pytest.fail)
    values = {name: found.tolist() for name, found in statistics.values.items()}
    assert list(values) == list(MEASURES)
    assert values["picture_width"] == [160, 160]
    assert values["picture_height"] == [100, 100]
    assert values["eye_distance"] == pytest.approx([40, 40], abs=0.01)
    assert values["face_size"][0] == pytest.approx(40 * np.ptp(MEAN_FACE, axis=0).max(), abs=0.01)
    assert values["face_share"][0] == pytest.approx(values["face_size"][0] / 160)
    assert values["brightness"] == pytest.approx([0.2, 0.2], abs=0.002)
    assert values["roll"] == pytest.approx([0, np.degrees(0.5)], abs=0.5)
    assert values["yaw"] == pytest.approx([0, 0], abs=1)
    assert statistics.shapes is not None
    assert len(statistics.shapes.modes) == 1


def test_splits_and_percentiles(tmp_path: Path) -> None:
    root = write_ytf(tmp_path, {"Ada_Lovelace": 2, "Alan_Turing": 1})
    write_ytf(root, {"Alan_Turing": 1}, "test")
    statistics = data_statistics(take_inventory(root), on_error=pytest.fail)
    assert {name: len(values) for name, values in statistics.of_splits("yaw").items()} == {"training": 3, "test": 1}
    report = json.loads(json.dumps(statistics.to_dict()))
    assert report["splits"]["training"]["groups"] == 2
    assert report["splits"]["test"]["percentiles"]["picture_width"] == dict.fromkeys(
        ("0", "5", "25", "50", "75", "95", "100"), 160
    )


def test_what_cannot_be_measured_is_told_or_left_out(tmp_path: Path) -> None:
    folder = write_pts_folder(tmp_path, ["a", "b", "c"])
    (folder / "a.png").write_text("no picture")
    write_pts(folder / "b.pts", np.full((68, 2), 20.0))
    told: list[str] = []
    statistics = data_statistics(take_inventory(folder), on_error=lambda path, error: told.append(path.name))
    assert (len(statistics), told, statistics.shapes) == (1, ["a.png"], None)


def test_boxes_have_no_pose(tmp_path: Path) -> None:
    boxes = ["40 40 60 80 0 0 0 0 0 0", "150 150 50 50 0 0 0 0 0 0", "5 5 0 9 0 0 0 0 0 0"]
    root = write_wider(tmp_path, ["a.jpg", "3", *boxes])
    images.write(root / "WIDER_train" / "images" / "a.jpg", photo_of(0)[0])
    statistics = data_statistics(take_inventory(root), on_error=pytest.fail)
    assert statistics.values["face_size"].tolist() == [80, 50]
    assert "yaw" not in statistics.values
    files = write_statistics(statistics, tmp_path / "out")
    assert "shapes.png" not in [path.name for path in files]


def test_files(tmp_path: Path) -> None:
    folder = write_pts_folder(tmp_path / "faces", ["a", "b", "c", "d"])
    out = tmp_path / "out"
    result = run("data", "stats", folder, "--out", out)
    assert result.exit_code == 0
    assert "Eye distance, pixels" in result.stdout
    assert tree(out) == sorted(
        [*(f"{name}.svg" for name in MEASURES), "shapes.png", "statistics.html", "statistics.json"]
    )
    assert result.stderr.splitlines() == [str(out / name) for name in tree(out)]
    page = (out / "statistics.html").read_text()
    assert page.count("<svg") == len(MEASURES)
    assert "Mode 3: +2.5 SD" in page
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")
    assert json.loads((out / "statistics.json").read_text())["splits"]["training"]["faces"] == 4


def test_command_as_json_names_what_failed(tmp_path: Path) -> None:
    folder = write_pts_folder(tmp_path / "faces", ["a", "b"])
    (folder / "b.png").write_text("no picture")
    result = run("data", "stats", folder, "--format", "json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["splits"]["training"]["faces"] == 1
    assert "b.png: this is no picture" in result.stderr


def test_nothing_to_measure(tmp_path: Path) -> None:
    folder = write_pts_folder(tmp_path, ["a"])
    (folder / "a.pts").write_text("no label")
    with pytest.raises(InputError, match="there is no face to measure"):
        data_statistics(take_inventory(folder), on_error=pytest.fail)


def test_drawn_shape() -> None:
    picture = draw_shape(MEAN_FACE - MEAN_FACE.mean(axis=0), 120)
    assert picture.shape == (120, 120, 3)
    drawn = (picture != picture[0, 0]).any(axis=2)
    rows, columns = np.nonzero(drawn)
    assert columns.mean() == pytest.approx(59.5, abs=1)
    assert np.ptp(columns) == pytest.approx(120 / 2.9 * np.ptp(MEAN_FACE[:, 0]), abs=6)
    assert np.ptp(rows) == pytest.approx(120 / 2.9 * np.ptp(MEAN_FACE[:, 1]), abs=6)
