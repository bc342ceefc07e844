"""A show on a page of the browser, served on this machine only."""

from __future__ import annotations

import json
import secrets
import threading
from types import TracebackType

from facepoints import images
from facepoints.arrays import Image
from facepoints.video.webcam.controls import Controls
from facepoints.video.webcam.newest import Newest
from facepoints.video.webcam.server import Encoded, PageServer
from facepoints.video.webcam.show import Status

__all__ = ["LivePage"]

_QUALITY = 85
_POLL = 0.1
"""Seconds until the server notices that it is to end."""


class Picture:
    """A picture that becomes a JPEG when the first browser asks for it: where nobody looks, nothing is encoded."""

    def __init__(self, image: Image) -> None:
        self._image = image
        self._lock = threading.Lock()
        self._jpeg: bytes | None = None

    @property
    def jpeg(self) -> bytes:
        """The bytes of the file."""
        with self._lock:
            if self._jpeg is None:
                self._jpeg = images.encode(self._image, ".jpg", _QUALITY)
            return self._jpeg


class LivePage:
    """Serves a page with the pictures and the switches, to browsers of this machine; use it in a ``with`` block.

    Any number of tabs may look: each gets the newest picture when it has taken the last one. The address holds a random
    token, without which nobody sees anything: not other users of this machine, not pages of other sites.

    Args:
        controls: what the switches press.
        name: of the source, for people.
        port: to listen at; 0 for any free one.

    Attributes:
        address: of the page.

    Raises:
        InputError: the port is taken, or not for us.
    """

    def __init__(self, controls: Controls, name: str, port: int = 0) -> None:
        self._controls = controls
        self._name = name
        self._size = (0, 0)
        self._status = Status()
        self.pictures: Newest[Encoded] = Newest()
        token = secrets.token_urlsafe(16)
        self._server = PageServer(self, token, port)
        self.address = f"http://127.0.0.1:{self._server.server_port}/{token}/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(_POLL,), name="page", daemon=True)

    def show(self, picture: Image | None, status: Status) -> None:
        """Show a picture, or None for the last one."""
        self._status = status
        if picture is not None:
            self._size = (picture.shape[1], picture.shape[0])
            self.pictures.put(Picture(picture))

    def state(self) -> bytes:
        """What the page needs to know, as JSON."""
        status, on = self._status, self._controls.on
        recording = status.recording
        state = {
            "source": self._name,
            "size": self._size,
            "rate": round(status.rate, 1),
            "faces": status.faces,
            "recording": None if recording is None else round(recording.seconds, 1),
            "saved": None if status.saved is None else str(status.saved.path.absolute()),
            "problem": status.problem,
            "switches": [vars(switch) | {"on": switch.name in on} for switch in self._controls.switches],
        }
        return json.dumps(state).encode()

    def press(self, name: str, on: bool) -> None:
        """Turn a switch on or off.

        Raises:
            InputError: there is no such switch.
        """
        self._controls.set(name, on)

    def quit(self) -> None:
        """End the show."""
        self._controls.quit()

    def __enter__(self) -> LivePage:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.pictures.close()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
