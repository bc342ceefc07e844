"""Every wrong request gets a problem of RFC 9457 that says what is wrong."""

from __future__ import annotations

import socket
import struct
import threading
import zlib
from typing import Any

import httpx
import pytest

from facepoints.web.problems import KINDS
from tests.web.conftest import HeldFinder, Service, serving, wait_for

FORM = {"Content-Type": "multipart/form-data; boundary=b"}
NO_BOUNDARY = {"Content-Type": "multipart/form-data"}
GZIP = {"Content-Encoding": "gzip"}
PART = b'--b\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n'


def check(answer: httpx.Response, kind: str, words: str) -> dict[str, Any]:
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    status, title = KINDS[kind]
    assert (problem["type"], problem["status"], problem["title"]) == (f"/docs#problem-{kind}", status, title)
    assert answer.status_code == status
    assert words in problem["detail"]
    return problem


def png_header(width: int, height: int) -> bytes:
    """A PNG of no content that says that it has this size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("method", "address", "more", "kind", "words"),
    [
        ("GET", "/nowhere", {}, "not-found", "GET /nowhere is not served"),
        ("GET", "/static/nothing.js", {}, "not-found", "nothing.js"),
        ("GET", "/static/../app.py", {}, "not-found", "app.py"),
        ("GET", "/static/%2e%2e/app.py", {}, "not-found", "app.py"),
        ("POST", "/v1/faces/", {"content": b"x"}, "not-found", "/v1/faces/"),
        ("GET", "/v1/faces", {}, "method-not-allowed", "GET /v1/faces"),
        ("BREW", "/v1/draw", {}, "method-not-allowed", "BREW /v1/draw"),
        ("POST", "/v1/faces", {}, "no-image", "body is empty"),
        ("POST", "/v1/faces", {"content": b"GIF89a..."}, "unsupported-type", "Pictures are JPEG, PNG"),
        ("POST", "/v1/faces", {"json": {}}, "unsupported-type", "'application/json'"),
        ("POST", "/v1/faces", {"data": {"image": "x"}}, "unsupported-type", "x-www-form-urlencoded"),
        ("POST", "/v1/faces", {"content": b"x", "headers": GZIP}, "unsupported-type", "without"),
        ("POST", "/v1/faces", {"content": b"\xff\xd8\xff\xe0\0\x10JFIF"}, "damaged-image", "truncated"),
        ("POST", "/v1/faces", {"content": png_header(100, 100)}, "damaged-image", "cannot be decoded"),
        ("POST", "/v1/faces", {"content": png_header(50_000, 1001)}, "too-many-pixels", "50000 x 1001"),
        ("POST", "/v1/faces?detector=haar", {"content": png_header(2000, 1001)}, "too-many-pixels", "at most 2000000"),
        ("POST", "/v1/faces", {"content": b"x" * 21_000_000}, "too-large", "20 MB"),
        ("POST", "/v1/faces", {"content": (b"x" * 70_000 for _ in range(300))}, "too-large", "20 MB"),
        ("POST", "/v1/faces", {"files": [("image", b"")]}, "no-image", "no field 'image'"),
        ("POST", "/v1/faces", {"files": [("photo", b"x")]}, "malformed", "another field"),
        ("POST", "/v1/faces", {"files": [("image", b"x")] * 17}, "too-many-images", "16 pictures"),
        ("POST", "/v1/faces", {"content": PART + b"x", "headers": FORM}, "malformed", "incomplete"),
        ("POST", "/v1/faces", {"content": b"xxxxxxxx", "headers": FORM}, "malformed", "multipart"),
        ("POST", "/v1/faces", {"content": b"", "headers": FORM}, "malformed", "incomplete"),
        ("POST", "/v1/faces", {"content": b"--b\r\na: " + b"a" * 3000, "headers": FORM}, "malformed", "headers"),
        ("POST", "/v1/faces", {"content": b"x", "headers": NO_BOUNDARY}, "malformed", "boundary"),
        ("POST", "/v1/faces?min_face=9", {"content": b"x"}, "invalid-parameter", "min_face: Input"),
        ("POST", "/v1/faces?min_score=nan", {"content": b"x"}, "invalid-parameter", "min_score: Input"),
        ("POST", "/v1/faces?max_faces=0&detector=x", {"content": b"x"}, "invalid-parameter", "max_faces"),
        ("POST", "/v1/faces?eyes=true", {"content": b"x"}, "invalid-parameter", "eyes: Extra"),
        ("POST", "/v1/draw?format=gif", {"content": b"x"}, "invalid-parameter", "format"),
        ("POST", "/v1/draw", {"files": [("image", b"x")] * 2}, "too-many-images", "there are 2"),
        ("POST", "/v1/filter/hat", {"content": b"x"}, "unknown-filter", "'hat'; there are sunglasses"),
        ("POST", "/v1/filter/..%2Fart", {"content": b"x"}, "not-found", "/v1/filter/../art"),
        ("POST", "/v1/filter/cat+cat+cat+cat+cat", {"content": b"x"}, "unknown-filter", "At most 4"),
    ],
)  # fmt: skip
def test_problems(service: Service, method: str, address: str, more: dict[str, Any], kind: str, words: str) -> None:
    check(service.http.request(method, address, **more), kind, words)
    assert service.context.pool.taken == 0
    assert service.context.memory.taken == 0


def test_which_of_several_pictures(service: Service, blank: bytes) -> None:
    answer = service.http.post("/v1/faces", files=[("image", blank), ("image", blank[:50])])
    assert check(answer, "damaged-image", "Picture 2: the file is truncated")["picture"] == 1


def test_every_wrong_parameter_is_named(service: Service) -> None:
    answer = service.http.post("/v1/faces?max_faces=0&detector=x", content=b"x")
    assert [one["parameter"] for one in answer.json()["errors"]] == ["detector", "max_faces"]


def test_a_jpeg_of_very_many_scans(service: Service, jpeg: bytes) -> None:
    start = jpeg.index(b"\xff\xda")
    check(
        service.http.post("/v1/faces", content=jpeg[:-2] + jpeg[start:-2] * 50 + jpeg[-2:]), "damaged-image", "51 scans"
    )


def test_a_full_queue(jpeg: bytes) -> None:
    with serving(threads=1, queue=1) as service:
        finder = HeldFinder()
        service.context.finders = finder  # type: ignore[assignment]
        answers: list[httpx.Response] = []
        clients = [
            threading.Thread(target=lambda: answers.append(service.http.post("/v1/faces", content=jpeg)))
            for _ in range(2)
        ]
        for client in clients:
            client.start()
        wait_for(lambda: service.context.pool.full)
        refused = service.http.post("/v1/faces", content=jpeg)
        check(refused, "busy", "queue is full")
        assert refused.headers["retry-after"] == "1"
        check(service.http.get("/v1/ready"), "busy", "queue is full")
        assert service.http.get("/v1/health").status_code == 200
        finder.go.set()
        for client in clients:
            client.join()
        assert [answer.status_code for answer in answers] == [200, 200]
        assert service.http.get("/v1/ready").json() == {"status": "ready"}


def test_too_many_uploads(jpeg: bytes) -> None:
    with serving(max_bytes=100_000) as service:
        service.context.memory.limit = len(jpeg) // 2
        check(service.http.post("/v1/faces", content=jpeg), "busy", "uploads")


def test_an_upload_that_takes_too_long() -> None:
    with serving(upload_timeout=0.1) as service, socket.create_connection(("127.0.0.1", service.port)) as client:
        client.sendall(b"POST /v1/faces HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc")
        assert received(client).startswith(b"HTTP/1.1 408 ")


def received(client: socket.socket) -> bytes:
    """All that comes until the connection ends."""
    client.settimeout(60)
    return b"".join(iter(lambda: client.recv(65536), b""))


@pytest.mark.parametrize(
    ("sent", "line", "kind"),
    [
        (b"nonsense\r\n\r\n", b"HTTP/1.1 400 ", b"problem-malformed"),
        (b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03" + bytes(50), b"HTTP/1.1 400 ", b"problem-malformed"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 70_000, b"HTTP/1.1 431 ", b"problem-headers-too-large"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", b"HTTP/1.1 400 ", b"problem-malformed"),
        (b"GET / HTTP/1.1\r\n\r\n", b"HTTP/1.1 400 ", b"problem-malformed"),
    ],
)
def test_what_is_no_request(service: Service, sent: bytes, line: bytes, kind: bytes) -> None:
    with socket.create_connection(("127.0.0.1", service.port)) as client:
        client.sendall(sent)
        answer = received(client)
    assert answer.startswith(line)
    assert b"application/problem+json" in answer
    assert kind in answer


def test_headers_that_do_not_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("facepoints.web.connections._HEAD_SECONDS", 0.05)
    with serving() as service:
        for sent in (b"", b"GET / HTTP/1.1\r\nHo", b"GET /v1/health HTTP/1.1\r\nHost: localhost\r\n\r\nGET /"):
            with socket.create_connection(("127.0.0.1", service.port)) as client:
                client.sendall(sent)
                assert b"HTTP/1.1 408 " in received(client)


def test_too_many_connections() -> None:
    with serving(max_connections=1) as service:
        first = service.http.get("/v1/health")  # the client keeps its connection
        with socket.create_connection(("127.0.0.1", service.port)) as client:
            answer = received(client)
        assert first.status_code == 200
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"retry-after: 1" in answer.lower()


def test_an_error_of_the_program(service: Service, blank: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("facepoints.web.answers.faces_of", fail)
    answer = service.http.post("/v1/faces", content=blank)
    check(answer, "internal-error", "log")
    assert "a bug" not in answer.text
    assert "content-security-policy" in answer.headers
