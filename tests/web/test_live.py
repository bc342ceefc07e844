"""``/v1/live``: frames in, faces out; the newest frame wins."""

from __future__ import annotations

import json
import threading
from socket import SHUT_RDWR
from typing import Any

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection

from facepoints import images
from facepoints.arrays import Image
from facepoints.faces import Faces
from tests.web.conftest import Service, serving, wait_for


def answer_to(socket: ClientConnection, message: bytes | dict[str, Any]) -> dict[str, Any]:
    socket.send(json.dumps(message) if isinstance(message, dict) else message)
    answer: dict[str, Any] = json.loads(socket.recv(60))
    return answer


def closed(socket: ClientConnection) -> tuple[int, str]:
    """Code and reason with which the service closes a socket."""
    with pytest.raises(ConnectionClosed) as error:
        socket.recv(60)
    assert error.value.rcvd is not None
    return error.value.rcvd.code, error.value.rcvd.reason


def test_faces_keep_their_ids(service: Service, jpeg: bytes) -> None:
    with service.live("?pose=true&ratios=true") as socket:
        answers = [answer_to(socket, jpeg) for _ in range(4)]
    assert [answer["frame"] for answer in answers] == [0, 1, 2, 3]
    times = [answer["time"] for answer in answers]
    assert times[0] == 0
    assert times == sorted(times)
    last = answers[-1]
    assert (last["width"], last["height"], last["dropped"]) == (512, 512, 0)
    assert last["ms"] > 0
    (face,) = last["faces"]
    assert (face["track_id"], len(face["keypoints"]), sorted(face["pose"])) == (1, 68, ["pitch", "roll", "yaw"])
    assert face["blinks"] == 0
    assert "picture" not in last


class BlindTracker:
    """Has not taken up anybody yet."""

    smooth = True

    def __init__(self, *arguments: Any, **options: Any) -> None:
        pass

    def update(self, image: Image, time: float) -> Faces:
        return Faces.empty()


def test_a_filter_for_privacy_does_not_wait_for_the_tracker(
    service: Service, astronaut: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("facepoints.web.live_session.FaceTracker", BlindTracker)
    with service.live("?filter=cover") as socket:
        assert answer_to(socket, images.encode(astronaut, ".jpg", 90))["faces"] == []
        hidden = images.read(bytes(socket.recv(60)))  # type: ignore[arg-type]
    change = np.abs(hidden.astype(int) - astronaut)
    assert change[85:178, 180:272].mean() > 20
    assert change[300:, :100].mean() < 5


def test_settings_change_while_it_runs(service: Service, jpeg: bytes, blank: bytes) -> None:
    with service.live("?filter=mask") as socket:
        assert answer_to(socket, jpeg)["picture"] is True
        masked = images.read(bytes(socket.recv(60)))  # type: ignore[arg-type]
        assert masked.shape == (512, 512, 3)
        assert np.abs(masked.astype(int) - images.read(jpeg)).mean() > 1
        socket.send('{"filter": null, "pose": true}')
        answer = answer_to(socket, jpeg)
        assert "picture" not in answer
        assert "pose" in answer["faces"][0]
        socket.send('{"smooth": false}')  # what is left out stays
        assert "pose" in answer_to(socket, jpeg)["faces"][0]


@pytest.mark.parametrize(
    ("message", "kind", "words"),
    [
        ({"filter": "hat"}, "unknown-filter", "'hat'"),
        ({"filter": "../art/cat"}, "unknown-filter", "there are"),
        ({"smooth": "maybe"}, "invalid-parameter", "smooth"),
        ({"colour": 1}, "invalid-parameter", "colour"),
        (b"no picture", "unsupported-type", "Pictures are"),
        (b"\xff\xd8\xff", "damaged-image", "truncated"),
    ],
)
def test_what_cannot_be_done_is_told(
    service: Service, jpeg: bytes, message: bytes | dict[str, Any], kind: str, words: str
) -> None:
    with service.live() as socket:
        answer = answer_to(socket, message)
        assert answer["problem"]["type"] == f"/docs#problem-{kind}"
        assert words in answer["problem"]["detail"]
        assert len(answer_to(socket, jpeg)["faces"]) == 1  # and it goes on


@pytest.mark.parametrize("text", ["", "nonsense", "[]", "7", "[" * 1999, "x" * 3000])
def test_texts_that_are_no_settings(service: Service, text: str) -> None:
    with service.live() as socket:
        socket.send(text)
        assert json.loads(socket.recv(60))["problem"]["status"] in (400, 422)


def test_a_frame_that_is_too_large_to_be_live(service: Service) -> None:
    with service.live() as socket:
        frame = images.encode(np.zeros((2600, 4000, 3), dtype=np.uint8), ".png")
        assert answer_to(socket, frame)["problem"]["type"] == "/docs#problem-too-many-pixels"


class HeldTracker:
    """Tells when it has a frame, and gives nobody when it is let go."""

    entered = threading.Semaphore(0)
    go = threading.Semaphore(0)

    def __init__(self, *_: object, **__: object) -> None:
        self.smooth = True

    def update(self, image: Image, time: float) -> Faces:
        self.entered.release()
        assert self.go.acquire(timeout=60)
        return Faces.empty()


def test_the_newest_frame_wins(service: Service, blank: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("facepoints.web.live_session.FaceTracker", HeldTracker)
    with service.live() as socket:
        socket.send(blank)
        assert HeldTracker.entered.acquire(timeout=60)
        for _ in range(3):
            socket.send(blank)
        # Messages are read in their order: when this one is answered, the frames before it have been taken.
        assert "problem" in answer_to(socket, {"unknown": 1})
        HeldTracker.go.release(2)
        answers = [json.loads(socket.recv(60)) for _ in range(2)]
        assert [(answer["frame"], answer["dropped"]) for answer in answers] == [(0, 2), (3, 2)]


def test_too_many_sockets(blank: bytes) -> None:
    with serving(max_sockets=1) as service, service.live() as first:
        answer_to(first, blank)
        with service.live() as second:
            assert closed(second) == (1013, "too many live sockets; try again later")
        first.close()
        wait_for(lambda: service.context.sockets == 0)
        with service.live() as third:
            assert answer_to(third, blank)["frame"] == 0


def test_an_idle_socket() -> None:
    with serving(idle_timeout=0.1) as service, service.live() as socket:
        assert closed(socket) == (4408, "no frame for 0.1 seconds")


def test_a_flood_of_messages(blank: bytes) -> None:
    with serving(max_frame_rate=2) as service, service.live() as socket:
        for _ in range(9):  # four messages for each of two frames a second, and one more
            socket.send('{"smooth": true}')
        assert closed(socket) == (1008, "too many messages")


def test_a_frame_of_too_many_bytes() -> None:
    with serving(max_frame_bytes=1000) as service, service.live() as socket:
        socket.send(bytes(1001))
        assert closed(socket)[0] == 1009


@pytest.mark.parametrize(
    ("query", "status"), [("?filter=hat", 404), ("?smooth=perhaps", 422), ("?eyes=1", 422), ("/more", 403)]
)
def test_sockets_that_are_refused(service: Service, query: str, status: int) -> None:
    with pytest.raises(InvalidStatus) as refused, service.live(query):
        pass
    assert refused.value.response.status_code == status


def test_clients_that_vanish(service: Service, jpeg: bytes) -> None:
    for _ in range(5):
        with service.live("?filter=cat") as socket:
            socket.send(jpeg)
            socket.socket.shutdown(SHUT_RDWR)
    wait_for(lambda: service.context.sockets == 0)
    assert service.http.get("/v1/health").status_code == 200
