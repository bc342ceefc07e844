"""How functions that take long tell how far they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

__all__ = ["Track"]

Track = Callable[[Sequence[Any], str], Iterable[Any]]
"""Wraps a sequence, to show the progress over it under a title."""
