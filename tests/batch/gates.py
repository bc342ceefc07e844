"""Pictures on a web server of this machine that come only when a test lets them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from facepoints import images
from tests.datasets.layouts import photo_of

PATIENCE = 60.0
"""Seconds after which a test fails that waits for something which must happen."""


@dataclass
class Gate:
    """A picture on a web server: who asks for it waits until the gate is open.

    Attributes:
        url: of the picture.
        asked: set while somebody waits for it.
        opened: whether it is given to who asks.
    """

    url: str
    asked: threading.Event
    opened: threading.Event

    def await_visitor(self) -> None:
        """Wait until somebody asks for the picture."""
        assert self.asked.wait(PATIENCE), f"nobody asks for {self.url}"

    def open(self) -> None:
        """Give the picture to who waits, and to who asks later."""
        self.opened.set()

    def close(self) -> None:
        """Let the next one wait."""
        self.opened.clear()
        self.asked.clear()


@contextmanager
def gates(count: int) -> Iterator[list[Gate]]:
    """Pictures on a web server of this machine that wait at closed gates."""
    known: dict[str, Gate] = {}
    content = images.encode(photo_of(1000)[0], ".jpg")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            gate = known[self.path]
            gate.asked.set()
            gate.opened.wait(PATIENCE)
            try:
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except OSError:
                pass  # who has asked was killed

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    for number in range(count):
        path = f"/gate{number}.jpg"
        known[path] = Gate(f"http://127.0.0.1:{server.server_port}{path}", threading.Event(), threading.Event())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield list(known.values())
    finally:
        for gate in known.values():
            gate.open()
        server.shutdown()
        server.server_close()
        thread.join()
