"""What the benchmarks of the web share: a service in a process of its own, and pictures to send."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np

from facepoints import images

EXAMPLE = Path(__file__).parent.parent / "examples" / "astronaut.png"


def jpeg(width: int = 640, height: int = 480) -> bytes:
    """The example picture in this size."""
    picture = cv2.resize(images.read(EXAMPLE), (width, height), interpolation=cv2.INTER_AREA)
    return images.encode(np.asarray(picture, dtype=np.uint8), ".jpg", 90)


class Service:
    """A running service.

    Attributes:
        port: that it listens on.
        process: of ``facepoints serve``.
    """

    def __init__(self, port: int, process: subprocess.Popen[str], log: Path) -> None:
        self.port = port
        self.process = process
        self._log = log

    def failures(self) -> int:
        """Errors of the program that it has logged so far."""
        return self._log.read_text().count("Traceback (most recent call last)")

    def memory(self) -> float:
        """MB of resident memory, of the process and its workers."""
        pids = [self.process.pid]
        for pid in pids:
            children = Path(f"/proc/{pid}/task/{pid}/children")
            pids += [int(child) for child in children.read_text().split()]
        return sum(_resident(pid) for pid in pids)


def _resident(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    match = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(match[1]) / 1000 if match else 0.0


@contextmanager
def running(*options: str) -> Iterator[Service]:
    """``facepoints serve`` with these options, ended in the end; then its log is shown."""
    command = [sys.executable, "-m", "facepoints", "serve", "--port", "0", *options]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("a") as stream:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stream, text=True)
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            match = re.search(r":(\d+) ", line)
            if match is None:
                raise SystemExit(f"the service did not start: {line}")
            yield Service(int(match[1]), process, log)
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=60)
            sys.stderr.write(log.read_text())
