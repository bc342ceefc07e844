"""The program as a whole: workers, and a stop that loses nothing."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.web.conftest import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")


@contextmanager
def program(*options: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """``facepoints serve`` and its port."""
    command = [sys.executable, "-u", "-m", "facepoints", "serve", "--port", "0", *options]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        match = re.fullmatch(r"facepoints serves on http://127\.0\.0\.1:(\d+) \(Ctrl-C stops it\)\n", line)
        assert match is not None, line
        yield process, int(match[1])
    finally:
        process.terminate()
        try:
            process.communicate(timeout=60)
        finally:
            with suppress(ProcessLookupError):  # there is nobody, unless a test has failed
                os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.parametrize(("workers", "sent", "code"), [("1", "SIGTERM", 0), ("2", "SIGTERM", 0), ("2", "SIGKILL", -9)])
def test_a_graceful_stop(blank: bytes, workers: str, sent: str, code: int) -> None:
    """The last is the death of who watches over the workers: they stop by themselves, just as gracefully."""
    with program("--workers", workers) as (process, port):
        live = connect(f"ws://127.0.0.1:{port}/v1/live", compression=None, open_timeout=60)
        with live as frames, socket.create_connection(("127.0.0.1", port)) as upload:
            frames.send(blank)
            assert json.loads(frames.recv(60))["frame"] == 0
            head = [
                "POST /v1/faces HTTP/1.1",
                "Host: localhost",
                f"Content-Length: {len(blank)}",
                "Expect: 100-continue",
            ]
            upload.sendall("".join(f"{line}\r\n" for line in [*head, ""]).encode())
            upload.settimeout(60)
            assert upload.recv(1000).startswith(b"HTTP/1.1 100 ")  # the request is under way
            process.send_signal(getattr(signal, sent))
            with pytest.raises(ConnectionClosed) as closed:
                frames.recv(60)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1001
            upload.sendall(blank)
            answer = b"".join(iter(lambda: upload.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert b'"faces":[]' in answer
        output, errors = process.communicate(timeout=60)  # to the end of what its workers can write to, too
        assert (process.returncode, output, errors) == (code, "", "")


def test_told_to_stop_while_it_starts() -> None:
    with program() as (process, _):
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


def test_workers_add_up_their_numbers(blank: bytes) -> None:
    with program("--workers", "2") as (_, port):
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            for _ in range(3):
                assert client.post("/v1/faces", content=blank).status_code == 200

        def pictures() -> str:
            # A new connection each time: any worker may take it.
            text = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=60).text
            return "".join(re.findall(r"^facepoints_pictures_total (\S+)$", text, re.MULTILINE))

        wait_for(lambda: pictures() == "3.0")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_port_that_is_taken(workers: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "facepoints", "serve", "--port", port, "--workers", workers],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert re.fullmatch(rf"Error: cannot listen on 127\.0\.0\.1, port {port}: .* Choose another\n", done.stderr)
