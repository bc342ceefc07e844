"""Ctrl-C and a kill while a video is processed."""

import csv
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from facepoints import images
from facepoints.cli.interruption import stopped_by_user
from facepoints.video import read
from tests.cli.conftest import tree

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send to another process")

FRAMES = 400
"""Many more than fit, as JSON, into a pipe that nobody reads (64 KiB): the program cannot be done before it is told."""


@pytest.fixture
def still(tmp_path: Path, astronaut_path: Path) -> Path:
    """A video of the astronaut."""
    image = images.read(astronaut_path)[:320, 60:380]
    video = pytest.importorskip(
        "facepoints.video.writer", reason="PyAV comes with the extra [video]", exc_type=ImportError
    )
    with video.VideoWriter(tmp_path / "still.mp4", 320, 320) as writer:
        for number in range(FRAMES):
            writer.write(number / 25, np.ascontiguousarray(image))
    return tmp_path / "still.mp4"


def test_what_was_written_so_far_is_complete(still: Path) -> None:
    outputs = ["--out", "new.mp4", "--csv", "new.csv", "--jsonl", "-"]
    with subprocess.Popen(
        [sys.executable, "-m", "facepoints", "video", still.name, *outputs],
        cwd=still.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        first = [process.stdout.readline() for _ in range(3)]
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=120)
    assert (process.returncode, errors) == (130, b"")
    rows = [json.loads(line) for line in [*first, *rest.splitlines()]]
    assert 3 <= len(rows) < FRAMES
    assert [row["frame"] for row in rows] == list(range(len(rows)))
    assert all(len(row["faces"]) == 1 for row in rows)
    with (still.parent / "new.csv").open(newline="") as file:
        assert [int(row["frame"]) for row in csv.DictReader(file)] == list(range(len(rows)))
    assert [time for time, _ in read(still.parent / "new.mp4")] == pytest.approx(
        [row["time"] for row in rows], abs=1e-4
    )
    assert tree(still.parent) == ["new.csv", "new.mp4", "still.mp4"]


def test_killed_it_leaves_nothing_under_the_names(still: Path) -> None:
    command = [sys.executable, "-m", "facepoints", "video", still.name, "--out", "new.mp4", "--csv", "new.csv"]
    with subprocess.Popen([*command, "--jsonl", "-"], cwd=still.parent, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.kill()
    left = [Path(name) for name in tree(still.parent) if name != still.name]
    assert ".csv" in {name.suffix for name in left}
    assert all(name.stem.startswith(".facepoints-") for name in left)


@pytest.fixture
def usual() -> Iterator[object]:
    """Python's own handler: a shell that starts the tests in the background has Ctrl-C ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield signal.default_int_handler
    signal.signal(signal.SIGINT, before)


def test_the_first_one_asks_and_the_second_one_interrupts(usual: object) -> None:
    with stopped_by_user() as stopped:
        assert not stopped()
        signal.raise_signal(signal.SIGINT)
        assert stopped()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is usual


def test_afterwards_all_is_as_before() -> None:
    usual = signal.getsignal(signal.SIGINT)
    with stopped_by_user() as stopped:
        pass
    assert not stopped()
    assert signal.getsignal(signal.SIGINT) is usual


def test_other_threads_handle_no_signals() -> None:
    answers = []

    def ask() -> None:
        with stopped_by_user() as stopped:
            answers.append(stopped())

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert answers == [False]
