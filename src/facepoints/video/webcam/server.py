"""The HTTP server of a live page: the standard library's, for this machine only."""

from __future__ import annotations

import json
import os
import secrets
import socket
import socketserver
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from types import MappingProxyType
from typing import Protocol

from facepoints.errors import InputError
from facepoints.video.webcam.newest import Newest

__all__ = ["Content", "Encoded", "PageServer"]

_HOST = "127.0.0.1"
_HOSTS = (_HOST, "localhost")
_LONGEST_ORDER = 1000
"""Bytes of a POST's body."""

_SEND_BUFFER = 1 << 17
"""Bytes: what the system holds back for a slow browser is shown late."""

_FILES = MappingProxyType(
    {
        "": ("index.html", "text/html; charset=utf-8"),
        "page.css": ("page.css", "text/css; charset=utf-8"),
        "page.js": ("page.js", "text/javascript; charset=utf-8"),
        "icon.svg": ("icon.svg", "image/svg+xml"),
    }
)
_HEADERS = MappingProxyType(
    {
        "Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
)
_JSON, _TEXT = "application/json", "text/plain; charset=utf-8"


class Encoded(Protocol):
    """A picture as a file."""

    @property
    def jpeg(self) -> bytes: ...  # noqa: D102


class Content(Protocol):
    """What is served; :class:`facepoints.video.webcam.LivePage` is it."""

    @property
    def pictures(self) -> Newest[Encoded]: ...  # noqa: D102

    def state(self) -> bytes:
        """The JSON of the page."""
        ...

    def press(self, name: str, on: bool) -> None:
        """Turn a switch on or off."""
        ...

    def quit(self) -> None:
        """End the show."""
        ...


class PageServer(ThreadingHTTPServer):
    """Listens on 127.0.0.1; every browser has a thread of its own.

    Args:
        content: what is served.
        token: the first part of every path; another one is refused.
        port: to listen at; 0 for any free one.

    Raises:
        InputError: the port is taken, or not for us.
    """

    daemon_threads = True
    allow_reuse_address = os.name != "nt"  # on Windows, that would let two programs have the same port

    def __init__(self, content: Content, token: str, port: int) -> None:
        self.content, self.token = content, token
        try:
            super().__init__((_HOST, port), _Handler)
        except OSError as error:
            raise InputError(
                f"the page cannot be served at port {port}: {error.strerror or error}. Give another one with --port, "
                "or 0 for any that is free"
            ) from error

    def server_bind(self) -> None:
        """Bind without looking up the name of this machine, which takes seconds on some."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = _HOST, self.server_address[1]

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a browser that leaves in the middle is no error."""


class _RefusalError(Exception):
    """A request that gets no more than a status and a line."""

    def __init__(self, status: HTTPStatus, line: str) -> None:
        super().__init__(line)
        self.status = status


class _Handler(BaseHTTPRequestHandler):
    server: PageServer
    protocol_version = "HTTP/1.1"
    timeout = 10  # seconds for which a browser may neither read nor ask

    def do_GET(self) -> None:
        self._answer({"state": self._state, "stream": self._stream} | dict.fromkeys(_FILES, self._file))

    def do_POST(self) -> None:
        self._answer({"switch": self._switch, "quit": self._quit})

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing: the terminal is for people."""

    def version_string(self) -> str:
        return "facepoints"

    def _answer(self, known: Mapping[str, Callable[[], None]]) -> None:
        if self.server.content.pictures.closed:  # a browser that still has a connection learns that this is the end
            self.close_connection = True
            return
        try:
            self._check_sender()
            action = known.get(self._name)
            if action is None:
                raise _RefusalError(HTTPStatus.NOT_FOUND, "There is nothing here.")
            action()
        except _RefusalError as refusal:
            self.close_connection = True  # the body of a POST may not have been read
            self._send(str(refusal).encode(), _TEXT, refusal.status)

    @property
    def _name(self) -> str:
        """The path behind the token."""
        return self.path.partition("?")[0].removeprefix("/").partition("/")[2]

    def _check_sender(self) -> None:
        # A page of another site could reach us by a host name of its own that it lets point to 127.0.0.1 (DNS
        # rebinding); its requests name that host.
        host = self.headers.get("Host", "")
        if host.partition(":")[0].lower() not in _HOSTS:
            raise _RefusalError(HTTPStatus.FORBIDDEN, "This page is served to this machine only, as 127.0.0.1.")
        if self.headers.get("Origin", f"http://{host}") != f"http://{host}":
            raise _RefusalError(HTTPStatus.FORBIDDEN, "This page takes no orders from other sites.")
        token = self.path.partition("?")[0].removeprefix("/").partition("/")[0]
        if not secrets.compare_digest(token.encode(), self.server.token.encode()):
            raise _RefusalError(HTTPStatus.FORBIDDEN, "Open the whole address that the terminal shows.")

    def _send(self, body: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._send_head(kind, status, {"Content-Length": str(len(body))})
        self.wfile.write(body)

    def _send_head(self, kind: str, status: HTTPStatus, more: dict[str, str]) -> None:
        self.send_response(status)
        for key, value in {"Content-Type": kind, **_HEADERS, **more}.items():
            self.send_header(key, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()

    def _file(self) -> None:
        name, kind = _FILES[self._name]
        self._send((files(__package__) / "static" / name).read_bytes(), kind)

    def _state(self) -> None:
        self._send(self.server.content.state(), _JSON)

    def _stream(self) -> None:
        """The newest picture, again and again (``multipart/x-mixed-replace``)."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        self._send_head("multipart/x-mixed-replace; boundary=picture", HTTPStatus.OK, {})
        self.wfile.write(b"--picture\r\n")
        number, picture = self.server.content.pictures.after(0)
        while picture is not None:
            jpeg = picture.jpeg
            # The boundary comes at once: browsers show a picture when they have seen its end.
            head = b"Content-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(jpeg)
            self.wfile.write(head + jpeg + b"\r\n--picture\r\n")
            number, picture = self.server.content.pictures.after(number)

    def _switch(self) -> None:
        order = self._order()
        name, on = order.get("name"), order.get("on")
        if not isinstance(name, str) or not isinstance(on, bool):
            raise _RefusalError(HTTPStatus.BAD_REQUEST, 'Expected {"name": "mask", "on": true}.')
        try:
            self.server.content.press(name, on)
        except InputError as error:
            raise _RefusalError(HTTPStatus.BAD_REQUEST, str(error)) from error
        self._state()

    def _quit(self) -> None:
        self._order()
        self.server.content.quit()
        self._state()

    def _order(self) -> dict[str, object]:
        """The JSON object in the body of a POST."""
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()) or int(length) > _LONGEST_ORDER:
            raise _RefusalError(HTTPStatus.BAD_REQUEST, f"Expected a body of at most {_LONGEST_ORDER} bytes.")
        try:
            order = json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError) as error:
            raise _RefusalError(HTTPStatus.BAD_REQUEST, "Expected JSON.") from error
        if not isinstance(order, dict):
            raise _RefusalError(HTTPStatus.BAD_REQUEST, "Expected a JSON object.")
        return order
