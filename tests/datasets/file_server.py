"""A local HTTP server of one file that can misbehave in all the ways that matter to a download."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class FileServer:
    """What is served, and how; tests change it between requests.

    Attributes:
        content: the file.
        tag: its ETag; None for none.
        cut_after: bytes of each answer after which the connection is closed; None for never.
        ranges: "honoured", "ignored" (the whole file again), "shifted" (another part than asked for), "refused" (416)
            or "always" (a part even if nobody asks).
        length: whether the length is announced.
        status: other than 200: answered to everything.
        asked: the Range header of each request, "" for none.
    """

    content: bytes
    tag: str | None = '"one"'
    cut_after: int | None = None
    ranges: str = "honoured"
    length: bool = True
    status: int = 200
    url: str = ""
    asked: list[str] = field(default_factory=list)


@contextmanager
def serving(server: FileServer) -> Iterator[FileServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("Range", "")
            server.asked.append(wanted)
            if server.status != 200:
                self.send_error(server.status)
                return
            start = int(wanted[len("bytes=") : -1]) if wanted else 0
            changed = self.headers.get("If-Range") not in (None, server.tag)
            if server.ranges == "ignored" or changed:
                start = 0
            if wanted and (server.ranges == "refused" or start >= len(server.content)):
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{len(server.content)}")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self._send(start, partial=start > 0 or server.ranges == "always")

        def _send(self, start: int, *, partial: bool) -> None:
            body = server.content[start:]
            self.send_response(206 if partial else 200)
            if partial:
                shown = start + 3 if server.ranges == "shifted" else start
                self.send_header("Content-Range", f"bytes {shown}-{len(server.content) - 1}/{len(server.content)}")
            if server.length:
                self.send_header("Content-Length", str(len(body)))
            if server.tag:
                self.send_header("ETag", server.tag)
            self.end_headers()
            self.wfile.write(body[: server.cut_after])

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        server.url = f"http://127.0.0.1:{http.server_port}/file.zip"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()
