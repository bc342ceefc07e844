from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("psutil", reason="psutil comes with the extra [batch]")

import psutil

from facepoints.batch.folder import ResultFolder
from facepoints.batch.marker import Marker, read_marker
from facepoints.batch.workers import end_workers

HOST = socket.gethostname()


@pytest.fixture
def busy() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Three processes that wait for ever."""
    command = [sys.executable, "-c", "input()"]
    processes = [subprocess.Popen(command, stdin=subprocess.PIPE) for _ in range(3)]
    yield processes
    for process in processes:
        process.kill()
        process.communicate()


def test_only_workers_of_this_run_are_ended(tmp_path: Path, busy: list[subprocess.Popen[bytes]]) -> None:
    folder = ResultFolder(tmp_path)
    folder.make()
    ours, earlier, nobodys = busy
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    markers = {
        0: Marker("now", HOST, ours.pid, deaths=1),
        1: Marker("before", HOST, earlier.pid),
        2: Marker("now", HOST, gone.pid),
        3: Marker("now", "another host", nobodys.pid),
    }
    for shard, marker in markers.items():
        marker.write(folder.marker(shard))
    end_workers(folder, "now", 0)
    assert not psutil.pid_exists(ours.pid)
    assert [process.poll() for process in (earlier, nobodys)] == [None, None]
    after = {shard: read_marker(folder.marker(shard)) for shard in markers}
    # Who was ended is excused; who had ended before may have died of a picture.
    assert after == {**markers, 0: Marker("", HOST, ours.pid, deaths=1)}


def test_they_may_finish_what_they_are_at(tmp_path: Path, busy: list[subprocess.Popen[bytes]]) -> None:
    folder = ResultFolder(tmp_path)
    folder.make()
    Marker("now", HOST, busy[0].pid).write(folder.marker(0))
    assert busy[0].stdin is not None
    busy[0].stdin.write(b"\n")
    busy[0].stdin.flush()
    end_workers(folder, "now", 60)
    assert not psutil.pid_exists(busy[0].pid) or busy[0].wait() == 0
    marker = read_marker(folder.marker(0))
    assert marker is not None
    assert marker.run == "now", "it ended by itself"
