"""The progress of a collection: how far, how fast, how long still."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from facepoints.batch.plan import Plan
    from facepoints.batch.tables import Counts

__all__ = ["CollectionProgress"]

_EVERY = 0.5
"""Seconds between two looks at what the workers are at, at least."""

_SHARE = 20
"""And so many times as long as a look takes: there may be many workers, on a slow network."""


class CollectionProgress:
    """Shows how many pictures were found, then a bar, on stderr if that is a terminal; for use in a ``with`` block.

    Args:
        quiet: show nothing.
    """

    def __init__(self, *, quiet: bool) -> None:
        self._console = Console(stderr=True)
        self._shown = not quiet and sys.stderr.isatty()
        self._status = self._console.status("Searching for pictures")

    def __enter__(self) -> CollectionProgress:
        return self

    def __exit__(self, *error: object) -> None:
        self._status.stop()

    def planned(self, pictures: int) -> None:
        """Show the number of pictures that were found so far."""
        if self._shown:
            self._status.update(f"Searching for pictures: {pictures:,}")
            self._status.start()

    @contextmanager
    def watch(self, plan: Plan, counts: Callable[[], Counts]) -> Iterator[None]:
        """Show a bar within the ``with`` block.

        Args:
            plan: how much there is to do.
            counts: tells the pictures and faces so far.
        """
        self._status.stop()
        if not self._shown:
            yield
            return
        ended = threading.Event()
        before = counts().pictures
        with Progress(*_columns(), console=self._console, transient=True, speed_estimate_period=60) as bar:
            task = bar.add_task("", total=plan.pictures, completed=before, faces=0, rate=0.0)

            def look() -> None:
                pause = _EVERY
                while not ended.wait(pause):
                    start = time.monotonic()
                    now = counts()
                    pause = max(_EVERY, _SHARE * (time.monotonic() - start))
                    rate = (now.pictures - before) / max(bar.tasks[0].elapsed or 0.0, _EVERY)
                    total = max(plan.pictures, now.pictures)  # some sources tell only on the way how much they hold
                    bar.update(task, completed=now.pictures, total=total, faces=now.faces, rate=rate)

            looking = threading.Thread(target=look, daemon=True)
            looking.start()
            try:
                yield
            finally:
                ended.set()
                looking.join()


def _columns() -> tuple[ProgressColumn, ...]:
    return (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("pictures, {task.fields[faces]:,} faces, {task.fields[rate]:,.0f} a second,"),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
