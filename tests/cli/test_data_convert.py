"""``facepoints data convert``."""

import json
from pathlib import Path

import pytest

from facepoints import formats
from facepoints.formats import Result
from tests.cli.conftest import run
from tests.datasets.layouts import write_pts_folder
from tests.formats.batch_folder import write_batch_folder
from tests.random_faces import faces_of, mean_face

ONE = faces_of(mean_face((100, 100), 60))
FAILED = Result("b.jpg", ONE[:0], error="damaged: the file is truncated")


def test_300_w_to_coco(tmp_path: Path) -> None:
    folder, out = write_pts_folder(tmp_path / "300w", ["a", "b"]), tmp_path / "labels.json"
    result = run("data", "convert", folder, out, "--to", "coco")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"{out}: 2 pictures, 2 faces\n"
    assert len(json.loads(out.read_text())["annotations"]) == 2


@pytest.mark.parametrize("finished", [True, False])
def test_a_collection_tells_what_is_left_out(tmp_path: Path, finished: bool) -> None:
    folder = write_batch_folder(tmp_path / "out", [[Result("a.jpg", ONE, 9, 9), FAILED]], finished=finished)
    result = run("data", "convert", folder, tmp_path / "a.jsonl", "--to", "jsonl")
    assert result.stdout == f"{tmp_path / 'a.jsonl'}: 1 picture, 1 face; 1 picture without a result left out\n"
    message = (
        "" if finished else f"Error: {folder}: this run is not finished, so only its finished parts were converted\n"
    )
    assert (result.exit_code, result.stderr) == (0 if finished else 1, message)


@pytest.mark.parametrize(
    ("source", "to", "message"),
    [
        ("nowhere.json", "coco", "nowhere.json: there is no such file. Check the path"),
        ("a.json", "json", "a.json: the result would replace the source"),
    ],
)
def test_wrong_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, to: str, message: str) -> None:
    monkeypatch.chdir(tmp_path)
    with formats.open_writer("json", "a.json") as writer:
        writer.write("a.jpg", 9, 9, ONE)
    before = Path("a.json").read_bytes()
    result = run("data", "convert", source, "a.json", "--to", to)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"Error: {message}")
    assert Path("a.json").read_bytes() == before
