"""A worker's process, seen from the program that gives it jobs; the protocol is that of ``workers/serving.py``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

Answer = dict[str, Any]


class WorkerFailedError(Exception):
    """The worker ended, or answered what is no answer."""


class Worker:
    """Starts at once; a context manager that ends the process.

    Args:
        command: of the worker.
        folder: it runs in.
        log: file for its stderr.
        cores: to how many processor cores it is bound, where the system can do that.
    """

    def __init__(self, command: Sequence[str], folder: Path, log: Path, cores: int | None = None) -> None:
        self.start = time.perf_counter()
        self.log = log
        # Nothing of the caller's Python path may reach a peer's environment.
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        with log.open("a", encoding="utf-8") as stream:
            self.process = subprocess.Popen(
                bound(command, cores),
                cwd=folder,
                env=kept,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stream,
                text=True,
            )
        try:
            self.ready = self._read()
        except BaseException:
            self.end()
            raise

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.end()

    def end(self) -> None:
        """Close its stdin, upon which it ends by itself."""
        self.process.stdin.close()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def ask(self, do: str, picture: Picture | None = None, **more: Any) -> Answer:
        """Do one job.

        Raises:
            WorkerFailedError: the process has ended, or the peer raised an error.
        """
        job = {"do": do, **(picture.job() if picture else {}), **more}
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        answer = self._read()
        if "error" in answer:
            raise WorkerFailedError(answer["error"])
        return answer

    def _read(self) -> Answer:
        line = self.process.stdout.readline()
        if not line:
            raise WorkerFailedError(f"the worker ended without an answer; see {self.log}")
        return dict(json.loads(line))


class Picture:
    """The file with the pixels that all workers read; writing the next picture replaces it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.size = (0, 0)

    def show(self, image: np.ndarray) -> Picture:
        """``image``: RGB uint8 ``(H, W, 3)``."""
        image.tofile(self.file)
        self.size = (image.shape[1], image.shape[0])
        return self

    def job(self) -> Answer:
        return {"picture": str(self.file), "width": self.size[0], "height": self.size[1]}


def bound(command: Sequence[str], cores: int | None) -> list[str]:
    """The command, bound to the first ``cores`` processor cores on Linux."""
    if cores is None or not sys.platform.startswith("linux"):
        return list(command)
    chosen = sorted(os.sched_getaffinity(0))[:cores]
    return ["taskset", "--cpu-list", ",".join(map(str, chosen)), *command]
