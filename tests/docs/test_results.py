"""``docs/results.md``: every block of code runs, and all libraries give the same answers."""

from __future__ import annotations

import math
import re
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from facepoints import images
from facepoints.faces import Faces
from facepoints.formats import Result, write_pts
from tests.cli.conftest import run
from tests.conftest import ROOT
from tests.datasets.layouts import FACE, astronaut
from tests.formats.batch_folder import write_batch_folder
from tests.random_faces import mean_face

PAGE = ROOT / "docs" / "results.md"
BLOCKS = re.findall(r'^```python title="(\w+)"\n(.*?)^```$', PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
LIBRARIES = ("pandas", "Polars", "DuckDB", "facepoints")


def faces_of(*faces: tuple[np.ndarray, float]) -> Faces:
    points = np.stack([keypoints for keypoints, _ in faces]).astype(np.float32)
    scores = [score for _, score in faces]
    boxes = np.concatenate([points.min(axis=1), points.max(axis=1)], axis=1)
    return Faces(boxes, scores, points, np.full((len(faces), 68), 0.5))


def posed(*yaws: float) -> list[dict[str, Any]]:
    return [{"pose": {"yaw": yaw, "pitch": 2.0, "roll": 1.0}} for yaw in yaws]


LARGE, SMALL = mean_face((300.0, 200.0), 80.0), mean_face((100.0, 100.0), 20.0)
TWO, EMPTY = faces_of((LARGE, 0.875), (SMALL, 0.75)), Faces.empty()
PARTS = [
    [
        Result("photos/ada.png", faces_of((FACE, 0.9375)), 512, 512, details=posed(-4.5)),
        Result("photos/two.png", TWO, 640, 480, details=posed(31.0, 5.0)),
        Result("photos/sea.png", EMPTY, 640, 480),
        Result("photos/half.jpg", EMPTY, error="damaged: the file is truncated"),
    ],
    [
        Result("clip.mp4", EMPTY, 640, 480, 0, 0.0),
        Result("clip.mp4", TWO, 640, 480, 30, 1.2, details=posed(-12.0, 3.0)),
        Result("photos/lost.jpg", EMPTY, error="missing: there is no such file"),
    ],
]

EXPECTED = {
    "failed": [("photos/half.jpg", "the file is truncated"), ("photos/lost.jpg", "there is no such file")],
    "groups": [("clip.mp4", 2), ("photos/two.png", 2)],
    "good": [("clip.mp4", 0, -12.0), ("photos/ada.png", 0, -4.5)],
    "eyes": [(20.0,), (20.0,), (46.0,), (80.0,), (80.0,)],
    "best": [
        *[("clip.mp4", 0, None), ("clip.mp4", 30, 0.875), ("photos/ada.png", None, 0.9375)],
        *[("photos/sea.png", None, None), ("photos/two.png", None, 0.875)],
    ],
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the page takes for granted: a finished collection, its first picture, and labels."""
    monkeypatch.chdir(tmp_path)
    write_batch_folder(tmp_path / "found", PARTS)
    for place in ("photos/ada", "labels/300w/ada"):
        (tmp_path / place).parent.mkdir(parents=True)
        images.write(tmp_path / f"{place}.png", astronaut())
    write_pts(tmp_path / "labels" / "300w" / "ada.pts", FACE)
    return tmp_path


def rows_of(answer: Any) -> list[tuple[Any, ...]]:
    """The rows of a table of any library, sorted, with None for what is missing."""
    if hasattr(answer, "fetchall"):
        answer = answer.fetchall()
    elif hasattr(answer, "rows"):
        answer = answer.rows()
    elif hasattr(answer, "to_frame"):
        answer = answer.to_frame().itertuples(index=False, name=None)
    elif hasattr(answer, "itertuples"):
        answer = answer.itertuples(index=False, name=None)
    rows = [tuple(map(plain, row)) if isinstance(row, tuple) else (plain(row),) for row in answer]
    return sorted(rows, key=repr)


def plain(value: Any) -> Any:
    if isinstance(value, str) or value is None:
        return value
    return None if math.isnan(value) else round(float(value), 4)


@pytest.mark.parametrize("library", LIBRARIES)
def test_each_library_gives_the_answers(library: str, folder: Path) -> None:
    pytest.importorskip(library.lower())
    names: dict[str, Any] = {}
    for title, code in BLOCKS:
        if title == library:
            exec(compile(code, str(PAGE), "exec"), names)
    for question, expected in EXPECTED.items():
        assert rows_of(names[question]) == sorted(expected, key=repr), question
    assert names["points"].shape == (5, 68, 2)
    np.testing.assert_allclose(names["points"][0], FACE, atol=1e-4)
    if library == "facepoints":
        assert (images.read("drawn.png") != astronaut()).any()


def test_blocks_of_all_libraries_are_found() -> None:
    titles = [title for title, _ in BLOCKS]
    assert set(titles) == set(LIBRARIES)
    assert PAGE.read_text(encoding="utf-8").count("```python") == len(titles)


def test_commands(folder: Path) -> None:
    (commands,) = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    for line in commands.splitlines():
        program, *arguments = shlex.split(line, comments=True)
        assert program == "facepoints"
        result = run(*arguments)
        assert (result.exit_code, result.stderr) == (0, ""), line
    assert sorted(path.name for path in (folder / "points").rglob("*.pts")) == [
        *("ada.pts", "clip.mp4#30_0.pts", "clip.mp4#30_1.pts", "two_0.pts", "two_1.pts")
    ]
