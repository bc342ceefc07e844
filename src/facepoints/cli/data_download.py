"""``facepoints data download``: data sets from their official places."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from facepoints.cli.options import Quiet
from facepoints.errors import InputError

__all__ = ["download"]


class _DataSet(str, Enum):
    YTF = "ytf"
    W300 = "300w"
    WIDER = "wider"


def download(
    name: Annotated[_DataSet, typer.Argument(show_default=False, help="The data set; only ytf can be fetched.")],
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="[FOLDER]", show_default="the set's name", help="Folder to make for it."),
    ] = None,
    url: Annotated[
        str | None, typer.Option("--url", show_default="the official one", help="Another address of the same archive.")
    ] = None,
    keep_archive: Annotated[bool, typer.Option("--keep-archive", help="Leave FOLDER.zip there.")] = False,
    quiet: Quiet = False,
) -> None:
    """Fetch a data set. Where the connection breaks, the same command goes on from there."""
    from facepoints.datasets import ytf
    from facepoints.datasets.official import HOW_TO_GET, YTF_LABELLED, YTF_URL, download_ytf

    if name.value in HOW_TO_GET:
        raise InputError(HOW_TO_GET[name.value])
    with _byte_progress(quiet=quiet) as progress:
        made = download_ytf(
            folder or Path(name.value), url=url or YTF_URL, keep_archive=keep_archive, progress=progress
        )
    counts = {split: len(ytf.read(made, split)) for split in ytf.SPLITS}
    labelled = " and ".join(f"{count:,} {split}" for split, count in counts.items())
    typer.echo(f"{made}: {labelled} faces with labels; every file has the checksum that the archive says")
    if counts != YTF_LABELLED:
        expected = " and ".join(f"{count:,}" for count in YTF_LABELLED.values())
        typer.echo(f"The official archive has {expected}; this is another one.", err=True)
    typer.echo(f"For research only. Next: facepoints data check {made}")


@contextmanager
def _byte_progress(*, quiet: bool) -> Iterator[Callable[[str, int, int | None], None]]:
    """A progress bar on stderr, if that is a terminal and ``quiet`` is not set."""
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TaskID,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    disable = quiet or not sys.stderr.isatty()
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=disable) as bar:
        tasks: dict[str, TaskID] = {}

        def show(what: str, done: int, total: int | None) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done, total=total)

        yield show
