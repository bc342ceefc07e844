"""Where pictures are worked on: a few threads off the event loop, and a queue that does not grow."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from facepoints.web.problems import Problem

__all__ = ["WorkPool"]

_Result = TypeVar("_Result")


class WorkPool:
    """Threads that do work for requests and live sockets; to be used from one event loop.

    Args:
        threads: that work.
        queue: so many requests may wait for a thread; those of live sockets, of which each has one at most, do not
            count.
    """

    def __init__(self, threads: int, queue: int) -> None:
        self.capacity = threads + queue
        self.taken = 0
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="facepoints")

    @property
    def full(self) -> bool:
        """Whether the next request would be refused."""
        return self.taken >= self.capacity

    def check(self) -> None:
        """Refuse a request before its pictures are received.

        Raises:
            Problem: all threads are busy and the queue is full.
        """
        if self.full:
            raise Problem("busy", "All threads are busy and the queue is full. Try again in a second")

    async def run(self, work: Callable[[], _Result]) -> _Result:
        """Do the work of a request in a thread.

        Raises:
            Problem: all threads are busy and the queue is full.
        """
        self.check()
        self.taken += 1
        future = asyncio.get_running_loop().run_in_executor(self._executor, work)
        # A request may be given up while its thread still works; its place is free when the thread is.
        future.add_done_callback(self._release)
        return await asyncio.shield(future)

    async def run_live(self, work: Callable[[], _Result]) -> _Result:
        """Do the work of a live socket in a thread, after what waits already."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    def _release(self, future: asyncio.Future[_Result]) -> None:
        self.taken -= 1
        if not future.cancelled():
            future.exception()  # seen, even if nobody waits for it any more

    def close(self) -> None:
        """Wait for the threads to finish."""
        self._executor.shutdown()
