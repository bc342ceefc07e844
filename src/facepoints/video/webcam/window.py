"""A show in a window, where OpenCV has windows."""

from __future__ import annotations

import subprocess
import sys

import cv2

from facepoints.arrays import Image
from facepoints.errors import VideoError
from facepoints.video.webcam.controls import Controls
from facepoints.video.webcam.show import Status

__all__ = ["Window", "windows_available"]

_KEY_CODE, _LAST_CHARACTER = 0xFFFF, 0x7F
"""Bits of a key's code without those of Shift and the like; and the highest code that is a letter or a sign."""

_TRIAL = "import cv2; cv2.namedWindow('facepoints'); cv2.destroyAllWindows()"
_PATIENCE = 20
"""Seconds for the trial."""


def windows_available() -> bool:
    """Whether this OpenCV can open a window here: opencv-python-headless never can."""
    try:
        if not cv2.currentUIFramework():
            return False
    except (AttributeError, cv2.error):
        return False
    if not sys.platform.startswith("linux"):
        return True
    # Where the display does not answer, Qt ends the whole program; so another one tries.
    try:
        return subprocess.run([sys.executable, "-c", _TRIAL], capture_output=True, timeout=_PATIENCE).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


class Window:
    """Shows pictures in a window and presses the switches whose keys are typed there.

    Args:
        title: of the window.
        controls: what the keys press; closing the window quits.

    Raises:
        VideoError: the window cannot be opened.
    """

    def __init__(self, title: str, controls: Controls) -> None:
        self._title = title
        self._sized = False
        self._controls = controls
        try:
            cv2.namedWindow(title, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO | cv2.WINDOW_GUI_NORMAL)
        except cv2.error as error:
            raise VideoError("OpenCV cannot open a window here; --page shows the pictures in the browser") from error

    def show(self, picture: Image | None, status: Status) -> None:
        """Show a picture, or None for the last one, and look for keys."""
        if picture is not None:
            if not self._sized:
                cv2.resizeWindow(self._title, picture.shape[1], picture.shape[0])
                self._sized = True
            cv2.imshow(self._title, cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
        recording = "" if status.recording is None else f" · recording {status.recording.seconds:.0f} s"
        cv2.setWindowTitle(self._title, f"{self._title} · {status.rate:.0f} frames/s{recording}")
        # All bits of the code: the last eight of the arrow keys are those of Q, R, S and T with GTK.
        key = cv2.waitKeyEx(1) & _KEY_CODE
        if key <= _LAST_CHARACTER:
            self._controls.press_key(chr(key))
        if not self._is_open():
            self._controls.quit()

    def _is_open(self) -> bool:
        try:
            return bool(cv2.getWindowProperty(self._title, cv2.WND_PROP_VISIBLE) >= 1)
        except cv2.error:  # Qt, once its last window is closed
            return False

    def close(self) -> None:
        """Close the window."""
        cv2.destroyAllWindows()
