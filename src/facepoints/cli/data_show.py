"""``facepoints data show``: a sheet of labelled faces."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from facepoints.cli.messages import Failure, count, finish
from facepoints.cli.options import People, Quiet
from facepoints.errors import FacepointsError

__all__ = ["show"]


class _Order(str, Enum):
    RANDOM = "random"
    FIRST = "first"
    ODD = "odd"
    SMALL = "small"


def show(
    path: Annotated[Path, typer.Argument(metavar="PATH", show_default=False, help="Folder of a data set.")],
    out: Annotated[Path, typer.Option("--out", "-o", show_default=False, help="Picture to write, such as faces.png.")],
    number: Annotated[int, typer.Option("--count", min=1, max=1000, help="Faces, at most.")] = 40,
    columns: Annotated[int, typer.Option(min=1, max=50, help="Faces in a row.")] = 8,
    order: Annotated[
        _Order, typer.Option(help="Which faces: odd for those of the oddest shape, small for the smallest.")
    ] = _Order.RANDOM,
    split: Annotated[
        str | None, typer.Option(show_default="all", help="Only training, test; of WIDER FACE train, val.")
    ] = None,
    people: People = None,
    size: Annotated[int, typer.Option(min=32, max=1000, help="Side of each picture in pixels.")] = 220,
    whole: Annotated[bool, typer.Option("--whole", help="The whole pictures, not the faces alone.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another choice.")] = 0,
    quiet: Quiet = False,
) -> None:
    """Draw labelled faces with their points (or boxes) on one sheet, to see what the labels are worth."""
    from facepoints import images
    from facepoints.datasets import choose_entries, label_tiles, take_inventory, ytf
    from facepoints.report.contact_sheet import contact_sheet

    inventory = take_inventory(path)
    names = ytf.read_people(people) if people else None
    entries = choose_entries(inventory, number, order.value, seed=seed, split=split, people=names)
    failures = [Failure(str(path), text) for text in inventory.damaged]

    def note(picture: Path, error: FacepointsError) -> None:
        failures.append(Failure(str(picture), str(error)))

    tiles, captions = label_tiles(inventory, entries, size=size, whole=whole, on_error=note)
    if tiles:
        images.write(out, contact_sheet(tiles, captions, columns))
        if not quiet:
            typer.echo(f"{out}: {count(len(tiles), 'labelled picture')} of {len(inventory.entries):,}")
    finish(failures)
