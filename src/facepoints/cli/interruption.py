"""Ctrl-C as a wish to stop at the next frame, so that what was written so far is complete."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["stopped_by_user"]


@contextmanager
def stopped_by_user() -> Iterator[Callable[[], bool]]:
    """Within the block, the first Ctrl-C only makes what this yields return True; the second one interrupts as usual.

    Yields:
        whether Ctrl-C was pressed.
    """
    if threading.current_thread() is not threading.main_thread():  # only the main thread may handle signals
        yield lambda: False
        return
    asked = False
    usual = signal.getsignal(signal.SIGINT)

    def note(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        asked = True
        signal.signal(signal.SIGINT, usual)

    signal.signal(signal.SIGINT, note)
    try:
        yield lambda: asked
    finally:
        signal.signal(signal.SIGINT, usual)
