"""Counts over fixed bins, to which values of any number can be added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from facepoints.arrays import Array
from facepoints.errors import InputError

__all__ = ["Histogram"]


@dataclass(frozen=True)
class Histogram:
    """How many values lie in each bin.

    Attributes:
        edges: of the bins, one more than bins. A bin holds its lower edge and not its upper one; the first one holds
            what is lower too, the last one what is higher.
        counts: one a bin.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]

    @classmethod
    def empty(cls, edges: tuple[float, ...]) -> Histogram:
        """Bins with nothing in them."""
        return cls(edges, (0,) * (len(edges) - 1))

    @property
    def total(self) -> int:
        """Number of values."""
        return sum(self.counts)

    def with_values(self, values: Array) -> Histogram:
        """The histogram with more values ``(n,)``; NaN does not count."""
        known = values[~np.isnan(values)]
        bins = np.clip(np.searchsorted(self.edges, known, side="right") - 1, 0, len(self.counts) - 1)
        added = np.bincount(bins, minlength=len(self.counts)).tolist()
        return Histogram(self.edges, tuple(map(sum, zip(self.counts, added, strict=True))))

    def between(self, low: float, high: float) -> Histogram:
        """The bins from ``low`` to ``high``, which are edges."""
        first, last = self.edges.index(low), self.edges.index(high)
        return Histogram(self.edges[first : last + 1], self.counts[first:last])

    def to_dict(self) -> dict[str, list[Any]]:
        """As plain lists, ready for JSON."""
        return {"edges": list(self.edges), "counts": list(self.counts)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Histogram:
        """The opposite of :meth:`to_dict`.

        Raises:
            InputError: ``data`` is not such a mapping.
        """
        try:
            edges, counts = tuple(map(float, data["edges"])), tuple(map(int, data["counts"]))
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"not a histogram: {type(error).__name__} {error}") from error
        if len(edges) != len(counts) + 1:
            raise InputError(f"not a histogram: {len(edges)} edges for {len(counts)} counts")
        return cls(edges, counts)
