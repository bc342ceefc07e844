"""Doing things ahead of their use, in threads: waiting for the network while pictures are looked at."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import repeat
from typing import TypeVar

__all__ = ["each_ahead", "read_ahead"]

Item = TypeVar("Item")


def each_ahead(tasks: Iterable[Callable[[], Item]], threads: int, waiting: int) -> Iterator[Item]:
    """The results of tasks, in their order.

    Args:
        tasks: taken lazily; what one raises is raised here.
        threads: that do them.
        waiting: results and unfinished tasks at most at a time.
    """
    executor = ThreadPoolExecutor(threads, thread_name_prefix="facepoints-ahead")
    futures: deque[Future[Item]] = deque()
    try:
        for task in tasks:
            futures.append(executor.submit(task))
            if len(futures) >= waiting:
                yield futures.popleft().result()
        while futures:
            yield futures.popleft().result()
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def read_ahead(items: Iterator[Item], waiting: int) -> Iterator[Item]:
    """The same items, of which so many are made ahead, in a thread of their own."""
    end = object()
    for item in each_ahead(repeat(partial(next, items, end)), 1, waiting):
        if item is end:
            return
        yield item
