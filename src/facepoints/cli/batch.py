"""``facepoints batch``: the faces of a collection as Parquet tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from facepoints.batch.driver import run_parts
from facepoints.batch.settings import BatchSettings

__all__ = ["batch"]


def batch(
    sources: Annotated[list[str], typer.Argument(metavar="SOURCE")],
    out: Annotated[Path, typer.Option("--out", "-o")],
    workers: int = 2,
    shard_size: int | None = None,
    pose: bool = False,
) -> None:
    """Find every face in a collection."""
    done = run_parts(sources, out, BatchSettings(shard_size=shard_size, pose=pose), workers)
    print(done)
