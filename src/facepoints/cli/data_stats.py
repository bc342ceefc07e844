"""``facepoints data stats``: a data set in numbers and plots."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from facepoints.cli.messages import Failure, finish, with_progress
from facepoints.cli.options import Quiet, ReportForm, ReportFormat
from facepoints.errors import FacepointsError

if TYPE_CHECKING:
    from facepoints.datasets.statistics import DataStatistics

__all__ = ["stats"]


def stats(
    path: Annotated[Path, typer.Argument(metavar="PATH", show_default=False, help="Folder of a data set.")],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", show_default=False, help="Folder for statistics.html, statistics.json, plots and shapes.png."
        ),
    ] = None,
    form: ReportForm = ReportFormat.TEXT,
    quiet: Quiet = False,
) -> None:
    """Measure sizes, faces, poses, light and shapes of all labelled faces."""
    from facepoints.datasets import data_statistics, take_inventory, write_statistics
    from facepoints.report.folder import make_folder, report_json

    inventory = take_inventory(path)
    if out is not None:
        make_folder(out)
    failures = [Failure(str(path), text) for text in inventory.damaged]

    def note(picture: Path, error: FacepointsError) -> None:
        failures.append(Failure(str(picture), str(error)))

    statistics = data_statistics(inventory, on_error=note, track=lambda items, _: with_progress(items, quiet=quiet))
    if form is ReportFormat.JSON:
        typer.echo(report_json(statistics.to_dict()))
    else:
        _print(statistics)
    for file in [] if out is None else write_statistics(statistics, out):
        if not quiet:
            typer.echo(str(file), err=True)
    finish(failures)


def _print(statistics: DataStatistics) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from facepoints.datasets.statistics import MEASURES

    report = statistics.to_dict()
    console = Console(highlight=False)
    console.print(f"{statistics.path} ({statistics.layout})", markup=False, soft_wrap=True)
    for name, split in report["splits"].items():
        table = Table(box=box.SIMPLE_HEAD, header_style="bold")
        table.add_column(f"{name}: {split['faces']:,} faces")
        for heading in ("5 %", "25 %", "median", "75 %", "95 %"):
            table.add_column(heading, justify="right")
        for measure, found in split["percentiles"].items():
            table.add_row(MEASURES[measure].title, *(f"{found[key]:.4g}" for key in ("5", "25", "50", "75", "95")))
        console.print(table)
