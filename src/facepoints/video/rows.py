"""Tables of arrays whose rows go together."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, TypeVar

import numpy as np

from facepoints.arrays import Array

__all__ = ["Rows"]

_Table = TypeVar("_Table", bound="Rows")


@dataclass(frozen=True, eq=False)
class Rows:
    """Base of dataclasses whose fields are arrays ``(n, ...)``, or tables again, of the same ``n`` rows."""

    def _columns(self) -> list[Any]:
        return [getattr(self, field.name) for field in fields(self)]

    def select(self: _Table, rows: Array) -> _Table:
        """Some of the rows, by a mask or indices."""
        return type(self)(
            *(column.select(rows) if isinstance(column, Rows) else column[rows] for column in self._columns())
        )

    def joined(self: _Table, other: _Table) -> _Table:
        """This table's rows and then the other's."""
        pairs = zip(self._columns(), other._columns(), strict=True)
        return type(self)(
            *(mine.joined(its) if isinstance(mine, Rows) else np.concatenate([mine, its]) for mine, its in pairs)
        )
