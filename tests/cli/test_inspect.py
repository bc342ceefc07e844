"""``facepoints inspect``."""

import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnx")

from facepoints import images
from tests.cli.conftest import run, tree


def test_sheets_of_a_keypoint_network(astronaut_path: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "sheets"
    result = run("inspect", astronaut_path, "--out", out)
    assert (result.exit_code, result.stderr) == (0, "")
    names = [
        "filtered.png",
        "filters.png",
        "layer-01-encoder.stem.0.png",
        "layer-08-encoder.stages.stride16.1.first.0.png",
        "layer-15-head.heatmaps.png",
    ]
    assert tree(out) == names
    assert sorted(Path(line).name for line in result.stdout.splitlines()[1:]) == names
    assert images.read(out / "layer-15-head.heatmaps.png").std() > 20


def test_chosen_layers_of_a_detector(astronaut_path: Path, tmp_path: Path) -> None:
    chosen = ("--layer", "laterals.1", "--layer", "2", "--layer", "15")
    result = run("inspect", astronaut_path, "--network", "detector", *chosen, "--out", tmp_path, "--quiet")
    assert (result.exit_code, result.output) == (0, "")
    assert tree(tmp_path) == ["filtered.png", "filters.png", "layer-02-stem.3.inside.0.png", "layer-15-laterals.1.png"]


def test_table_of_layers() -> None:
    result = run("inspect", "--layers", "--network", "detector")
    assert result.exit_code == 0
    rows = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert "1 stem.0 4 x 1 12 -> 32 4 x 1 64 x 64" in rows
    assert "24 outputs.0 1 x 1 48 -> 19 1 x 1 32 x 32" in rows
    assert rows[-1].endswith("for an input of 256 x 256 x 3.")


def test_table_for_a_picture(astronaut_path: Path, tmp_path: Path) -> None:
    wide = tmp_path / "wide.png"
    images.write(wide, images.read(astronaut_path)[:256])
    result = run("inspect", wide, "--layers", "--network", "detector")
    assert " ".join(result.stdout.splitlines()[-1].split()).endswith("for an input of 128 x 256 x 3.")
    assert tree(tmp_path) == ["wide.png"]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((), 2, "give a PICTURE with a face and --out DIR, or --layers"),
        (("blank.png",), 2, "say where with --out DIR"),
        (("--layers", "--out", "sheets"), 2, "give a PICTURE"),
        (("blank.png", "--out", "sheets"), 1, "blank.png: no face is found in this picture"),
        (("missing.png", "--out", "sheets"), 1, "missing.png"),
        (("text.onnx", "--out", "sheets"), 1, "text.onnx: this is no picture"),
        (("blank.png", "--out", "sheets", "--layer", "heatmap"), 2, "near it are head.heatmaps; "),
        (
            ("--layers", "--network", "huge"),
            2,
            "there is no network 'huge'; known are compact, compact-int8, tiny, large, detector",
        ),
        (("--layers", "--network", "text.onnx"), 2, "text.onnx is no ONNX network"),
        (("--layers", "--network", "missing.ckpt"), 2, "missing.ckpt is no checkpoint of `facepoints train`"),
    ],
)
def test_what_goes_wrong_is_said_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: int, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    images.write("blank.png", np.full((64, 64, 3), 128, dtype=np.uint8))
    Path("text.onnx").write_text("no network")
    result = run("inspect", *arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert tree(tmp_path) == ["blank.png", "text.onnx"]


def test_a_result_never_replaces_the_picture(astronaut_path: Path, tmp_path: Path) -> None:
    picture = tmp_path / "filters.png"
    picture.write_bytes(astronaut_path.read_bytes())
    result = run("inspect", picture, "--out", tmp_path)
    assert result.exit_code == 2
    assert "would replace an input picture" in result.stderr
    assert picture.read_bytes() == astronaut_path.read_bytes()


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    for module in ("feature_maps", "onnx_layers", "inspection"):
        monkeypatch.delitem(sys.modules, f"facepoints.training.{module}", raising=False)
    result = run("inspect", "--layers")
    assert result.exit_code == 2
    assert result.stderr == (
        "Error: facepoints inspect needs more packages. Install them with: pip install 'facepoints[train]'\n"
    )
