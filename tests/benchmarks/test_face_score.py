from pathlib import Path

import pytest

from facepoints import images
from tests.benchmarks.conftest import Run
from tests.datasets.layouts import ASTRONAUT, astronaut, write_pts_folder, write_wider


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Faces of LFPW, and pictures of WIDER FACE in which the faces are labelled."""
    write_pts_folder(tmp_path / "300w" / "lfpw" / "testset", [f"image_{number}" for number in range(3)])
    entries = ["0--A/astronaut.png", "1", "160 40 140 170 0 0 0 0 0 0", "0--A/cat.png", "0", "0 0 0 0 0 0 0 0 0 0"]
    folder = write_wider(tmp_path / "wider", entries, "val") / "WIDER_val" / "images" / "0--A"
    folder.mkdir()
    images.write(folder / "astronaut.png", astronaut())
    images.write(folder / "cat.png", images.read(ASTRONAUT.with_name("chelsea.png")))
    return tmp_path


def test_faces_are_told_from_background(run: Run, data: Path, tmp_path: Path) -> None:
    out = tmp_path / "scores.svg"
    printed = run("face_score.py", data, "--faces", "2", "--backgrounds", "15", "--keypoints", "tiny", "--out", out)
    rows = {cells[0].strip(): cells[1:] for line in printed.splitlines() if len(cells := line.split("│")[1:-1]) == 7}
    boxes = {name: int(cells[0]) for name, cells in rows.items()}
    assert boxes["clear faces"] == boxes["half covered, one colour"] == boxes["half covered, piece of a photo"] == 2
    assert boxes["background, random squares"] == 15
    assert boxes["background, Haar's false boxes"] > 0
    clear, squares = (float(rows[name][1]) for name in ("clear faces", "background, random squares"))
    assert squares < 0.2 < 0.6 < clear
    assert rows["background, random squares"][-1].strip() == "1.0000"  # AUROC
    assert all(name in out.read_text(encoding="utf-8") for name in ("clear faces", "random squares"))
