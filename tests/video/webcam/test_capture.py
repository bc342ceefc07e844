"""Newest frames, their pace, loops, and how sources end."""

import threading
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from facepoints.arrays import Image
from facepoints.errors import InputError, VideoError
from facepoints.video import Camera
from facepoints.video.webcam import Capture, LoopedSource, Newest, open_live
from tests.video.clips import make_clip, steady
from tests.video.webcam.astronaut import Frames

FRAME = np.zeros((4, 4, 3), np.uint8)


def test_who_is_slow_misses_what_came_in_between() -> None:
    newest: Newest[str] = Newest()
    assert newest.after(0, timeout=0) == (0, None)
    newest.put("a")
    newest.put("b")
    assert newest.after(0) == (2, "b")
    assert newest.after(2, timeout=0) == (2, None)
    newest.put("c")
    newest.close()
    assert newest.after(2) == (3, "c")  # what is there is still given
    assert newest.after(3) == (3, None)
    assert newest.closed


def test_those_who_wait_are_let_go() -> None:
    newest: Newest[str] = Newest()
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(newest.after(0))) for _ in range(3)]
    for thread in threads:
        thread.start()
    newest.close()
    for thread in threads:
        thread.join(10)
    assert answers == [(0, None)] * 3


def all_of(capture: Capture) -> list[float]:
    """The times of the frames until the source ends."""
    times = []
    while not capture.finished:
        frame = capture.newest(timeout=10)
        times += [] if frame is None else [frame[0]]
    return times


def test_files_have_the_pace_of_a_player() -> None:
    start = time.perf_counter()
    with Capture(Frames(FRAME, 10)) as capture:
        times = all_of(capture)
    assert time.perf_counter() - start >= 9 / 50
    # A busy machine may miss some; the last frame always comes.
    assert times == sorted(times)
    assert times[-1] == pytest.approx(9 / 50)


def test_a_source_is_closed_in_the_middle() -> None:
    frames = Frames(FRAME)
    with Capture(frames) as capture:
        assert capture.newest(10) is not None
    assert frames.closed


class Failing(Frames):
    def __iter__(self) -> Iterator[tuple[float, Image]]:
        yield 0.0, FRAME
        raise VideoError("the stream broke")


def test_what_reading_raises_is_raised_to_who_asks() -> None:
    with Capture(Failing(FRAME)) as capture, pytest.raises(VideoError, match="the stream broke"):
        all_of(capture)


def test_a_file_over_and_over(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", [*steady(3), Fraction(1, 5)])
    with LoopedSource(str(clip)) as source:
        assert (source.name, source.width, source.height, source.duration) == (str(clip), 64, 48, None)
        frames = iter(source)
        times = [next(frames)[0] for _ in range(9)]
        assert source.problem is None
    step = 1 / 25
    first = [0, step, 2 * step, 0.2]
    assert times == pytest.approx([*first, *(0.2 + step + time for time in first), 2 * (0.2 + step)])


def test_a_damaged_file_is_shown_once(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", steady(30), options={"movflags": "+faststart"})
    clip.write_bytes(clip.read_bytes()[: clip.stat().st_size * 6 // 10])
    source = open_live(str(clip), loop=True)
    assert 5 < len(list(source)) < 30
    assert source.problem is not None
    assert source.problem.startswith("the file was cut short")
    source.close()


def test_a_camera_is_not_looped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import cv2

    clip = make_clip(tmp_path / "clip.mp4", steady(3))
    open_capture = cv2.VideoCapture
    monkeypatch.setattr(cv2, "VideoCapture", lambda number: open_capture(str(clip)))
    assert isinstance(open_live("0"), Camera)
    with pytest.raises(InputError, match="camera 0 never ends"):
        open_live("0", loop=True)
