"""Cameras: OpenCV reads a video file in place of a device."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from facepoints.errors import VideoError
from facepoints.video import Camera
from tests.video.clips import SIZE, corners, make_clip, steady


def test_gives_upright_rgb_frames_with_rising_times(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", steady(12))
    with Camera(str(clip)) as camera:
        assert (camera.name, camera.width, camera.height, camera.duration) == (f"camera {clip}", *SIZE, None)
        assert camera.problem is None
        frames = list(camera)
    assert len(frames) == 12
    for _, image in frames:
        assert (image.shape, image.dtype) == ((48, 64, 3), np.uint8)
        assert corners(image) == {"red": "top left", "blue": "bottom right"}
    times = [time for time, _ in frames]
    assert times == sorted(times)
    assert camera.problem == "it gives no more frames; was it unplugged?"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems do not show their cameras as files")
def test_a_camera_that_is_not_there(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(VideoError, match=r"camera 9876: it is not there\. This machine (has /dev/video|shows none)"):
        Camera(9876)
    assert capfd.readouterr() == ("", "")  # nothing from OpenCV itself


@pytest.mark.parametrize(
    ("there", "allowed", "message"),
    [
        (False, True, "it is not there"),
        (True, True, "it gives no pictures; another program may be using it"),
        (True, False, "no permission to use /dev/video9876. Become a member of the group"),
    ],
)
def test_why_a_camera_gives_nothing(monkeypatch: pytest.MonkeyPatch, there: bool, allowed: bool, message: str) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(Path, "exists", lambda self: there)
    monkeypatch.setattr(os, "access", lambda path, mode: allowed)
    with pytest.raises(VideoError, match=message):
        Camera(9876)


def test_other_systems_do_not_tell_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(VideoError, match="not there, another program uses it, or this program may not"):
        Camera(9876)
