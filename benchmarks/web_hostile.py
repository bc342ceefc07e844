"""Hostile requests: damaged pictures and forms, lying headers, nonsense for HTTP, sockets that send anything.

    python benchmarks/web_hostile.py [--requests N] [--seed S]

Counts the answers. An answer of 500, an error that is no problem of RFC 9457, or a service that is gone ends it with
exit code 1, and so does memory that grows by more than 50 MB after the first tenth of the requests. Before them come
the largest pictures that the service takes, since some of the hostile ones are large, too.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import socket
import struct
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable

from web_service import Service, jpeg, running
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from facepoints import images

_TYPES = (
    "image/jpeg",
    "image/png",
    "",
    "application/octet-stream",
    "text/plain",
    "multipart/form-data",
    "multipart/form-data; boundary=b",
    f"multipart/form-data; boundary={'b' * 300}",
    "/;=;\xff",
    "image/\xe9",
    "x" * 3000,
)
_PICTURE_PATHS = ("/v1/faces", "/v1/draw", "/v1/filter/cat", "/v1/filter/mask+blur")
_OTHER_PATHS = (
    "/v1/filter/%00",
    "/v1/filter/../cat",
    "/",
    "/static/../settings.py",
    "/static/%2e%2e/app.py",
    "/static//etc/passwd",
    "/%ff%fe",
    "/v1/live",
    "/metrics",
    "/docs",
    "/" + "a" * 5000,
)
_QUERIES = (
    "min_face=10",
    "min_face=1e9",
    "min_score=0&pose=true&ratios=true",
    "max_faces=-1",
    "a=b&a=c",
    "%00=%ff",
    "detector=haar",
    "detector=../../x",
    "format=jpeg",
    "pose=perhaps",
    "min_face=" + "9" * 400,
)
_MOST_GROWTH = 50
_METHODS = (*["POST"] * 30, "GET", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH", "BREW")
_TEXTS = (
    "",
    "{",
    "[]",
    "null",
    '{"filter":"x"}',
    '{"pose":1e999}',
    '{"smooth":{}}',
    "\ud7ff" * 500,
    "[" * 1500,
    "7" * 5000,
)


class Attacker:
    """Makes hostile requests, the same for the same seed."""

    def __init__(self, service: Service, seed: int) -> None:
        self._service = service
        self._random = random.Random(seed)
        picture = images.read(jpeg(96, 96))
        self._pictures = [images.encode(picture, suffix) for suffix in (".jpg", ".png", ".webp", ".bmp", ".tif")]
        self._client = http.client.HTTPConnection("127.0.0.1", service.port, timeout=60)
        self.answers: Counter[str] = Counter()
        self.wrong: list[str] = []

    def close(self) -> None:
        self._client.close()

    def attack(self) -> None:
        """One hostile request."""
        way: Callable[[], None] = self._random.choices((self._request, self._raw, self._live), (90, 8, 2))[0]
        way()

    def _request(self) -> None:
        chance = self._random
        method, kind = chance.choice(_METHODS), chance.choice(_TYPES)
        path = chance.choice(_PICTURE_PATHS if chance.random() < 0.8 else _OTHER_PATHS)
        query = "" if chance.random() < 0.5 else chance.choice(_QUERIES)
        body = self._body(kind)
        headers = {"Content-Type": kind} if kind else {}
        if chance.random() < 0.1:
            name = chance.choice(
                ("Host", "Origin", "Content-Encoding", "Content-Length", "Expect", "X-API-Key", "Range")
            )
            headers[name] = chance.choice(("", "x", "gzip", "null", "7", "[::", "100-continue", "\xff", "a" * 20000))
        address = f"{path}?{query}" if query else path
        try:
            self._client.request(method, address, body, headers)
            answer = self._client.getresponse()
            self._note(f"{method} {address[:80]} {kind[:40]!r}", answer, answer.read())
        except (OSError, http.client.HTTPException):
            self._lost()

    def _note(self, what: str, answer: http.client.HTTPResponse, body: bytes) -> None:
        self.answers[str(answer.status)] += 1
        problem = answer.headers.get("Content-Type") == "application/problem+json"
        if answer.status >= 500 and answer.status != 503:
            self.wrong.append(f"{answer.status} for {what}: {body[:200]!r}")
        if answer.status >= 400 and not problem:
            self.wrong.append(f"no problem for {what}: {answer.status} {body[:200]!r}")
        if problem and body and json.loads(body)["status"] != answer.status:
            self.wrong.append(f"two statuses for {what}: {body[:200]!r}")
        if answer.will_close:
            self._client.close()

    def _lost(self) -> None:
        self.answers["connection ended"] += 1
        self._client.close()

    def _body(self, kind: str) -> bytes:
        chance = self._random
        data = self._damaged(chance.choice(self._pictures))
        if not kind.startswith("multipart"):
            return data
        head = b'--b\r\nContent-Disposition: form-data; name="image"; filename="a\r\n\r\n'
        if chance.random() < 0.7:
            head = head.replace(b'"a', b'"a"')
        form = (head + data + b"\r\n") * chance.choice((1, 1, 2, 30)) + b"--b--\r\n"
        return self._damaged(form) if chance.random() < 0.4 else form

    def _damaged(self, data: bytes) -> bytes:
        chance, result = self._random, bytearray(data)
        way = chance.randrange(8)
        if way == 0:
            return chance.randbytes(chance.randrange(3000))
        if way == 1:
            return bytes(result[: chance.randrange(len(result))])
        if way == 2:
            middle = chance.randrange(len(result))
            return bytes(result[:middle] + result[chance.randrange(len(result)) :])
        if way == 3:  # another number where a size may stand
            place = chance.randrange(min(400, len(result) - 4))
            layout = chance.choice((">H", "<H", ">I", "<I"))
            values = (0, 1, 9000, 65535) if layout[1] == "H" else (0, 1, 9000, 2**31 - 1, 2**31, 2**32 - 1)
            struct.pack_into(layout, result, place, chance.choice(values))
        elif way < 7:
            for _ in range(chance.choice((1, 3, 30))):
                result[chance.randrange(len(result))] = chance.randrange(256)
        return bytes(result)

    def _raw(self) -> None:
        """What is no proper HTTP."""
        chance = self._random
        start = b"POST /v1/faces HTTP/1.1\r\nHost: localhost\r\n"
        sent = chance.choice(
            (
                chance.randbytes(200),
                start[: chance.randrange(len(start))],
                start + b"X: " + b"a" * 100_000 + b"\r\n\r\n",
                start + b"X: y\r\n" * 20_000 + b"\r\n",
                start + b"Content-Length: 99999999999999999999\r\n\r\n",
                start + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
                start + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc",
                start + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
                start + b"Content-Length: 1000\r\n\r\nabc",
                start * 3 + b"\r\n" + start + b"\r\n",
                b"GET / HTTP/1.0\r\n\r\n",
                b"GET / HTTP/9.9\r\nHost: a\r\n\r\n",
                b"GET /v1/live HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
                b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            )
        )
        try:
            with socket.create_connection(("127.0.0.1", self._service.port), timeout=60) as client:
                client.sendall(sent)
                client.shutdown(socket.SHUT_WR)
                line = client.recv(1000)[:12].decode("latin-1")
        except OSError:
            line = ""
        self.answers[f"raw: {line[9:] or 'connection ended'}"] += 1
        if line[9:].startswith("5") and line[9:] != "503":
            self.wrong.append(f"{line} for {sent[:100]!r}")

    def _live(self) -> None:
        """A socket that sends anything, and may leave at any time."""
        chance = self._random
        query = chance.choice(("", "?filter=cat", "?pose=1&ratios=1", "?filter=x", "?detector=haar"))
        try:
            with connect(f"ws://127.0.0.1:{self._service.port}/v1/live{query}", compression=None) as live:
                for _ in range(chance.randrange(10)):
                    text = chance.random() < 0.3
                    live.send(chance.choice(_TEXTS) if text else self._damaged(chance.choice(self._pictures)))
                if chance.random() < 0.5:
                    live.recv(5)
                if chance.random() < 0.3:
                    live.socket.shutdown(socket.SHUT_RDWR)
            self.answers["live"] += 1
        except (WebSocketException, OSError):
            self.answers["live: refused or closed"] += 1


def main() -> None:
    """Attack and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with running() as service:
        attacker = Attacker(service, options.seed)
        _send_largest(service)
        start, warm = time.perf_counter(), 0.0
        for number in range(1, options.requests + 1):
            attacker.attack()
            if number == options.requests // 10:
                warm = service.memory()
            if number % 1000 == 0:
                print(
                    f"{number:6} requests, {time.perf_counter() - start:5.0f} s, {service.memory():6.1f} MB", flush=True
                )
        attacker.close()
        attacker.wrong += ["an error of the program, in its log"] * service.failures()
        alive = service.process.poll() is None
        grown = service.memory() - warm if alive else 0.0
        with urllib.request.urlopen(f"http://127.0.0.1:{service.port}/v1/health", timeout=60) as answer:
            alive = alive and answer.status == 200
    for answer, count in sorted(attacker.answers.items()):
        print(f"{count:6}  {answer}")
    print(*attacker.wrong[:20], sep="\n")
    print(f"{len(attacker.wrong)} wrong answers, {'alive' if alive else 'GONE'}, memory {grown:+.1f} MB since warm")
    if attacker.wrong or not alive or grown > _MOST_GROWTH:
        sys.exit(1)


def _send_largest(service: Service) -> None:
    faces = f"http://127.0.0.1:{service.port}/v1/faces"
    for picture, query in ((jpeg(7070, 7070), "min_face=10"), (jpeg(1414, 1414), "detector=haar")):
        request = urllib.request.Request(f"{faces}?{query}", picture, {"Content-Type": "image/jpeg"})
        with urllib.request.urlopen(request, timeout=300) as answer:
            answer.read()


if __name__ == "__main__":
    main()
