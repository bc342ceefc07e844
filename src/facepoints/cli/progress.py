"""The progress bar of a video: how far, how fast, how long still."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

__all__ = ["frame_progress"]

_EVERY = 0.2
"""Seconds between two updates: one for each frame would take longer than finding the faces."""


@contextmanager
def frame_progress(duration: float | None, *, quiet: bool) -> Iterator[Callable[[int, float], None]]:
    """A progress bar on stderr, if that is a terminal and ``quiet`` is not set.

    Args:
        duration: of the video in seconds; None where nobody knows it, and the bar only shows that something happens.
        quiet: show nothing.

    Yields:
        what to call after each frame, with the number of frames so far and the time of the last one in seconds.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda frames, seconds: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (
        BarColumn(),
        TextColumn("{task.fields[frames]:,} frames"),
        TextColumn("{task.fields[rate]:,.0f} frames/s"),
        TimeElapsedColumn() if duration is None else TimeRemainingColumn(),
        TextColumn("elapsed" if duration is None else "left"),
    )
    start = shown = time.perf_counter()
    with Progress(*columns, console=Console(stderr=True), transient=True, refresh_per_second=5) as bar:
        task = bar.add_task("", total=duration, frames=0, rate=0.0)

        def advance(frames: int, seconds: float) -> None:
            nonlocal shown
            now = time.perf_counter()
            if now - shown >= _EVERY:
                shown = now
                bar.update(task, completed=seconds, frames=frames, rate=frames / (now - start))

        yield advance
