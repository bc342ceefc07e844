"""The progress bar of a video."""

import io
import sys

import pytest

from facepoints.cli import progress
from facepoints.cli.progress import frame_progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("duration", "expected"), [(10.0, "left"), (None, "elapsed")])
def test_shows_frames_speed_and_time(monkeypatch: pytest.MonkeyPatch, duration: float | None, expected: str) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(progress, "_EVERY", 0.0)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    with frame_progress(duration, quiet=False) as advance:
        for frame in range(1, 1235):
            advance(frame, frame / 200)
    shown = terminal.getvalue()
    assert "1,234 frames" in shown
    assert "frames/s" in shown
    assert expected in shown


@pytest.mark.parametrize(("stream", "quiet"), [(Terminal(), True), (io.StringIO(), False)])
def test_is_for_terminals_and_not_for_the_quiet(
    monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, quiet: bool
) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress, "_EVERY", 0.0)
    with frame_progress(10.0, quiet=quiet) as advance:
        advance(1, 0.1)
    assert stream.getvalue() == ""
