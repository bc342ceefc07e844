"""``facepoints webcam``."""

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from queue import Queue
from urllib.parse import urlsplit

import cv2
import pytest

import facepoints.video
from facepoints.cli.webcam import shown_name
from facepoints.finder_settings import FinderSettings
from facepoints.video import read
from facepoints.video.webcam import LivePage
from tests.cli.conftest import run, tree
from tests.cli.test_video import ScriptedTracker
from tests.video.clips import SIZE, make_clip, steady


@pytest.fixture
def clip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """12 frames in half a second; its folder is current, and no window or browser opens."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    return make_clip(tmp_path / "clip.mp4", steady(12), options={"movflags": "+faststart"})


class Tracker(ScriptedTracker):
    smooth = True

    def reset(self) -> None:
        pass


@pytest.fixture
def tracker(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """Replaces the tracker; the list collects the options it was made with."""
    ScriptedTracker.made = []
    monkeypatch.setattr(facepoints.video, "FaceTracker", Tracker)
    return ScriptedTracker.made


@pytest.fixture
def states(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """What pages would have told at their ends."""
    collected: list[dict[str, object]] = []
    leave = LivePage.__exit__

    def note(self: LivePage, *error: object) -> None:
        collected.append(json.loads(self.state()))
        leave(self, *error)

    monkeypatch.setattr(LivePage, "__exit__", note)
    return collected


def switched_on(state: dict[str, object]) -> list[str]:
    return [one["name"] for one in state["switches"] if one["on"]]


@pytest.mark.parametrize(
    ("camera", "name"),
    [
        ("0", "camera 0"),
        ("folder/clip.mp4", "clip.mp4"),
        ("rtsp://user:secret@host:554/live/1", "1"),
        ("rtsp://user:secret@host:554", "host:554"),
        ("rtsp://user:secret@host/", "host"),
        ("https://host/live.m3u8?token=secret", "live.m3u8"),
        ("rtsp://[1", "[1"),
    ],
)
def test_what_the_page_calls_the_source_tells_no_password(camera: str, name: str) -> None:
    assert shown_name(camera) == name


@pytest.mark.usefixtures("asked", "tracker")
def test_a_video_file_in_place_of_a_camera(clip: Path, states: list[dict[str, object]]) -> None:
    result = run("webcam", "clip.mp4")
    assert (result.exit_code, result.stderr) == (0, "")
    first, address, keys = result.stdout.splitlines()
    assert first == "clip.mp4, 64 x 48 pixels, at"
    assert address.startswith("http://127.0.0.1:")
    assert keys.startswith("Keys: p points, m mask, ")
    assert (states[0]["source"], states[0]["size"]) == ("clip.mp4", list(SIZE))
    assert switched_on(states[0]) == ["points", "mirror", "smoothing"]
    assert tree(Path()) == ["clip.mp4"]


def test_options(
    clip: Path, states: list[dict[str, object]], asked: list[FinderSettings], tracker: list[dict[str, object]]
) -> None:
    Path("clown").mkdir()
    Path("clown/filter.toml").write_text('[[layers]]\nkind = "lines"\ncolours = { jaw = "#ff0000" }\n')
    wished = ["--no-points", "--no-mirror", "--no-smooth", "--pose", "--filter", "mask", "--filter", "clown"]
    result = run("webcam", "clip.mp4", *wished, "--detect-every", "3", "--keypoints", "tiny", "--min-face", "60")
    assert (result.exit_code, result.stderr) == (0, "")
    assert switched_on(states[0]) == ["mask", "pose", "own-1"]
    assert "1 clown" in result.stdout
    assert asked == [FinderSettings("network", "tiny", 60, None, None, 1)]
    assert tracker == [{"smooth": False, "detect_every": 3}]


@pytest.mark.usefixtures("asked", "tracker")
def test_recording_says_where(clip: Path) -> None:
    result = run("webcam", "clip.mp4", "--record", "--out", "new/recordings")
    assert result.exit_code == 0
    (saved,) = Path("new/recordings").iterdir()
    said = result.stdout.splitlines()[-1]
    assert said.startswith("Recorded 0.")
    assert said.endswith(f" s: {saved}")
    assert 1 <= len(list(read(saved))) <= 12


@pytest.fixture
def fake_camera(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes OpenCV read a file when it is asked for a camera."""
    open_capture = cv2.VideoCapture

    def install(path: str) -> None:
        monkeypatch.setattr(cv2, "VideoCapture", lambda number: open_capture(path))

    return install


@pytest.mark.usefixtures("asked", "tracker")
def test_a_camera_that_vanishes_leaves_a_complete_recording(
    clip: Path, fake_camera: Callable[[str], None], states: list[dict[str, object]]
) -> None:
    fake_camera("clip.mp4")
    result = run("webcam", "--record")
    assert result.exit_code == 1
    assert result.stderr == "Error: camera 0: it gives no more frames; was it unplugged?\n"
    assert states[0]["source"] == "camera 0"
    (saved,) = Path().glob("facepoints-*.mp4")
    assert list(read(saved))


@pytest.mark.usefixtures("asked", "tracker")
def test_a_recording_that_fails_is_told(clip: Path) -> None:
    Path("file").touch()
    result = run("webcam", "clip.mp4", "--record", "--out", "file/recordings")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: The recording failed: ")
    assert result.stderr.count("\n") == 1


@pytest.mark.usefixtures("asked", "tracker")
@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["9876"], 1, "camera 9876: it is not there"),
        (["nowhere.mp4"], 1, "nowhere.mp4: there is no such file. Check the path; cameras are numbers, such as 0"),
        (["clip.mp4", "--filter", "hat"], 2, "unknown filter 'hat'"),
        (["clip.mp4", "--out", "clip.mp4"], 2, "is a file"),
        (["clip.mp4", "--port", "70000"], 2, "--port"),
        (["clip.mp4", "clip.mp4"], 2, "unexpected extra argument"),
    ],
)
def test_wrong_use_and_bad_inputs(clip: Path, arguments: list[str], code: int, message: str) -> None:
    result = run("webcam", *arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert message in " ".join(result.stderr.split())
    assert tree(Path()) == ["clip.mp4"]


@pytest.mark.usefixtures("asked", "tracker")
def test_the_browser_opens_where_there_is_a_display(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: Queue[str] = Queue()
    monkeypatch.setattr("webbrowser.open", opened.put)
    monkeypatch.setattr(sys, "platform", "linux")
    assert run("webcam", "clip.mp4").exit_code == 0  # no display: only a browser of the terminal could open
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert run("webcam", "clip.mp4", "--no-open").exit_code == 0
    address = run("webcam", "clip.mp4").stdout.splitlines()[1]
    assert opened.get(timeout=60) == address
    assert opened.empty()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send to another process")
def test_ctrl_c_leaves_a_complete_recording(tmp_path: Path) -> None:
    make_clip(tmp_path / "clip.mp4", steady(12))
    environment = {key: value for key, value in os.environ.items() if "DISPLAY" not in key}
    with subprocess.Popen(
        [sys.executable, "-m", "facepoints", "webcam", "clip.mp4", "--loop", "--record", "--no-points"],
        cwd=tmp_path,
        env=environment | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "clip.mp4, 64 x 48 pixels, at\n"
        address = process.stdout.readline().strip()
        wait_for_recording(address, 1.0)  # more than twice the clip
        process.send_signal(signal.SIGINT)
        said, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (130, "")
    (name,) = (path for path in tree(tmp_path) if path != "clip.mp4")
    assert said.splitlines()[-1].endswith(f" s: {name}")
    assert [time for time, _ in read(tmp_path / name)][-1] >= 1.0


def wait_for_recording(address: str, seconds: float) -> None:
    """Ask for pictures until so much is recorded."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    connection.request("GET", urlsplit(address).path + "stream")
    pictures = connection.getresponse()
    recorded = 0.0
    while recorded < seconds:
        while pictures.readline() != b"--picture\r\n":
            pass
        asking = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
        asking.request("GET", urlsplit(address).path + "state")
        recorded = json.loads(asking.getresponse().read())["recording"] or 0.0
        asking.close()
    pictures.close()
    connection.close()
