"""The real service on a real port, in a thread; clients of HTTP and of sockets."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import cv2
import httpx
import numpy as np
import pytest
import uvicorn
from websockets.sync.client import ClientConnection, connect

from facepoints import images
from facepoints.arrays import Image
from facepoints.faces import Faces
from facepoints.finder import FaceFinder
from facepoints.web.context import Context
from facepoints.web.queries import FinderQuery
from facepoints.web.server import bind, config_of
from facepoints.web.settings import ServeSettings

_PATIENCE = 60.0


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until it holds; the time is only there to end a test that will never pass."""
    end = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.002)


@dataclass
class Service:
    """A running service.

    Attributes:
        port: that it listens on.
        http: client for it.
        context: what its requests share.
    """

    port: int
    http: httpx.Client
    context: Context

    def live(self, query: str = "", **options: Any) -> ClientConnection:
        """A live socket."""
        return connect(f"ws://127.0.0.1:{self.port}/v1/live{query}", compression=None, **options)


@contextmanager
def serving(**settings: Any) -> Iterator[Service]:
    """The service with these settings, in a thread."""
    chosen = ServeSettings(port=0, **settings)
    listener = bind(chosen)
    port = listener.getsockname()[1]
    server = uvicorn.Server(config_of(chosen))
    threads = cv2.getNumThreads()
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        wait_for(lambda: server.started or not thread.is_alive())
        context = server.config.loaded_app.state.context  # type: ignore[union-attr]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=_PATIENCE) as client:
            yield Service(port, client, context)
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
        cv2.setNumThreads(threads)


@pytest.fixture(scope="session")
def service() -> Iterator[Service]:
    """With default settings."""
    with serving() as running:
        yield running


@pytest.fixture(scope="session")
def jpeg(astronaut: Image) -> bytes:
    """The example picture as a small JPEG."""
    return images.encode(astronaut, ".jpg", 90)


@pytest.fixture(scope="session")
def blank() -> bytes:
    """A picture without a face."""
    return images.encode(np.full((32, 48, 3), 90, dtype=np.uint8), ".png")


class HeldFinder:
    """Finds nobody, and not before it is let go.

    Attributes:
        go: to be set.
    """

    def __init__(self) -> None:
        self.go = threading.Event()

    def get(self, query: FinderQuery) -> FaceFinder:
        """As of ``Finders``."""
        return self  # type: ignore[return-value]

    def find(self, image: Image) -> Faces:
        """As of ``FaceFinder``."""
        assert self.go.wait(_PATIENCE)
        return Faces.empty()
