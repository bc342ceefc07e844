"""Windows of OpenCV: this package's own OpenCV has none, so its functions are replaced."""

import sys

import cv2
import numpy as np
import pytest

from facepoints.errors import VideoError
from facepoints.video.webcam import Controls, Status, Window, switches_for, windows_available


@pytest.mark.parametrize(
    ("framework", "platform", "display", "available"),
    [
        ("", "linux", ":0", False),  # opencv-python-headless
        ("QT5", "linux", ":0", True),
        ("QT5", "linux", "", False),  # Qt would end the program
        ("WIN32", "win32", "", True),
        ("COCOA", "darwin", "", True),
    ],
)
def test_where_windows_are(
    monkeypatch: pytest.MonkeyPatch, framework: str, platform: str, display: str, available: bool
) -> None:
    monkeypatch.setattr(cv2, "currentUIFramework", lambda: framework)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv("DISPLAY", display)
    assert windows_available() is available


def test_an_opencv_that_does_not_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.delattr(cv2, "currentUIFramework")
    assert not windows_available()


class Screen:
    """Stands in for OpenCV's windows."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.titles: list[str] = []
        self.shown: list[np.ndarray] = []
        self.key, self.visible = -1, 1.0
        for name, function in {
            "namedWindow": lambda title, flags: None,
            "imshow": lambda title, image: self.shown.append(image),
            "setWindowTitle": lambda title, text: self.titles.append(text),
            "waitKey": lambda milliseconds: self.key,
            "getWindowProperty": lambda title, what: self.visible,
            "destroyAllWindows": lambda: self.shown.clear(),
        }.items():
            monkeypatch.setattr(cv2, name, function)


def test_pictures_keys_and_closing(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(monkeypatch)
    window = Window("camera 0", controls := Controls(switches_for([])))
    red = np.full((2, 2, 3), (255, 0, 0), np.uint8)
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
    window.close()
    assert screen.shown == []


def test_a_window_that_does_not_open(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(title: str, flags: int) -> None:
        raise cv2.error("no display")

    monkeypatch.setattr(cv2, "namedWindow", fail)
    with pytest.raises(VideoError, match="cannot open a window here; --page shows"):
        Window("camera 0", Controls(switches_for([])))
