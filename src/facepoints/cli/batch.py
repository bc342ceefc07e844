"""``facepoints batch``: the faces of a collection as Parquet tables."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from facepoints.cli import options
from facepoints.cli.collection_progress import CollectionProgress
from facepoints.cli.messages import FAILED, Failure, complain, count
from facepoints.cli.settings import with_settings
from facepoints.errors import InputError
from facepoints.finder_settings import FinderSettings

if TYPE_CHECKING:
    from facepoints.batch import Estimate, Summary

__all__ = ["RunnerName", "batch"]

_SOURCES, _WORK = "Sources", "Sharing the work"


class RunnerName(str, Enum):
    """Where the workers are."""

    NATIVE = "native"
    RAY = "ray"


@with_settings(options.FinderOptions, name="finder", make=FinderSettings)
def batch(
    finder: FinderSettings,
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE",
            show_default=False,
            help="Folders, globs, lists (.txt, .parquet), archives (.zip, .tar), videos, pictures, or the addresses "
            "(s3://, https://) of such.",
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            "-o",
            show_default=False,
            help="Folder for the results. What an earlier run has left unfinished there goes on.",
        ),
    ],
    pose: Annotated[bool, typer.Option("--pose", help="Tell each head's yaw, pitch and roll in degrees.")] = False,
    ratios: Annotated[
        bool, typer.Option("--ratios", help="Tell how open eyes and mouth are, smiles, and raised brows.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only count, and estimate time and size from a few pictures.")
    ] = False,
    frames: Annotated[
        str,
        typer.Option(
            metavar="key|N|none",
            rich_help_panel=_SOURCES,
            help="Of videos: key frames, every N-th frame (1: all), or leave videos out.",
        ),
    ] = "key",
    column: Annotated[
        str | None,
        typer.Option(
            rich_help_panel=_SOURCES,
            show_default="by name and type",
            help="Of .parquet lists: the column with paths, addresses or bytes.",
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, rich_help_panel=_WORK, show_default="one a processor", help="Processes on this machine."),
    ] = None,
    runner: Annotated[
        RunnerName, typer.Option(rich_help_panel=_WORK, help="native: this machine. ray: a cluster.")
    ] = RunnerName.NATIVE,
    address: Annotated[
        str | None,
        typer.Option(metavar="HOST:PORT", rich_help_panel=_WORK, show_default=False, help="Of the Ray cluster's head."),
    ] = None,
    shard_size: Annotated[
        int | None,
        typer.Option(
            min=1,
            rich_help_panel=_WORK,
            show_default="grows with the collection",
            help="Pictures in one part of the results, which is what a restart may have to do again.",
        ),
    ] = None,
    quiet: options.Quiet = False,
) -> None:
    """Find every face in a collection of any size; writes Parquet tables and a report, and goes on after a crash."""
    if (runner is RunnerName.RAY) != (address is not None):
        raise InputError("--runner ray and --address HOST:PORT go together")
    from facepoints import batch as collections

    settings = collections.BatchSettings(finder, pose, ratios, _frames(frames), column, shard_size)
    with CollectionProgress(quiet=quiet) as progress:
        if dry_run:
            shared = workers or collections.processors()
            estimated = collections.estimate(sources, settings, shared, progress.planned)
        else:
            summary = collections.run(
                sources,
                out,
                settings,
                workers=workers,
                runner=collections.on_this_machine if address is None else collections.on_ray(address),
                watch=progress.watch,
                planned=progress.planned,
            )
    if dry_run:
        _print_estimate(estimated, shared)
        return
    if not quiet:
        typer.echo(f"{summary.text()}\n{out / 'report.html'}")
    _complain(summary)


def _frames(text: str) -> int | Literal["key"] | None:
    if text == "key":
        return "key"
    if text == "none":
        return None
    try:
        return int(text)
    except ValueError:
        raise InputError(f"--frames is key, none, or a number such as 10 for every tenth; got {text!r}") from None


def _complain(summary: Summary) -> None:
    """Name examples of what failed.

    Raises:
        typer.Exit: with code 1, if something did.
    """
    for kind, failures in summary.examples.items():
        for failure in failures:
            complain(str(Failure(failure.name, failure.reason)))
        more = summary.failed[kind] - len(failures)
        if more:
            complain(f"... and {more:,} more like this: in the column error of the tables in images/")
    if summary.failures:
        raise typer.Exit(FAILED)


def _print_estimate(estimated: Estimate, workers: int) -> None:
    from facepoints.batch.estimate import KINDS

    for kind, number in estimated.entries.items():
        typer.echo(f"{number:,} {KINDS[kind]}")
    about = "" if estimated.exact else "about "
    typer.echo(
        f"{about}{estimated.pictures:,} pictures in all; {estimated.tried} were tried, {estimated.failed} failed"
    )
    typer.echo(
        f"about {_duration(estimated.seconds)} with {count(workers, 'worker')} ({estimated.ms:.1f} ms a picture each), "
        f"{_size(estimated.size)} of results; nothing was written"
    )


def _duration(seconds: float) -> str:
    for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:,.1f} {unit}"
    return f"{seconds:,.0f} seconds"


def _size(size: float) -> str:
    for unit in ("kB", "MB", "GB"):
        size /= 1000
        if size < 1000:
            return f"{size:,.1f} {unit}"
    return f"{size / 1000:,.1f} TB"
