"""``facepoints batch``: from its options to a run, and from what came of it to words and an exit code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyarrow", reason="pyarrow comes with the extra [batch]")

from facepoints import batch as collections
from facepoints.batch import BatchSettings, Estimate, RunnerError, Summary
from facepoints.batch.summary import Failure
from facepoints.errors import OutputError
from facepoints.finder_settings import FinderSettings
from tests.batch.photos import write_photos
from tests.batch.runners import here
from tests.cli.conftest import run, tree

DONE = Summary(3, 2, 1, 4, {}, {}, {})


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Replaces the run; the list collects what it was asked for."""
    collected: list[tuple[Any, ...]] = []

    def fake(sources: Sequence[str], out: Path, settings: BatchSettings, **more: Any) -> Summary:
        collected.append((sources, out, settings, more["workers"], more["runner"]))
        return DONE

    monkeypatch.setattr(collections, "run", fake)
    return collected


@pytest.mark.parametrize(
    ("arguments", "settings", "workers"),
    [
        ([], BatchSettings(), None),
        (["--pose", "--workers", "3"], BatchSettings(pose=True), 3),
        (["--ratios", "--shard-size", "50"], BatchSettings(ratios=True, shard_size=50), None),
        (["--frames", "10", "--column", "url"], BatchSettings(frames=10, column="url"), None),
        (["--frames", "none"], BatchSettings(frames=None), None),
        (["--frames", "key"], BatchSettings(frames="key"), None),
        (
            ["--detector", "haar", "--min-face", "12", "--max-faces", "1"],
            BatchSettings(FinderSettings(detector="haar", min_face=12, max_faces=1)),
            None,
        ),
    ],
)
def test_options(
    calls: list[tuple[Any, ...]], arguments: list[str], settings: BatchSettings, workers: int | None
) -> None:
    result = run("batch", "photos", "s3://bucket/*.jpg", "--out", "results", *arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.replace("\\", "/") == "3 pictures: 2 with faces, 1 without; 4 faces\nresults/report.html\n"
    sources = ["photos", "s3://bucket/*.jpg"]
    assert calls == [(sources, Path("results"), settings, workers, collections.on_this_machine)]


def test_a_cluster(calls: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collections, "on_ray", lambda address: f"runner at {address}")
    result = run("batch", "photos", "-o", "results", "--runner", "ray", "--address", "127.0.0.1:6379", "--quiet")
    assert (result.exit_code, result.output) == (0, "")
    assert calls[0][4] == "runner at 127.0.0.1:6379"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--frames", "some"], "--frames is key, none, or a number such as 10 for every tenth; got 'some'"),
        (["--frames", "0"], "every how many frames must be at least 1; got 0"),
        (["--runner", "ray"], "--runner ray and --address HOST:PORT go together"),
        (["--address", "127.0.0.1:6379"], "--runner ray and --address HOST:PORT go together"),
        (["--runner", "ray", "--address", "nowhere"], "nowhere: there is no Ray cluster at this address"),
        (["--keypoints", "huge"], "huge"),
        (["--detector", "network", "--scale-factor", "1.1"], "--scale-factor and --min-neighbors are for the Haar"),
        (["gone.png/x", "--dry-run"], "gone.png/x: there is no such file or folder"),
        (["nowhere"], "nowhere: there is no such file or folder"),
        (["--out", "photos/one.png"], "photos/one.png: this folder cannot be made"),
    ],
)
def test_wrong_use(photos: Path, arguments: list[str], message: str) -> None:
    before = tree(photos.parent)
    result = run("batch", "photos", "--out", "results", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert tree(photos.parent) == before


def test_a_folder_that_may_not_be_written_to(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: False)
    result = run("batch", "photos", "--out", "results")
    assert result.exit_code == 2
    assert "no permission to write to this folder" in result.stderr


def test_pictures_that_fail_are_named(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collections, "on_this_machine", here)
    for number in range(7):
        (photos / f"empty{number}.png").write_bytes(b"")
    result = run("batch", "photos", "gone.jpg", "--out", "results")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0] == (
        "12 pictures: 0 with faces, 3 without, 9 failed (7 damaged, 1 missing, 1 not a picture); 0 faces"
    )
    empty = "the file is empty. Copy or download it again"
    assert result.stderr.splitlines() == [
        *(f"Error: photos/empty{number}.png: {empty}" for number in range(5)),
        "Error: ... and 2 more like this: in the column error of the tables in images/",
        "Error: gone.jpg: there is no such file. Check the path",
        "Error: photos/broken.jpg: this is no picture, whatever its name says. Supported formats are JPEG, PNG, WebP, "
        "BMP, TIFF",
    ]
    again = run("batch", "photos", "gone.jpg", "--out", "results")
    assert (again.exit_code, again.output) == (result.exit_code, result.output)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OutputError("the disk is full"), 1),
        (RunnerError("the workers die again and again"), 1),
        (KeyboardInterrupt(), 130),
    ],
)
def test_a_run_that_breaks_off(monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int) -> None:
    def failing(*arguments: object, **options: object) -> Summary:
        raise error

    monkeypatch.setattr(collections, "run", failing)
    result = run("batch", "photos", "--out", "results")
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr == (f"Error: {error}\n" if code == 1 else "")


def test_dry_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_photos(tmp_path / "photos", 3)
    (tmp_path / "photos" / "broken.jpg").write_text("no picture")
    before = tree(tmp_path)
    monkeypatch.chdir(tmp_path)
    result = run("batch", "photos", "--out", "results", "--dry-run", "--workers", "2")
    assert result.exit_code == 0
    kinds, counts, cost = result.stdout.splitlines()
    assert (kinds, counts) == ("4 single pictures", "4 pictures in all; 4 were tried, 1 failed")
    assert cost.startswith("about 0 seconds with 2 workers (")
    assert cost.endswith(" ms a picture each), 2.9 kB of results; nothing was written")
    assert tree(tmp_path) == before


ESTIMATE = Estimate({"file": 1_200_000, "video": 3}, 1_200_003, False, 48, 0, 31.25, 20_000.0, 2.5e9)


@pytest.mark.parametrize(
    ("estimate", "expected"),
    [
        (ESTIMATE, "about 5.6 hours with 1 worker (31.2 ms a picture each), 2.5 GB of results; nothing was written"),
        (
            replace(ESTIMATE, seconds=119, size=999_949),
            "about 119 seconds with 1 worker (31.2 ms a picture each), 999.9 kB",
        ),
        (replace(ESTIMATE, seconds=120, size=1e6), "about 2.0 minutes with 1 worker (31.2 ms a picture each), 1.0 MB"),
        (
            replace(ESTIMATE, seconds=1e7, size=5e15),
            "about 115.7 days with 1 worker (31.2 ms a picture each), 5,000.0 TB",
        ),
    ],
)
def test_estimates_in_words(monkeypatch: pytest.MonkeyPatch, estimate: Estimate, expected: str) -> None:
    monkeypatch.setattr(collections, "estimate", lambda *arguments: estimate)
    result = run("batch", "photos", "--out", "results", "--dry-run", "--workers", "1")
    lines = result.stdout.splitlines()
    assert lines[:3] == [
        "1,200,000 single pictures",
        "3 videos",
        "about 1,200,003 pictures in all; 48 were tried, 0 failed",
    ]
    assert lines[3].startswith(expected)


def test_failures_of_a_large_run(monkeypatch: pytest.MonkeyPatch) -> None:
    examples = tuple(Failure(f"{number}.jpg", "cut off") for number in range(5))
    summary = replace(DONE, failed={"damaged": 12_345}, examples={"damaged": examples})
    monkeypatch.setattr(collections, "run", lambda *arguments, **options: summary)
    result = run("batch", "photos", "--out", "results", "--quiet")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines()[-1] == (
        "Error: ... and 12,340 more like this: in the column error of the tables in images/"
    )
