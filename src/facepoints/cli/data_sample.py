"""``facepoints data sample``: a small labelled set that needs no download."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["sample"]


def sample(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", show_default=False, help="Folder to make.")],
    count: Annotated[int, typer.Option(min=12, max=1200, help="Pictures; a quarter of them are for testing.")] = 120,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, other people and pictures.")] = 0,
    picture: Annotated[
        Path | None,
        typer.Option(
            show_default=False, help="examples/astronaut.png of the repository, if it is not found by itself."
        ),
    ] = None,
) -> None:
    """Make a small labelled set in the layout of YouTube Faces from the free portrait, for trying things out."""
    from facepoints.cli.messages import count as counted
    from facepoints.datasets import make_sample
    from facepoints.datasets.sample import SAMPLE_PEOPLE

    made = make_sample(folder, count, seed, picture=picture)
    typer.echo(f"{made}: {counted(count, 'picture')} of {len(SAMPLE_PEOPLE)} invented people, all from one portrait")
