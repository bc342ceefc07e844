from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import typer

from facepoints import images
from facepoints.cli.evaluate import app
from facepoints.evaluation import contestants
from facepoints.evaluation.contestants import CONTESTANTS
from tests.cli.conftest import run as run_program
from tests.datasets.layouts import write_pts_folder, write_wider
from tests.evaluation.scripted_detector import ScriptedDetector, contestant

FACE, AWAY = [30, 20, 70, 70], [100, 100, 140, 150]
SCRIPT = {10: [(FACE, 0.9), (AWAY, 0.4)], 20: [(AWAY, 0.6)]}


@pytest.fixture
def detectors(monkeypatch: pytest.MonkeyPatch) -> dict[str, ScriptedDetector]:
    """The detectors that the command line knows in these tests."""
    known = {"network": ScriptedDetector(SCRIPT), "haar-1.2-2": ScriptedDetector({})}
    known_contestants = {name: contestant(name, detector) for name, detector in known.items()}
    monkeypatch.setattr(contestants, "CONTESTANTS", known_contestants)
    monkeypatch.setattr(contestants, "DEFAULT", tuple(known))
    return known


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two pictures in the layout of WIDER FACE with a face each."""
    folder = tmp_path / "wider"
    rows = [line for level in (10, 20) for line in (f"0--A/{level}.png", "1", "30 20 40 50 0 0 0 0 0 0 ")]
    pictures = write_wider(folder, rows, "val") / "WIDER_val" / "images" / "0--A"
    pictures.mkdir()
    for level in (10, 20):
        images.write(pictures / f"{level}.png", np.full((160, 200, 3), level, dtype=np.uint8))
    return folder


def run(*arguments: str | Path):  # type: ignore[no-untyped-def]
    return run_program("evaluate", "detector", "--score", "detector", *arguments)


def test_table_of_all_detectors_side_by_side(data: Path, detectors: dict[str, ScriptedDetector]) -> None:
    result = run(data)
    assert result.exit_code == 0, result.output
    assert "2 pictures with 2 labelled faces" in result.stdout
    assert "without the keypoint network" in result.stdout
    rows = [line.split() for line in result.stdout.splitlines()]
    assert ["16+", "px", "(2)", "50.0", "%", "0.0", "%"] in rows
    assert ["Boxes", "matching", "none", "1", "0"] in rows
    assert detectors["network"].looked[0] == (10, 16)


def test_json_on_stdout_is_that_of_the_report(
    data: Path, detectors: dict[str, ScriptedDetector], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    result = run(data, "--format", "json", "--out", out, "--iou", "0.5", "--iou", "0.4", "--detector", "network")
    printed = json.loads(result.stdout)
    assert printed == json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert list(printed["detectors"]) == ["network"]
    assert {figures["iou"] for figures in printed["detectors"]["network"]["figures"]} == {0.5, 0.4}
    assert printed["settings"]["Network"] == "scripted as network"
    assert printed["settings"]["Smallest face to look for"] == "16 px"
    assert printed["settings"]["Picture sizes"] == "200 x 160 to 200 x 160 px"
    assert "Keypoints" not in printed["settings"]
    assert str(out / "report.html") in result.stderr.replace("\n", "")


def test_one_labelled_face_a_picture(detectors: dict[str, ScriptedDetector], tmp_path: Path) -> None:
    result = run(write_pts_folder(tmp_path / "faces", ["one", "two"]), "--min-face", "30")
    assert result.exit_code == 0, result.output
    rows = [line.split() for line in result.stdout.splitlines()]
    assert ["Labelled", "face", "found", "0", "of", "2", "0", "of", "2"] in rows
    assert "may be faces that nobody labelled" in result.stdout
    assert "recision" not in result.stdout
    assert {min_face for _, min_face in detectors["network"].looked} == {30}


def test_turned_pictures(data: Path, detectors: dict[str, ScriptedDetector], tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = run(data, "--roll", "90", "--format", "json", "--out", out, "--detector", "network")
    assert result.exit_code == 0, result.output
    settings = json.loads(result.stdout)["settings"]
    assert settings["Pictures turned by"] == "90 degrees"
    assert settings["Picture sizes"] == "160 x 200 to 160 x 200 px"
    assert (out / "missed.png").exists()


def test_the_whole_finder_is_judged_unless_told_otherwise(detectors: dict[str, ScriptedDetector], data: Path) -> None:
    result = run_program("evaluate", "detector", data, "--format", "json", "--quiet")
    settings = json.loads(result.stdout)["settings"]
    assert settings["Scores and boxes"] == "the finder's, of detector and keypoint network together"
    assert settings["Keypoints"].startswith("compact, ")
    assert result.stderr == ""


def test_damaged_picture_is_named_and_gives_exit_code_1(data: Path, detectors: dict[str, ScriptedDetector]) -> None:
    (data / "WIDER_val" / "images" / "0--A" / "20.png").write_text("no picture")
    result = run(data)
    assert result.exit_code == 1
    assert "20.png" in result.stderr
    assert "16+ px (1)" in result.stdout


def test_what_is_not_installed_is_left_out_with_a_line(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contestants, "dlib_version", lambda: None)
    monkeypatch.setattr(contestants, "DEFAULT", ("haar-1.3-5", "hog"))
    result = run(data)
    assert result.exit_code == 0, result.output
    assert "hog left out: dlib is not installed (pip install dlib-bin)" in result.stderr
    assert "HOG" not in result.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--split", "test"], "splits train and val"),
        (["--detector", "hair"], "no detector 'hair'; known are network"),
        (["--iou", "2"], "--iou"),
        (["--people", "missing.txt"], "missing.txt"),
        (["--score", "mine"], "mine"),
    ],
)
def test_wrong_use_gives_exit_code_2(
    data: Path, detectors: dict[str, ScriptedDetector], arguments: list[str], message: str
) -> None:
    result = run(data, *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.output


def test_help_names_every_option_and_detector() -> None:
    command = typer.main.get_command(app).commands["detector"]  # type: ignore[attr-defined]
    options = {name: parameter for parameter in command.params for name in parameter.opts}
    wanted = {"--split", "--people", "--detector", "--score", "--iou", "--min-face", "--keypoints", "--out", "--format"}
    assert wanted <= set(options)
    named = options["--detector"].help
    assert [name for name in CONTESTANTS if name not in named] == []
