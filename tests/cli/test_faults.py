"""Disks that are full, folders that may not be written to and files that vanish, under the commands that write."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import contents, full_beyond, run, tree

pytestmark = pytest.mark.usefixtures("asked")

COMMANDS = [
    ("detect", "photos", "--draw", "--out", "out"),
    ("detect", "photos", "--format", "pts", "--out", "out"),
    ("align", "photos", "--out", "out"),
    ("filter", "photos", "--filter", "mask", "--out", "out"),
]

WRITERS = [*COMMANDS, *(("detect", "photos", "--format", name, "--out", "out") for name in ("jsonl", "csv", "coco"))]


@pytest.mark.parametrize("size", [0, 850, 2500])
@pytest.mark.parametrize("command", WRITERS)
def test_a_disk_that_is_full_sooner_or_later(photos: Path, command: tuple[str, ...], size: int) -> None:
    run(*command)
    undisturbed = contents(Path("out"))
    shutil.rmtree("out")
    size = min(size, max(map(len, undisturbed.values())) - 1)
    with full_beyond(size):
        result = run(*command)
    assert result.exit_code == 1
    assert result.stderr.count("cannot write") == result.stderr.count("File too large") > 0
    whole = contents(Path("out"))
    assert whole.items() <= undisturbed.items()
    assert all(len(data) <= size for data in whole.values())


@pytest.mark.parametrize("options", [("--help",), ("--version",), ("info",), ("detect", "photos/one.png")])
def test_full_disk_behind_stdout(photos: Path, options: tuple[str, ...]) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("only Linux has it")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "facepoints", *options], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (1, "Error: No space left on device\n")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes among its files")
@pytest.mark.parametrize("format_name", ["csv", "json"])
def test_killed_while_it_writes(photos: Path, format_name: str) -> None:
    """The second picture is a pipe: who wants to read it waits until somebody opens its other end."""
    os.mkfifo("gate.png")
    command = [sys.executable, "-m", "facepoints", "detect", "photos/one.png", "gate.png", "--draw", "--out", "out"]
    with subprocess.Popen([*command, "--format", format_name]) as process:
        gate = await_reader(Path("gate.png"), process)
        process.kill()
    os.close(gate)
    names = tree(Path("out"))
    if format_name == "csv":
        assert names.pop(0).startswith(".facepoints-")
        assert names == ["one.png"]
    else:
        assert names == ["one.json", "one.png"]


def await_reader(pipe: Path, process: subprocess.Popen[bytes]) -> int:
    """Wait until a process opens a pipe to read it; the end to write to."""
    while True:
        try:
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # nobody reads yet
            assert process.poll() is None, "it has ended without a look at the picture"
            time.sleep(0.01)


@pytest.mark.parametrize("command", COMMANDS)
def test_full_disk(photos: Path, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    result = run(*command)
    assert result.exit_code != 0
    assert "No space left on device" in result.stderr
    assert "Traceback" not in result.stderr
    assert tree(Path("out")) == []


@pytest.mark.parametrize("command", COMMANDS)
def test_folder_that_may_not_be_written_to(
    photos: Path, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    result = run(*command)
    assert result.exit_code != 0
    assert "no permission to write" in result.stderr
    assert tree(Path("out")) == []


def vanish(path: Path) -> None:
    path.unlink(missing_ok=True)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


@pytest.mark.parametrize(("change", "reason"), [(vanish, "there is no such file"), (cut, "the file is truncated")])
@pytest.mark.parametrize("command", COMMANDS)
def test_picture_that_changes_after_it_was_listed(
    photos: Path,
    command: tuple[str, ...],
    change: Callable[[Path], None],
    reason: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened = Path.open

    def open_changed(self: Path, *arguments: str, **options: str) -> object:
        if self.name == "two.png" and self.parent.name == "photos":
            change(self)
        return opened(self, *arguments, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", open_changed)
    result = run(*command)
    assert result.exit_code == 1
    assert f"two.png: {reason}" in " ".join(result.stderr.split())
    assert any(name.startswith("one") for name in tree(Path("out")))
    assert not any(name.startswith("two") for name in tree(Path("out")))
