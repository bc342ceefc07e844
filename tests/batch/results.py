"""What a run has written, for comparison with another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

Rows = list[dict[str, Any]]


def tables_of(out: Path) -> dict[str, Rows]:
    """The rows of all parts, file by file, without what differs from one run to the next: the milliseconds."""
    tables = {}
    for path in sorted(out.glob("*/part-*.parquet")):
        table = pq.read_table(path, partitioning=None)
        names = [name for name in table.column_names if name != "ms"]
        tables[path.relative_to(out).as_posix()] = table.select(names).to_pylist()
    return tables


def pictures_of(out: Path) -> Rows:
    """The rows of the tables of images, in their order."""
    return [row for name, rows in tables_of(out).items() if name.startswith("images/") for row in rows]
