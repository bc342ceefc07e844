import re
from pathlib import Path

import numpy as np
import pytest

from facepoints import images
from facepoints.geometry import tight_boxes
from facepoints.keypoints import KeypointEstimator
from tests.benchmarks.conftest import Run
from tests.datasets.layouts import astronaut, photo_of, write_pts_folder, write_wider, write_ytf


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write_pts_folder(tmp_path / "300w" / "lfpw" / "testset", ["image_1", "image_2"])
    write_ytf(tmp_path / "ytf", {"Ann_B": 2, "Cy_D": 1})
    write_ytf(tmp_path / "ytf", {"Ann_B": 1}, "test", first=300)
    (tmp_path / "ytf" / "people_heldout.txt").write_text("Ann_B\n")
    entries = ["0--A/astronaut.png", "2", "180 60 92 116 0 0 0 0 0 0", "5 5 8 8 0 0 0 0 0 0"]
    folder = write_wider(tmp_path / "wider", entries, "val") / "WIDER_val" / "images" / "0--A"
    folder.mkdir()
    images.write(folder / "astronaut.png", astronaut())
    return tmp_path


def tables_of(printed: str) -> dict[str, dict[str, list[str]]]:
    """Title, row and cells."""
    tables = {}
    for block in printed.strip().split("\n\n"):
        heading, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines())
        tables[heading[0]] = {name: cells for name, *cells in rows}
    return tables


def test_every_question_is_asked_of_every_face(run: Run, data: Path) -> None:
    tables = tables_of(run("limits.py", data, "--keypoints", "tiny", "--only", "labels"))
    assert list(tables) == [
        "LFPW test part: 2 faces",
        "YouTube Faces, held-out people: 3 faces",
        "Mean NME of each of 1 people",
    ]
    for count, rows in zip((2, 3), tables.values(), strict=False):
        for question in ("yaw", "pitch", "roll", "outer-eye distance", "mean grey level of the face", "sharpness"):
            assert sum(int(cells[0]) for name, cells in rows.items() if name.startswith(question)) == count
    assert re.fullmatch(r"\d+\.\d\d %", tables["Mean NME of each of 1 people"]["half"][0])


def test_faces_of_crowds_are_counted_from_16_pixels(run: Run, data: Path) -> None:
    tables = tables_of(run("limits.py", data, "--keypoints", "tiny", "--only", "crowds"))
    (rows,) = tables.values()
    assert rows["longer side of the box, px: 64 to under 128"] == ["1", "116 px", "100.0 %"]
    assert rows["from 32 px, labelled faces on the photo: 1 to under 2"] == ["1", "116 px", "100.0 %"]


@pytest.mark.parametrize("group", ["", "turned by", "outer-eye distance", "exposure"])
def test_labels_follow_the_change_of_the_picture(group: str) -> None:
    from limits_changes import changes

    image, keypoints = photo_of(1, size=240)
    estimator = KeypointEstimator("tiny")
    before = estimator.estimate([image], [tight_boxes(keypoints[None])])[0].keypoints[0]
    for change in list(changes()[group].values())[:3]:
        changed, moved = change(image, before)
        after = estimator.estimate([changed], [tight_boxes(moved[None])])[0].keypoints[0]
        assert changed.dtype == np.uint8
        assert np.linalg.norm(after - moved, axis=1).mean() < 0.06 * np.linalg.norm(moved[45] - moved[36])


@pytest.mark.parametrize(
    ("part", "hidden", "shown"), [("upper", 38, 57), ("lower", 57, 38), ("left", 41, 46)], ids=["eyes", "mouth", "left"]
)
def test_the_named_part_is_covered(part: str, hidden: int, shown: int) -> None:
    from limits_changes import GREY, covered

    image, keypoints = photo_of(1, size=240)
    changed, _ = covered(image, keypoints, part)
    (x1, y1), (x2, y2) = keypoints[[hidden, shown]].round().astype(int)
    assert (changed[y1, x1] == GREY).all()
    assert (changed[y2, x2] == image[y2, x2]).all()


@pytest.mark.parametrize(("level", "factor", "expected"), [(255, 0.5, 188), (188, 2.0, 255), (128, 1.0, 128)])
def test_exposure_changes_the_light_not_the_levels(level: int, factor: float, expected: int) -> None:
    from limits_changes import exposed

    image = np.full((2, 2, 3), level, dtype=np.uint8)
    assert exposed(image, np.zeros((68, 2), dtype=np.float32), factor)[0][0, 0, 0] == expected
