"""The work of ``soak.py``: videos, requests and pictures without end."""

from __future__ import annotations

import http.client
import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from video_speed import stream
from web_service import EXAMPLE, jpeg, running

from facepoints import FaceFinder, filters, formats, images
from facepoints.video import FaceTracker, Totals, VideoWriter, process, read

LARGE, ONE_IN = (2000, 1500), 1000
SIDES = (48, 256)
CLIENTS, AT_ONCE = 4, 200

Note = Callable[..., None]
"""Told how much is done, and by ``process_id`` which process does it, if it is not the one that tells."""


def watch_video(count: int, note: Note, folder: Path, video: Path, worn: str | None) -> None:
    """Follow the faces of ``count`` frames; with a filter, write a video, too."""
    cv2.setNumThreads(1)
    _, first = next(read(video))
    height, width = first.shape[:2]
    with ExitStack() as stack:
        about = formats.Video(video.name, width, height)
        tables = [
            stack.enter_context(formats.open_frame_writer(name, folder / f"faces.{name}", about))
            for name in ("csv", "jsonl", "parquet")
        ]
        new = None if worn is None else stack.enter_context(VideoWriter(folder / "new.mp4", width, height))

        def after_frame(totals: Totals) -> bool:
            note(totals.frames)
            return False

        edit = None if worn is None else filters.load(worn).apply
        tracker = FaceTracker(FaceFinder(keypoints="compact-int8"))
        process(stream(video, count), tracker, tables=tables, video=new, edit=edit, stop=after_frame)


def find_in_pictures(count: int, note: Note, folder: Path) -> None:
    """Find the faces of ``count`` pictures, files among them."""
    cv2.setNumThreads(1)
    finder, chance, picture = FaceFinder(), random.Random(0), images.read(EXAMPLE)
    for number in range(1, count + 1):
        size = LARGE if number % ONE_IN == 1 else (chance.randint(*SIDES), chance.randint(*SIDES))
        resized = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        finder.find(images.encode(resized, ".jpg") if number % 10 == 0 else resized)
        note(number)


@dataclass(frozen=True)
class _Request:
    """A kind of request: of 1,000 so many are of it, and must have this status."""

    share: int
    status: int
    method: str
    path: str
    body: bytes = b""


def _kinds() -> list[_Request]:
    small, tiny = jpeg(160, 160), jpeg(96, 96)
    return [
        _Request(1, 200, "POST", "/v1/faces", jpeg(*LARGE)),
        _Request(99, 200, "POST", "/v1/faces?pose=true&ratios=true", small),
        _Request(150, 200, "POST", "/v1/faces?min_face=40", tiny),
        _Request(10, 200, "POST", "/v1/draw?format=png", small),
        _Request(10, 200, "POST", "/v1/filter/sunglasses", small),
        _Request(350, 200, "GET", "/v1/health"),
        _Request(50, 200, "GET", "/v1/ready"),
        _Request(10, 200, "GET", "/metrics"),
        _Request(20, 200, "GET", "/"),
        _Request(100, 422, "POST", "/v1/faces", tiny[:500]),
        _Request(100, 415, "POST", "/v1/faces", b"no picture"),
        _Request(50, 422, "POST", "/v1/faces?min_face=-1", tiny),
        _Request(50, 404, "GET", "/v1/nothing"),
    ]


class _Client:
    """Sends requests on a connection that it keeps, and after a hundred takes a new one."""

    def __init__(self, port: int, kinds: list[_Request], seed: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._kinds, self._shares = kinds, [kind.share for kind in kinds]
        self._chance = random.Random(seed)
        self.wrong: Counter[str] = Counter()

    def send(self, count: int) -> None:
        for kind in self._chance.choices(self._kinds, self._shares, k=count):
            if self._chance.random() < 0.01:
                self._connection.close()
            self._connection.request(kind.method, kind.path, kind.body, {"Content-Type": "image/jpeg"})
            answer = self._connection.getresponse()
            answer.read()
            if answer.status != kind.status:
                self.wrong[f"{answer.status} instead of {kind.status} for {kind.method} {kind.path}"] += 1


def send_requests(count: int, note: Note, folder: Path) -> None:
    """Send ``count`` requests, and end the program if an answer is wrong."""
    kinds = _kinds()
    with running("--workers", "2") as service, ThreadPoolExecutor(CLIENTS) as pool:
        clients = [_Client(service.port, kinds, seed) for seed in range(CLIENTS)]
        for done in range(AT_ONCE, count + 1, AT_ONCE):
            list(pool.map(lambda client: client.send(AT_ONCE // CLIENTS), clients))
            note(done, process_id=service.process.pid)
        wrong = sum((client.wrong for client in clients), Counter[str]())
        failures = service.failures()
    if wrong or failures:
        raise SystemExit(f"{failures} errors in the log of the service, wrong answers: {dict(wrong)}")
