"""A web server and a storage server on loopback."""

from __future__ import annotations

import http.server
import logging
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, unquote


class WebServer:
    """Serves bytes by path, or parts of them, and notes the requests.

    Attributes:
        files: content by path.
        answers: status by path, for what is refused.
        requests: method and path of each.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.answers: dict[str, int] = {}
        self.requests: list[tuple[str, str]] = []
        self.url = ""


@contextmanager
def web_server() -> Iterator[WebServer]:
    told = WebServer()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = unquote(self.path)
            told.requests.append((self.command, path))
            data = told.files.get(path)
            status = told.answers.get(path, 404 if data is None else 200)
            if data is None or status >= 400:
                self._answer(status, b"")
                return
            asked = self.headers.get("Range")
            if asked is None:
                self._answer(200, data)
                return
            first, _, last = asked.removeprefix("bytes=").partition("-")
            start = int(first) if first else len(data) - int(last)
            end = min(int(last), len(data) - 1) if first and last else len(data) - 1
            if start >= len(data):
                self._answer(416, b"")
                return
            self._answer(206, data[start : end + 1], f"bytes {start}-{end}/{len(data)}")

        do_HEAD = do_GET  # noqa: N815 - the name that the base class asks for

        def _answer(self, status: int, data: bytes, content_range: str | None = None) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Accept-Ranges", "bytes")
            if content_range is not None:
                self.send_header("Content-Range", content_range)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(data)

        def log_message(self, format: str, *values: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        told.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield told
        finally:
            server.shutdown()
            thread.join()


class Storage:
    """A server that speaks S3."""

    def __init__(self, url: str) -> None:
        self.url = url

    def put(self, bucket: str, key: str = "", data: bytes = b"", **headers: str) -> None:
        """Make a bucket, or put an object into it."""
        request = urllib.request.Request(f"{self.url}/{bucket}/{quote(key)}".rstrip("/"), data, method="PUT")
        for name, value in {"Content-Type": "application/octet-stream", **headers}.items():
            request.add_header(name.replace("_", "-"), value)
        with urllib.request.urlopen(request) as answer:
            answer.read()


@contextmanager
def storage_server() -> Iterator[Storage]:
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield Storage(f"http://{host}:{port}")
    finally:
        server.stop()
