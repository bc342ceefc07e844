"""The program as a user starts it, with its own detector and weights, on the example pictures."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np

from facepoints import images
from facepoints.faces import Faces
from facepoints.scheme import GROUPS
from tests.cli.conftest import run, tree

EXAMPLES = Path(__file__).parents[2] / "examples"

BY_HAND = {"left_eye": (203, 101), "right_eye": (247, 104), "nostrils": (223, 131), "outer_lip": (223, 145)}
"""Middles of parts of the astronaut's face, read off the picture."""


def test_demo_finds_the_astronaut(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "facepoints", "detect", str(EXAMPLES / "astronaut.png"), "--draw", "--out", "demo"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=tmp_path,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "1 picture, 1 face, in demo",
        str(Path("demo/astronaut.png")),
        str(Path("demo/astronaut.json")),
    ]
    found = json.loads((tmp_path / "demo/astronaut.json").read_text())
    assert (found["width"], found["height"]) == (512, 512)
    (face,) = Faces.from_dict(found)
    middles = {name: face.keypoints[list(GROUPS[name])].mean(axis=0) for name in BY_HAND}
    distances = {name: float(np.hypot(*(middles[name] - BY_HAND[name]))) for name in BY_HAND}
    assert max(distances.values()) < 4, distances

    changed = np.argwhere(
        (images.read(tmp_path / "demo/astronaut.png") != images.read(EXAMPLES / "astronaut.png")).any(2)
    )
    (top, left), (bottom, right) = changed.min(axis=0), changed.max(axis=0)
    assert 40 < top < bottom < 200, "something was drawn away from the face"
    assert 140 < left < right < 310, "something was drawn away from the face"


def test_align_writes_one_crop_a_face(tmp_path: Path) -> None:
    result = run("align", EXAMPLES / "astronaut.png", "--out", tmp_path, "--size", "224")
    assert result.exit_code == 0
    assert tree(tmp_path) == ["astronaut-1.png"]
    crop = images.read(tmp_path / "astronaut-1.png")
    assert crop.shape == (224, 224, 3)


def test_haar_parameters_reach_the_detector(tmp_path: Path) -> None:
    strict = run("detect", EXAMPLES / "astronaut.png", "--detector", "haar", "--min-neighbors", "10000")
    assert (strict.exit_code, json.loads(strict.stdout)["faces"]) == (0, [])
    wrong = run("detect", EXAMPLES / "astronaut.png", "--detector", "haar", "--scale-factor", "0.5")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "scale_factor" in wrong.stderr


def test_what_the_finder_refuses_is_wrong_use() -> None:
    for options, words in (
        (["--detector", "cascade"], "haar"),
        (["--detector", "network", "--scale-factor", "1.2"], "not for 'network'"),
        (["--detector", "haar", "--any-rotation"], "--any-rotation is for network detectors"),
        (["--any-rotation", "--detector", "mine.onnx", "--min-neighbors", "3"], "--any-rotation is for network"),
        (["--detector", "unheard-of.onnx", "--any-rotation"], "there is no weights file unheard-of.onnx"),
        (["--detector", "unheard-of.onnx"], "there is no weights file unheard-of.onnx"),
        (["--keypoints", "unheard-of"], "compact"),
    ):
        result = run("detect", EXAMPLES / "astronaut.png", *options)
        assert (result.exit_code, result.stdout) == (2, ""), options
        assert words in result.stderr
        assert result.stderr.count("\n") == 1


def test_eyes_and_smiles_are_drawn_on_top(tmp_path: Path) -> None:
    drawn = []
    for options in ([], ["--eyes"], ["--smiles"], ["--eyes", "--smiles"]):
        result = run("detect", EXAMPLES / "astronaut.png", "--draw", *options, "--out", tmp_path / "drawn")
        assert result.exit_code == 0
        drawn.append(images.read(tmp_path / "drawn" / "astronaut.png").astype(int))
    plain, eyes, smiles, both = drawn
    rows = [np.flatnonzero((picture != plain).any(axis=(1, 2))) for picture in (eyes, smiles)]
    assert 60 < rows[0].min() < rows[0].max() < rows[1].min() + 10 < rows[1].max() < 180
    np.testing.assert_array_equal(both - plain, (eyes - plain) + (smiles - plain))
    alone = run("detect", EXAMPLES / "astronaut.png", "--eyes")
    assert (alone.exit_code, alone.stdout) == (2, "")
    assert "--draw" in alone.stderr
