"""``facepoints data split``: parts of a data set that share nobody."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["split"]


def split(
    path: Annotated[Path, typer.Argument(metavar="PATH", show_default=False, help="Folder of a data set.")],
    out: Annotated[
        Path, typer.Option("--out", "-o", show_default=False, help="Folder for the lists; made if it is not there.")
    ],
    validation: Annotated[float, typer.Option(min=0.0, max=0.99, help="Share of the people for choices.")] = 0.1,
    test: Annotated[float, typer.Option(min=0.0, max=0.99, help="Share of the people for reported figures.")] = 0.15,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another split.")] = 0,
) -> None:
    """Part people (or photos) into training, validation and test, so that nobody is in two of them.

    Writes people_training.txt, people_validation.txt and people_test.txt, and split.csv with a row for each picture.
    Pictures are neither moved nor changed.
    """
    from facepoints.datasets import take_inventory, write_parts

    inventory = take_inventory(path)
    groups = [entry.group for entry in inventory.entries]
    what = "people" if inventory.layout == "ytf" else "photos"
    for name, names in write_parts(inventory, out, validation=validation, test=test, seed=seed).items():
        members = set(names)
        pictures = sum(group in members for group in groups)
        typer.echo(f"{out / f'people_{name}.txt'}: {len(names):,} {what}, {pictures:,} pictures")
    if inventory.layout == "ytf":
        typer.echo(f"To train: facepoints train keypoints --data {path} --exclude-people {out / 'people_test.txt'} ...")
        typer.echo(f"To measure: facepoints evaluate keypoints {path} --split all --people {out / 'people_test.txt'}")
