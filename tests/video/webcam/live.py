"""A show of the astronaut that runs on a real page while a test looks at it."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from facepoints import FaceFinder
from facepoints.arrays import Image
from facepoints.video import FaceTracker
from facepoints.video.webcam import Controls, LivePage, Recorder, Show, run, switches_for
from tests.video.webcam.astronaut import Frames


class Live:
    """A page, and requests to it."""

    def __init__(self, address: str, controls: Controls) -> None:
        self.address, self.controls = address, controls
        self.port = urlsplit(address).port or 0
        self.path = urlsplit(address).path

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def ask(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Status, headers and body of the answer; ``path`` follows the token unless it begins with a slash."""
        connection = self.connect()
        try:
            connection.request(
                method,
                path if path.startswith("/") else self.path + path,
                body if isinstance(body, (bytes, type(None))) else json.dumps(body),
                {key.replace("_", "-"): value for key, value in headers.items()},
            )
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    @contextmanager
    def stream(self) -> Iterator[Iterator[bytes]]:
        """The JPEGs of the stream."""
        connection = self.connect()
        connection.request("GET", self.path + "stream")
        answer = connection.getresponse()
        assert answer.getheader("Content-Type") == "multipart/x-mixed-replace; boundary=picture"

        def pictures() -> Iterator[bytes]:
            assert answer.readline() == b"--picture\r\n"
            while True:
                assert answer.readline() == b"Content-Type: image/jpeg\r\n"
                length = int(answer.readline().removeprefix(b"Content-Length: "))
                assert answer.readline() == b"\r\n"
                yield answer.read(length)
                assert answer.readline() + answer.readline() == b"\r\n--picture\r\n"

        try:
            yield pictures()
        finally:
            answer.close()
            connection.close()


@contextmanager
def live_page(finder: FaceFinder, frame: Image, folder: Path, *on: str) -> Iterator[Live]:
    """A page whose show runs in another thread until the block ends."""
    controls = Controls(switches_for([("own-1", "<b>Clown & co")]), on)
    show = Show(FaceTracker(finder), controls, Recorder(folder), {})
    with LivePage(controls, "camera 0") as page:
        thread = threading.Thread(target=run, args=(Frames(frame), show, page))
        thread.start()
        try:
            yield Live(page.address, controls)
        finally:
            controls.quit()
            thread.join()
