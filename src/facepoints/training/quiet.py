"""Lightning and OpenCV as a training run of this program needs them: without advice, and safe to fork."""

from __future__ import annotations

import logging
import signal
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import cv2

__all__ = ["one_opencv_thread", "quiet_lightning", "real_interrupts"]

_LOGGERS = ("lightning.pytorch", "lightning.fabric")


@contextmanager
def quiet_lightning() -> Iterator[None]:
    """Hide Lightning's notes on hardware, its advertisements, and its advice about worker counts and used folders."""
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    levels = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=r"lightning\..*")
            # Lightning 2.6 itself uses what torch 2.9 has renamed.
            warnings.filterwarnings("ignore", message=r".*treespec, LeafSpec.*", category=FutureWarning)
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@contextmanager
def one_opencv_thread() -> Iterator[None]:
    """Keep OpenCV to one thread.

    The loader processes are the parallelism. And a process that is forked from one with several OpenCV threads waits
    for ever for threads that it has not inherited.
    """
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)


@contextmanager
def real_interrupts() -> Iterator[None]:
    """Let Ctrl-C come out as the KeyboardInterrupt that it is; Lightning makes it a SystemExit and disables Ctrl-C."""
    in_main_thread = threading.current_thread() is threading.main_thread()
    handler = signal.getsignal(signal.SIGINT)
    try:
        yield
    except SystemExit as error:
        if isinstance(error.__context__, KeyboardInterrupt):
            raise KeyboardInterrupt from None
        raise
    finally:
        if in_main_thread:
            signal.signal(signal.SIGINT, handler)
