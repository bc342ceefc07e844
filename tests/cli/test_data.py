import subprocess
import sys
from pathlib import Path

import pytest

from facepoints.datasets.crops import FaceCrops
from tests.cli.conftest import run
from tests.datasets.layouts import write_pts_folder, write_ytf


@pytest.fixture(autouse=True)
def no_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FACEPOINTS_DATA", raising=False)


def test_pack(tmp_path: Path) -> None:
    write_pts_folder(tmp_path / "faces", ["a", "b"])
    write_ytf(tmp_path / "ytf", {"Ada_Lovelace": 1, "Alan_Turing": 2})
    (tmp_path / "held.txt").write_text("Ada_Lovelace\n")
    out = tmp_path / "crops.npz"
    folders = ("--data", tmp_path / "faces", "--data", tmp_path / "ytf")
    result = run("data", "pack", *folders, "--exclude-people", tmp_path / "held.txt", "--out", out)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"{out}: 2 300w, 2 ytf\n"
    assert "ytf/Ada_Lovelace" not in FaceCrops.load(out).groups


def test_data_folder_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_pts_folder(tmp_path / "data" / "300w", ["a"])
    monkeypatch.setenv("FACEPOINTS_DATA", str(tmp_path / "data"))
    assert run("data", "pack", "--out", tmp_path / "crops.npz").stdout.endswith("1 300w\n")


def test_unreadable_pictures_are_named_and_others_go_on(tmp_path: Path) -> None:
    folder = write_pts_folder(tmp_path / "faces", ["a", "b"])
    (folder / "a.png").write_text("no picture")
    result = run("data", "pack", "--data", folder, "--out", tmp_path / "crops.npz")
    assert result.exit_code == 1
    assert result.stdout.endswith("1 300w\n")
    assert result.stderr.startswith(f"Error: {folder / 'a.png'}: this is no picture")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((), 2, "say where the training data is: --data FOLDER, or set FACEPOINTS_DATA"),
        (("--data", "nowhere"), 1, "nowhere is not a folder"),
        (("--data", "text.npz"), 1, "text.npz is no file of face crops"),
        (("--data", "faces", "--exclude-people", "nobody.txt"), 1, "cannot read the list of people nobody.txt"),
        (("--data", "faces", "--out", "nowhere/crops.npz"), 2, "the folder"),
    ],
)
def test_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: int, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write_pts_folder(tmp_path / "faces", ["a"])
    (tmp_path / "text.npz").write_text("no archive")
    before = sorted(tmp_path.iterdir())
    result = run("data", "pack", "--out", "crops.npz", *arguments)
    assert result.exit_code == code
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert sorted(tmp_path.iterdir()) == before


def test_packing_needs_no_torch(tmp_path: Path) -> None:
    folder = write_pts_folder(tmp_path / "faces", ["a"])
    code = (
        "import sys; sys.modules['torch'] = None; from facepoints.cli import app; "
        f"app(['data', 'pack', '--data', {str(folder)!r}, '--out', {str(tmp_path / 'crops.npz')!r}])"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    assert len(FaceCrops.load(tmp_path / "crops.npz")) == 1
