from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from facepoints import weights
from facepoints.cli.evaluate import app
from facepoints.finder_settings import FinderSettings
from tests.evaluation.shifted_finder import EYE_DISTANCE, ShiftedFinder, labelled_face

SHIFTS: dict[int, float | None] = {10: 1.0, 20: 3.0, 30: None}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of three labelled faces, which the finder of every command line in the test knows."""
    folder = tmp_path / "data"
    for level in SHIFTS:
        face = labelled_face(folder, f"{level}.png", level)
        rows = "\n".join(f"{x + 1} {y + 1}" for x, y in face.keypoints)
        face.image.with_suffix(".pts").write_text(f"version: 1\nn_points: 68\n{{\n{rows}\n}}\n")
    monkeypatch.setattr(FinderSettings, "make", lambda self: ShiftedFinder(SHIFTS))
    network = tmp_path / "network.onnx"
    network.write_bytes(b"weights")
    monkeypatch.setattr(weights, "resolve", lambda name, kind: network)
    return folder


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["keypoints", *map(str, arguments)])


def test_table_of_both_kinds_of_boxes(data: Path) -> None:
    result = run(data)
    assert result.exit_code == 0
    rows = {line.rsplit("  ", 2)[0].strip(): line.split() for line in result.stdout.splitlines()}
    (mean,) = [words for words in rows.values() if words[:2] == ["NME,", "mean"]]
    assert mean[2:] == ["2.67", "%", "8.00", "%"]
    assert "2 of 3" in result.stdout
    assert "NME of mouth" in result.stdout
    # Scores of 1 for points that are off: the error of the calibration is what their quality lacks.
    (mean,) = [words for words in rows.values() if words[:3] == ["Expected", "calibration", "error"]]
    assert [float(word) for word in mean[3:]] == pytest.approx([0.081, 0.364], abs=0.001)


def test_json_on_stdout_is_that_of_the_report(data: Path, tmp_path: Path) -> None:
    result = run(data, "--boxes", "true", "--format", "json", "--out", tmp_path / "out")
    printed = json.loads(result.stdout)
    assert printed == json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert list(printed["summaries"]) == ["true"]
    assert printed["summaries"]["true"]["nme"] == pytest.approx(4 / 3 / EYE_DISTANCE, abs=1e-5)
    assert "Detector" not in printed["settings"]
    assert printed["settings"]["Keypoints"].startswith("compact, 0.0 MB, sha256 9a12")
    assert (tmp_path / "out" / "report.html").is_file()


def test_settings_of_haar_reach_the_finder_and_the_report(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[FinderSettings] = []

    def make(wanted: FinderSettings) -> ShiftedFinder:
        asked.append(wanted)
        return ShiftedFinder(SHIFTS)

    monkeypatch.setattr(FinderSettings, "make", make)
    result = run(data, "--detector", "haar", "--scale-factor", "1.2", "--min-neighbors", "2", "--format", "json")
    assert asked == [FinderSettings("haar", "compact", 20, None, None, 1, 1.2, 2)]
    detector = json.loads(result.stdout)["settings"]["Detector"]
    assert detector == "haar (scale factor 1.2, min neighbors 2), faces from 20 px"


def test_damaged_picture_is_named_and_gives_exit_code_1(data: Path) -> None:
    (data / "10.png").write_bytes((data / "10.png").read_bytes()[:40])
    result = run(data)
    assert result.exit_code == 1
    assert "10.png" in result.stderr
    assert "1 of 2" in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [["missing"], [".", "--split", "validation"], [".", "--people", "missing.txt"], [".", "--boxes", "mine"]],
)
def test_wrong_use_gives_exit_code_2(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


def test_help_names_every_option() -> None:
    command = typer.main.get_command(app).commands["keypoints"]  # type: ignore[attr-defined]
    names = {name for parameter in command.params for name in parameter.opts}
    wanted = {"--split", "--people", "--exclude-people", "--keypoints", "--detector", "--boxes", "--out", "--format"}
    assert wanted <= names
