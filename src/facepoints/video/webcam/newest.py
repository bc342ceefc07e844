"""Handing on only the newest of what comes."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

__all__ = ["Newest"]

Item = TypeVar("Item")


class Newest(Generic[Item]):
    """A place for one thing: what comes replaces what was there, and who is slow misses what came in between.

    Any number of threads may put and wait.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._item: Item | None = None
        self._number = 0
        self._closed = False

    @property
    def closed(self) -> bool:
        """Whether nothing more will come."""
        return self._closed

    def put(self, item: Item) -> None:
        """Replace what is there."""
        with self._changed:
            self._item = item
            self._number += 1
            self._changed.notify_all()

    def close(self) -> None:
        """Nothing more will come: all who wait are let go."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def after(self, number: int, timeout: float | None = None) -> tuple[int, Item | None]:
        """Wait for something newer than the thing of this number.

        Args:
            number: of the last thing that the caller has seen; 0 for none.
            timeout: seconds to wait; None for as long as it takes.

        Returns:
            the newest thing with its number; or None with the number given, if nothing came in time or, after
            :meth:`close`, nothing is left that the caller has not seen.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._number > number or self._closed, timeout)
            return (self._number, self._item) if self._number > number else (number, None)
