"""What the service counts, for Prometheus; several workers add up their numbers through files in a folder."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

__all__ = ["CONTENT_TYPE", "Metrics", "shared_by_workers"]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # prometheus_client reads it when it is imported

_SECONDS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)


@contextmanager
def shared_by_workers() -> Iterator[None]:
    """Within the block, processes that are started add up their numbers, until all have ended."""
    with tempfile.TemporaryDirectory(prefix="facepoints-metrics-") as folder:
        os.environ[_FOLDER] = folder
        try:
            yield
        finally:
            os.environ.pop(_FOLDER, None)


class Metrics:
    """The numbers of a worker; ``text`` gives those of all workers.

    Attributes:
        requests: by route, method and status.
        seconds: from a request's headers to the end of its answer, by route.
        pictures: worked on.
        faces: found, on live sockets, too.
        refused: requests, by the kind of their problem.
        waiting: requests that have a thread or wait for one.
        sockets: open live sockets.
        frames: of live sockets, by what became of them: answered, dropped or unreadable.
        frame_seconds: from the arrival of a frame to its answer.
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        if not _shared():
            ProcessCollector(registry=self._registry)
        more: Any = {"registry": self._registry, "namespace": "facepoints"}
        self.requests = Counter("requests", "Requests answered.", ("route", "method", "status"), **more)
        self.seconds = Histogram("request_seconds", "Time of requests.", ("route",), buckets=_SECONDS, **more)
        self.pictures = Counter("pictures", "Pictures worked on.", **more)
        self.faces = Counter("faces", "Faces found.", **more)
        self.refused = Counter("problems", "Requests that ended in a problem.", ("kind",), **more)
        self.waiting = Gauge(
            "pool_requests", "Requests with a thread or waiting for one.", multiprocess_mode="livesum", **more
        )
        self.sockets = Gauge("live_sockets", "Open live sockets.", multiprocess_mode="livesum", **more)
        self.frames = Counter("live_frames", "Frames of live sockets.", ("outcome",), **more)
        self.frame_seconds = Histogram("live_frame_seconds", "Time of frames.", buckets=_SECONDS, **more)

    def text(self) -> bytes:
        """All numbers in Prometheus' text format."""
        registry = self._registry
        if _shared():
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)

    def close(self) -> None:
        """Take this process out of what is counted of the living."""
        if _shared():
            mark_process_dead(os.getpid())  # type: ignore[no-untyped-call]


def _shared() -> bool:
    return bool(os.environ.get(_FOLDER))
