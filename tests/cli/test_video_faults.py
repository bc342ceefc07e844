"""Full disks, folders that vanish and videos that change while ``facepoints video`` is at work."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import facepoints.video
from facepoints.arrays import Image
from facepoints.cli.video_outputs import VideoOutputs
from facepoints.faces import Faces
from facepoints.video import read
from tests.cli.conftest import contents, full_beyond, run, tree
from tests.random_faces import faces_of, mean_face
from tests.video.clips import make_clip, steady

pytestmark = pytest.mark.usefixtures("asked")

FRAMES, MIDDLE = 60, 20

OUTPUTS = [
    ("--out", "new.mp4"),
    ("--out", "new.mkv"),
    ("--csv", "a.csv"),
    ("--jsonl", "a.jsonl"),
    ("--parquet", "a.pq"),
]


@pytest.fixture
def clip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Its folder is current."""
    monkeypatch.chdir(tmp_path)
    return make_clip(tmp_path / "clip.mp4", steady(FRAMES), size=(320, 240), options={"movflags": "+faststart"})


@pytest.fixture(autouse=True)
def in_the_middle(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    """Replaces the tracker; what is put into the list is done in the middle of the video."""
    to_do: list[Callable[[], None]] = []

    class Tracker:
        def __init__(self, finder: object, **options: object) -> None:
            self._frames = 0

        def update(self, image: Image, time: float) -> Faces:
            self._frames += 1
            while self._frames == MIDDLE and to_do:
                to_do.pop()()
            return faces_of(mean_face((160.0, 120.0), 60.0))

    monkeypatch.setattr(facepoints.video, "FaceTracker", Tracker)
    return to_do


@pytest.mark.parametrize(("option", "name"), OUTPUTS)
def test_a_disk_that_is_full_sooner_or_later(clip: Path, option: str, name: str) -> None:
    run("video", "clip.mp4", option, name)
    size = Path(name).stat().st_size
    Path(name).write_text("old")
    before = contents(Path())
    # Encoded again, a video may be some bytes smaller; tables are the same.
    latest = size * 7 // 8 if option == "--out" else size - 1
    for limit in (0, size // 2, latest):
        with full_beyond(limit):
            result = run("video", "clip.mp4", option, name)
        assert result.exit_code == 1
        assert result.stderr.startswith(f"Error: cannot write {Path(name).resolve()}: ")
        assert result.stderr.endswith("File too large\n")
        assert contents(Path()) == before


@pytest.mark.parametrize(("option", "name"), OUTPUTS)
def test_folder_that_may_not_be_written_to(clip: Path, option: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    result = run("video", "clip.mp4", option, name)
    assert result.exit_code == 2
    assert "no permission to write" in result.stderr
    assert tree(Path()) == ["clip.mp4"]


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps files that are open")
@pytest.mark.parametrize(("option", "name"), OUTPUTS)
def test_folder_that_vanishes(clip: Path, option: str, name: str, in_the_middle: list[Callable[[], None]]) -> None:
    Path("out").mkdir()
    in_the_middle.append(lambda: shutil.rmtree("out"))
    result = run("video", "clip.mp4", option, f"out/{name}")
    assert result.exit_code == 1
    assert result.stderr == f"Error: cannot write {Path('out', name).resolve()}: No such file or directory\n"
    assert tree(Path()) == ["clip.mp4"]


def test_video_that_vanishes_before_it_is_opened(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(VideoOutputs, "check", lambda outputs, source: clip.unlink())
    result = run("video", "clip.mp4", "--out", "new.mp4", "--csv", "a.csv")
    assert result.exit_code == 1
    assert "clip.mp4: there is no such file" in result.stderr
    assert tree(Path()) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps files that are open")
def test_video_that_vanishes_while_it_is_read(clip: Path, in_the_middle: list[Callable[[], None]]) -> None:
    in_the_middle.append(clip.unlink)
    assert run("video", "clip.mp4", "--out", "new.mp4").exit_code == 0
    assert len(list(read("new.mp4"))) == FRAMES


def test_video_that_is_cut_while_it_is_read(clip: Path, in_the_middle: list[Callable[[], None]]) -> None:
    in_the_middle.append(lambda: os.truncate(clip, clip.stat().st_size * 2 // 3))
    result = run("video", "clip.mp4", "--out", "new.mp4", "--jsonl", "a.jsonl")
    assert result.exit_code == 1
    assert "clip.mp4: the file was cut short" in result.stderr
    rows = [json.loads(line) for line in Path("a.jsonl").read_text().splitlines()]
    assert MIDDLE <= len(rows) < FRAMES
    assert len(list(read("new.mp4"))) == len(rows)
