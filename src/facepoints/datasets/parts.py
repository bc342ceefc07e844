"""Parting a data set into training, validation and test so that nobody is in two of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from facepoints.datasets.inventory import Inventory
from facepoints.datasets.labelled import split_by_group
from facepoints.errors import InputError, LabelError
from facepoints.files import atomic_write

__all__ = ["PARTS", "TABLE", "part_by_group", "write_parts"]

PARTS = ("training", "validation", "test")

TABLE = "split.csv"
"""Name of the table with a row for each labelled picture."""


def part_by_group(
    groups: Sequence[str], *, validation: float = 0.1, test: float = 0.15, seed: int = 0
) -> dict[str, list[int]]:
    """Part rows in three so that all rows of one group (a person, a photo) are in one part.

    A group's part depends on its name and the seed alone, hardly on which other groups there are.

    Args:
        groups: ``(n,)`` name of each row's group.
        validation: share of the groups for choosing networks and settings.
        test: share of the groups for the figures that are reported.
        seed: another seed, another split.

    Returns:
        The indices of the rows of each of :data:`PARTS`, in rising order.

    Raises:
        InputError: a share that is not between 0 and 1, both together not below 1, or a part that would be empty.
    """
    if min(validation, test) < 0 or not validation + test < 1:
        raise InputError(f"the shares must be 0 or more, and below 1 together; got {validation:g} and {test:g}")
    rest, tested = split_by_group(groups, test, seed=seed)
    left = [groups[row] for row in rest]
    trained, validated = split_by_group(left, validation / (1 - test), seed=seed + 1)
    parts = {"training": [rest[row] for row in trained], "validation": [rest[row] for row in validated], "test": tested}
    for name, share in (("training", 1.0), ("validation", validation), ("test", test)):
        if share > 0 and not parts[name]:
            raise InputError(
                f"nobody is left for {name}; people or photos in all: {len(set(groups))}. "
                "Label more of them, or take other shares"
            )
    return parts


def write_parts(
    inventory: Inventory, folder: Path, *, validation: float = 0.1, test: float = 0.15, seed: int = 0
) -> dict[str, list[str]]:
    """Part a data set, whatever its own splits are, and write down who is where.

    ``people_training.txt``, ``people_validation.txt`` and ``people_test.txt`` hold the names, one a line, as
    ``--people`` and ``--exclude-people`` take them; ``split.csv`` has a row for each labelled picture: its file, from
    the folder of the data set, its person or photo, and its part.

    Args:
        inventory: of :func:`facepoints.datasets.inventory.take_inventory`.
        folder: to write to; made if it is not there.
        validation: share of the people for choosing networks and settings.
        test: share of the people for the figures that are reported.
        seed: another seed, another split.

    Returns:
        The sorted names of each of :data:`PARTS`.

    Raises:
        InputError: as of :func:`part_by_group`, or the folder cannot be written to.
        LabelError: damaged labels, which would be in no part.
    """
    if inventory.damaged:
        raise LabelError(f"{inventory.damaged[0]}. Mend or remove it first; `facepoints data check` names all of them")
    entries = inventory.entries
    parts = part_by_group([entry.group for entry in entries], validation=validation, test=test, seed=seed)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot make the folder {folder}: {error.strerror or error}") from error
    people = {name: sorted({entries[row].group for row in rows}) for name, rows in parts.items()}
    for name, names in people.items():
        _write(folder / f"people_{name}.txt", "".join(f"{person}\n" for person in names))
    part_of = {row: name for name, rows in parts.items() for row in rows}
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["image", "group", "part"])
    for row, entry in enumerate(entries):
        writer.writerow([entry.image.relative_to(inventory.root).as_posix(), entry.group, part_of[row]])
    _write(folder / TABLE, table.getvalue())
    return people


def _write(path: Path, text: str) -> None:
    with atomic_write(path) as temporary:
        temporary.write_bytes(text.encode())
