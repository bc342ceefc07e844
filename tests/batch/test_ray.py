"""Collections on a Ray cluster of two nodes, both on this machine, one of which is killed while it works."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.batch.gates import PATIENCE, gates
from tests.batch.photos import write_broken, write_photos
from tests.batch.results import tables_of
from tests.conftest import ROOT

pytest.importorskip("ray", reason="Ray comes with the extra [cluster]")

LOOPBACK = "127.0.0.1"
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]),
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_worker_niceness": "0",  # Ray's 15 would make the test wait for whatever else the machine does
}


class Node:
    """A node of a cluster, whose processes are a group of their own."""

    def __init__(self, *arguments: str) -> None:
        common = ("--node-ip-address", LOOPBACK, "--num-cpus", "1", "--object-store-memory", "100000000")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ray.scripts.scripts", "start", "--block", *common, *arguments],
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        lines = []
        for line in self._process.stdout:
            lines.append(line)
            if "Ray runtime started" in line:
                return
        raise AssertionError(f"the node has not started:\n{''.join(lines)}")

    def kill(self) -> None:
        """``kill -9`` of all its processes."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate(timeout=PATIENCE)


@pytest.fixture(scope="module")
def cluster() -> Iterator[tuple[str, Node]]:
    """Address of a cluster of two nodes with a processor each, and the node that may be killed."""
    with closing(socket.socket()) as free:
        free.bind((LOOPBACK, 0))
        address = f"{LOOPBACK}:{free.getsockname()[1]}"
    # Ray has sockets in this folder, whose paths must be short.
    with tempfile.TemporaryDirectory(prefix="ray", ignore_cleanup_errors=True) as folder:
        head = Node(
            *("--head", "--port", address.partition(":")[2], "--include-dashboard=false"),
            *("--disable-usage-stats", "--temp-dir", folder),
        )
        second = None
        try:
            second = Node("--address", address)
            yield address, second
        finally:
            if second is not None:
                second.kill()
            head.kill()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no process groups to kill")
def test_a_node_that_is_killed_costs_nothing(cluster: tuple[str, Node], tmp_path: Path) -> None:
    address, second = cluster
    photos = write_photos(tmp_path / "photos", 24)
    broken = sorted(tmp_path / "broken" / name for name in write_broken(tmp_path / "broken"))
    with gates(2) as waiting:
        # Two nodes, two processors: when somebody waits at both gates, each node has a part that it has begun.
        lines = [*photos[:12], waiting[0].url, *photos[12:20], waiting[1].url, *photos[20:], *broken]
        listed = tmp_path / "pictures.txt"
        listed.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        command = [sys.executable, "-m", "facepoints", "batch", str(listed), "--shard-size", "4", "--keypoints", "tiny"]
        on_ray = subprocess.Popen(
            [*command, "--out", str(tmp_path / "ray"), "--runner", "ray", "--address", address],
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for gate in waiting:
            gate.await_visitor()
        second.kill()
        for gate in waiting:
            gate.open()
        said, errors = on_ray.communicate(timeout=3 * PATIENCE)
        assert on_ray.returncode == 1, errors  # for the broken pictures
        # Ray may print lines of its own about the dead node, before ours.
        assert any(line.startswith(f"{len(lines)} pictures: ") for line in said.splitlines()), said
        here = subprocess.run(
            [*command, "--out", str(tmp_path / "here")], env=ENVIRONMENT, capture_output=True, text=True, check=False
        )
    assert here.returncode == 1, here.stderr
    assert tables_of(tmp_path / "ray") == tables_of(tmp_path / "here")
    assert not (tmp_path / "ray" / ".part").exists()


def test_nobody_at_the_address(tmp_path: Path) -> None:
    with closing(socket.socket()) as free:
        free.bind((LOOPBACK, 0))  # bound, but nobody listens
        address = f"{LOOPBACK}:{free.getsockname()[1]}"
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "facepoints",
                "batch",
                "x.jpg",
                "--out",
                "out",
                "--runner",
                "ray",
                "--address",
                address,
            ],
            env=ENVIRONMENT,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert f"{address}: there is no Ray cluster at this address" in done.stderr
    assert not (tmp_path / "out").exists()
