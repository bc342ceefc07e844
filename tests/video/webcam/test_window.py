"""Windows of OpenCV: this package's own OpenCV has none, so its functions are replaced."""

import subprocess
import sys

import cv2
import numpy as np
import pytest

from facepoints.errors import VideoError
from facepoints.video.webcam import Controls, Status, Window, switches_for, windows_available


@pytest.mark.parametrize(
    ("framework", "platform", "trial", "available"),
    [
        ("", "linux", 0, False),  # opencv-python-headless
        ("QT5", "linux", 0, True),
        ("QT5", "linux", -6, False),  # Qt ends a program whose display does not answer
        ("WIN32", "win32", None, True),
        ("COCOA", "darwin", None, True),
    ],
)
def test_where_windows_are(
    monkeypatch: pytest.MonkeyPatch, framework: str, platform: str, trial: int | None, available: bool
) -> None:
    monkeypatch.setattr(cv2, "currentUIFramework", lambda: framework)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(subprocess, "run", lambda command, **options: subprocess.CompletedProcess(command, trial or 0))
    assert windows_available() is available


def test_a_trial_that_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(command: list[str], **options: object) -> None:
        raise subprocess.TimeoutExpired(command, 20)

    monkeypatch.setattr(cv2, "currentUIFramework", lambda: "QT5")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(subprocess, "run", hang)
    assert not windows_available()


def test_an_opencv_that_does_not_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(cv2, "currentUIFramework")
    assert not windows_available()


class Screen:
    """Stands in for OpenCV's windows."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.titles: list[str] = []
        self.shown: list[np.ndarray] = []
        self.sizes: list[tuple[int, int]] = []
        self.key, self.visible = -1, 1.0
        for name, function in {
            "namedWindow": lambda title, flags: None,
            "resizeWindow": lambda title, width, height: self.sizes.append((width, height)),
            "imshow": lambda title, image: self.shown.append(image),
            "setWindowTitle": lambda title, text: self.titles.append(text),
            "waitKeyEx": lambda milliseconds: self.key,
            "getWindowProperty": lambda title, what: self.visible,
            "destroyAllWindows": lambda: self.shown.clear(),
        }.items():
            monkeypatch.setattr(cv2, name, function)


def test_pictures_keys_and_closing(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(monkeypatch)
    window = Window("camera 0", controls := Controls(switches_for([])))
    red = np.full((2, 3, 3), (255, 0, 0), np.uint8)
    window.show(red, Status(rate=29.6))
    assert screen.shown[0][0, 0].tolist() == [0, 0, 255]  # OpenCV shows BGR
    assert screen.titles == ["camera 0 · 30 frames/s"]
    assert controls.on == frozenset()
    screen.key = ord("m")
    window.show(None, Status())
    assert (controls.on, len(screen.shown)) == ({"mask"}, 1)
    screen.key, screen.visible = -1, 0.0
    window.show(None, Status())
    assert controls.quitting
    window.show(red, Status())
    assert screen.sizes == [(3, 2)]  # once: people may size it as they like
    window.close()
    assert screen.shown == []


@pytest.mark.parametrize(
    ("code", "pressed"),
    [
        (ord("s"), {"sunglasses"}),
        (ord("S"), {"sunglasses"}),
        (0x100000 | ord("s"), {"sunglasses"}),  # GTK, with the Num key locked
        (0xFF51, set()),  # GTK's arrows
        (0xFF53, set()),
        (0x250000, set()),  # Windows
        (0xF702, set()),  # macOS
        (-1, set()),
    ],
)
def test_keys(monkeypatch: pytest.MonkeyPatch, code: int, pressed: set[str]) -> None:
    Screen(monkeypatch).key = code
    Window("camera 0", controls := Controls(switches_for([]))).show(None, Status())
    assert (controls.on, controls.quitting) == (pressed, False)


def test_closing_a_window_of_qt(monkeypatch: pytest.MonkeyPatch) -> None:
    Screen(monkeypatch)
    window = Window("camera 0", controls := Controls(switches_for([])))

    def fail(title: str, what: int) -> float:
        raise cv2.error("NULL guiReceiver (please create a window)")

    monkeypatch.setattr(cv2, "getWindowProperty", fail)
    window.show(None, Status())
    assert controls.quitting


def test_a_window_that_does_not_open(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(title: str, flags: int) -> None:
        raise cv2.error("no display")

    monkeypatch.setattr(cv2, "namedWindow", fail)
    with pytest.raises(VideoError, match="cannot open a window here; --page shows"):
        Window("camera 0", Controls(switches_for([])))
