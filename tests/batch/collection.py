"""A small collection with all that can be wrong with one, of which some pictures come only when a test lets them."""

from __future__ import annotations

import struct
import threading
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from facepoints import images
from tests.datasets.layouts import photo_of

PATIENCE = 60.0
"""Seconds after which a test fails that waits for something which must happen."""


def write_photos(folder: Path, count: int) -> list[Path]:
    """Small photos of one face each, every one a little different."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number:03}.jpg" for number in range(count)]
    for number, path in enumerate(paths):
        images.write(path, photo_of(number)[0])
    return paths


def huge_header() -> bytes:
    """A PNG file of 200 bytes that says it has 60,000 x 60,000 pixels."""
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(bytes(100))),
        (b"IEND", b""),
    ]
    parts = [struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def write_broken(folder: Path) -> dict[str, str]:
    """Files that are no good: the name of each, and the kind of its error."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = images.encode(photo_of(1)[0], ".jpg")
    (folder / "text.jpg").write_text("no picture")
    (folder / "empty.png").write_bytes(b"")
    (folder / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "huge.png").write_bytes(huge_header())
    return {"text.jpg": "not_a_picture", "empty.png": "damaged", "cut.jpg": "damaged", "huge.png": "too_large"}


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


Rows = list[dict[str, Any]]


def tables_of(out: Path) -> dict[str, Rows]:
    """The rows of all parts, file by file, without what differs from one run to the next: the milliseconds."""
    tables = {}
    for path in sorted(out.glob("*/part-*.parquet")):
        table = pq.read_table(path, partitioning=None)
        names = [name for name in table.column_names if name != "ms"]
        tables[path.relative_to(out).as_posix()] = table.select(names).to_pylist()
    return tables


def pictures_of(out: Path) -> Rows:
    """The rows of the tables of images, in their order."""
    return [row for name, rows in tables_of(out).items() if name.startswith("images/") for row in rows]


def write_list(path: Path, lines: Sequence[object]) -> str:
    """A text list of pictures; gives its path as an argument."""
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return str(path)
