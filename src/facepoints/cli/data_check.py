"""``facepoints data check``: what is wrong with a data set."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from facepoints.cli.messages import FAILED, with_progress
from facepoints.cli.options import Quiet, ReportForm, ReportFormat

if TYPE_CHECKING:
    from facepoints.datasets.findings import DataReport

__all__ = ["check"]

_SHOWN = 5

_ONE = {"pictures": "picture", "faces": "face", "people": "person"}


def check(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="PATH",
            show_default=False,
            help="YouTube Faces, WIDER FACE, a folder of pictures and .pts, or one that holds several of them.",
        ),
    ],
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 for warnings, too.")] = False,
    show_all: Annotated[bool, typer.Option("--all", help=f"Name every case, not only the first {_SHOWN}.")] = False,
    form: ReportForm = ReportFormat.TEXT,
    quiet: Quiet = False,
) -> None:
    """Look for broken, missing and doubled pictures, wrong labels, and people in several splits.

    Exits with 1 if there are errors. JSON names every case.
    """
    from facepoints.datasets import check_data
    from facepoints.datasets.findings import Severity
    from facepoints.datasets.prepare import data_sets
    from facepoints.report.folder import report_json

    reports = []
    for folder in data_sets(path):
        reports.append(check_data(folder, track=lambda items, _: with_progress(items, quiet=quiet)))
        if form is ReportFormat.TEXT:
            _print(reports[-1], None if show_all else _SHOWN)
    if form is ReportFormat.JSON:
        typer.echo(report_json({"data": [report.to_dict() for report in reports]}))
    if any(report.has(Severity.ERROR) or (strict and report.has(Severity.WARNING)) for report in reports):
        raise typer.Exit(FAILED)


def _print(report: DataReport, most: int | None) -> None:
    typer.echo(f"{report.path} ({report.layout})")
    for split, counts in report.counts.items():
        typer.echo(f"  {split}: {', '.join(_counted(*item) for item in counts.items())}")
    for finding in report.findings:
        typer.echo(f"{finding.severity.value}: {finding.text}")
        for item in finding.items[:most]:
            typer.echo(f"    {item}")
        left = len(finding.items) - len(finding.items[:most])
        if left:
            typer.echo(f"    and {left:,} more (--all names them)")
    if not report.findings:
        typer.echo("nothing wrong was found")


def _counted(what: str, count: int) -> str:
    return f"{count:,} {_ONE.get(what, what) if count == 1 else what}"
