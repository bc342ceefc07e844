"""Tables of arrays whose rows go together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from facepoints.arrays import Array

__all__ = ["Rows"]

_Table = TypeVar("_Table", bound="Rows")


@dataclass(frozen=True, eq=False)
class Rows:
    """Base of dataclasses whose fields are arrays ``(n, ...)``, or tables again, of the same ``n`` rows."""

    def __len__(self) -> int:
        return len(next(iter(vars(self).values())))

    def select(self: _Table, rows: Array) -> _Table:
        """Some of the rows, by their indices."""
        # In most frames of most videos nobody comes, goes, or overtakes; copies of 14 arrays would take long.
        if len(rows) == len(self) and (rows[:-1] < rows[1:]).all():
            return self
        columns = vars(self).values()
        return type(self)(*(column.select(rows) if isinstance(column, Rows) else column[rows] for column in columns))

    def joined(self: _Table, other: _Table) -> _Table:
        """This table's rows and then the other's."""
        if len(other) == 0 or len(self) == 0:
            return self if len(self) else other
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return type(self)(
            *(mine.joined(its) if isinstance(mine, Rows) else np.concatenate([mine, its]) for mine, its in pairs)
        )
