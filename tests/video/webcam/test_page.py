"""The page over HTTP: what is served, what is refused, pictures and switches."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from facepoints import FaceFinder, images
from facepoints.arrays import Image
from facepoints.errors import InputError
from facepoints.video import read
from facepoints.video.webcam import Controls, LivePage, Status, switches_for
from tests.video.webcam.astronaut import mirrored
from tests.video.webcam.live import Live, live_page

ORDER = {"name": "mask", "on": True}


@pytest.fixture
def live(finder: FaceFinder, frame: Image, tmp_path: Path) -> Iterator[Live]:
    with live_page(finder, frame, tmp_path / "recordings") as page:
        yield page


@pytest.mark.parametrize(
    ("path", "kind", "part"),
    [
        ("", "text/html; charset=utf-8", b'<img id="picture"'),
        ("?again", "text/html; charset=utf-8", b'<img id="picture"'),
        ("page.css", "text/css; charset=utf-8", b"prefers-color-scheme: dark"),
        ("page.js", "text/javascript; charset=utf-8", b"visibilitychange"),
        ("icon.svg", "image/svg+xml", b"<svg"),
        ("state", "application/json", b'"source": "camera 0"'),
    ],
)
def test_what_is_served(live: Live, path: str, kind: str, part: bytes) -> None:
    status, headers, body = live.ask("GET", path)
    assert (status, headers["Content-Type"]) == (200, kind)
    assert part in body
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert (headers["X-Content-Type-Options"], headers["Cache-Control"]) == ("nosniff", "no-store")
    assert (headers["Cross-Origin-Resource-Policy"], headers["Referrer-Policy"]) == ("same-origin", "no-referrer")


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status", "part"),
    [
        ("GET", "nothing", None, {}, 404, b"nothing here"),
        ("GET", "../page.py", None, {}, 404, b"nothing here"),
        ("GET", "switch", None, {}, 404, b"nothing here"),
        ("POST", "state", {}, {}, 404, b"nothing here"),
        ("GET", "/", None, {}, 403, b"whole address"),
        ("GET", "/favicon.ico", None, {}, 403, b"whole address"),
        ("GET", "/wrong/stream", None, {}, 403, b"whole address"),
        ("GET", "/%C3%A4/", None, {}, 403, b"whole address"),
        ("POST", "/wrong/switch", ORDER, {}, 403, b"whole address"),
        ("GET", "", None, {"Host": "evil.example"}, 403, b"this machine only"),
        ("GET", "stream", None, {"Host": "evil.example:80"}, 403, b"this machine only"),
        ("POST", "switch", ORDER, {"Host": "127.0.0.1.evil.example"}, 403, b"this machine only"),
        ("POST", "switch", ORDER, {"Origin": "http://evil.example"}, 403, b"other sites"),
        ("POST", "switch", ORDER, {"Origin": "null"}, 403, b"other sites"),
        ("POST", "switch", ORDER, {"Host": "localhost", "Origin": "http://127.0.0.1"}, 403, b"other sites"),
        ("POST", "switch", {"name": "hat", "on": True}, {}, 400, b"unknown switch 'hat'"),
        ("POST", "switch", {"name": "mask"}, {}, 400, b"Expected"),
        ("POST", "switch", ["mask"], {}, 400, b"Expected a JSON object"),
        ("POST", "switch", b"\xff", {}, 400, b"Expected JSON"),
        ("POST", "switch", b" " * 2000, {}, 400, b"at most 1000 bytes"),
        ("POST", "switch", b"", {"Content-Length": "-1"}, 400, b"at most 1000 bytes"),
        ("POST", "quit", b"1", {}, 400, b"Expected a JSON object"),
        ("DELETE", "", None, {}, 501, b""),
    ],
)
def test_what_is_refused(
    live: Live, method: str, path: str, body: object, headers: dict[str, str], status: int, part: bytes
) -> None:
    got, answered, text = live.ask(method, path, body, **headers)
    assert got == status
    assert part in text
    assert "Access-Control-Allow-Origin" not in answered
    assert live.controls.on == frozenset()
    assert not live.controls.quitting


def test_the_page_is_served_to_this_machine_only(live: Live) -> None:
    assert live.address.startswith("http://127.0.0.1:")
    assert live.ask("GET", "state", Host=f"localhost:{live.port}")[0] == 200
    with LivePage(Controls(switches_for([])), "other") as other:
        assert other.address.rpartition("/")[0] != live.address.rpartition("/")[0]


def test_a_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"cannot be served at port {port}: .*Give another one with --port"):
            LivePage(Controls(switches_for([])), "camera 0", port)


def shows_mask(picture: Image) -> bool:
    """Whether there is much pink, as on the mask's lips: neither red nor white is."""
    colours = picture.astype(int)
    red, green, blue = (colours[..., channel] for channel in range(3))
    return bool(((red > 180) & (blue > 120) & (blue - green > 50)).sum() > 30)


def test_pictures_follow_the_switches(live: Live) -> None:
    with live.stream() as pictures, live.stream() as other_tab:
        first = images.read(next(pictures))
        assert first.shape == (240, 320, 3)
        assert not mirrored(first)
        assert not shows_mask(first)
        status, _, body = live.ask("POST", "switch", ORDER, Origin=f"http://127.0.0.1:{live.port}")
        assert status == 200
        assert [one["name"] for one in json.loads(body)["switches"] if one["on"]] == ["mask"]
        live.ask("POST", "switch", {"name": "mirror", "on": True})
        # Within a few pictures: those that were on their way come first.
        for tab in (pictures, other_tab):
            shown = (images.read(picture) for picture, _ in zip(tab, range(500), strict=False))
            assert any(shows_mask(picture) and mirrored(picture) for picture in shown)


def test_the_state_tells_how_it_goes(live: Live) -> None:
    with live.stream() as pictures:
        next(pictures)
        next(pictures)
    state = json.loads(live.ask("GET", "state")[2])
    assert state["source"] == "camera 0"
    assert state["size"] == [320, 240]
    assert (state["faces"], state["recording"], state["saved"], state["problem"]) == (1, None, None, None)
    assert state["rate"] > 0
    assert {"name": "mask", "label": "Mask", "key": "m", "group": "Draw", "on": False} in state["switches"]


def test_recording_by_the_page(live: Live, tmp_path: Path) -> None:
    pytest.importorskip("av", reason="PyAV comes with the extra [video]")
    live.ask("POST", "switch", {"name": "recording", "on": True})
    with live.stream() as pictures:
        for _ in pictures:
            state = json.loads(live.ask("GET", "state")[2])
            if state["recording"]:
                break
        live.ask("POST", "switch", {"name": "recording", "on": False})
        for _ in pictures:
            state = json.loads(live.ask("GET", "state")[2])
            if state["saved"]:
                break
    (saved,) = (tmp_path / "recordings").iterdir()
    assert state["saved"] == str(saved)
    times = [time for time, _ in read(saved)]
    assert len(times) > 1
    assert times[0] == 0


def test_quitting(live: Live) -> None:
    assert live.ask("POST", "quit", {})[0] == 200
    assert live.controls.quitting


def test_a_slow_tab_skips_pictures_and_gets_the_newest() -> None:
    picture = np.zeros((8, 8, 3), np.uint8)
    with LivePage(Controls(switches_for([])), "camera 0") as page:
        live = Live(page.address, Controls(switches_for([])))
        page.show(picture, Status())
        with live.stream() as pictures:
            next(pictures)
            for grey in range(1, 201):
                page.show(np.full((8, 8, 3), grey, np.uint8), Status())
            page.show(None, Status())
            seen = 0
            for jpeg in pictures:
                seen += 1
                if images.read(jpeg)[0, 0, 0] == 200:
                    break
    assert seen <= 200


def test_a_stream_ends_with_the_show() -> None:
    with LivePage(Controls(switches_for([])), "camera 0") as page:
        connection = Live(page.address, Controls(switches_for([]))).connect()
        connection.request("GET", page.address.partition(str(connection.port))[2] + "stream")
        answer = connection.getresponse()
    assert answer.read() == b"--picture\r\n"
    connection.close()
