"""What the commands that evaluate say when they are done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import typer

from facepoints.cli.messages import Failure, finish
from facepoints.cli.options import ReportFormat

__all__ = ["finish_evaluation"]


class _Failed(Protocol):
    @property
    def image(self) -> Path: ...

    @property
    def reason(self) -> str: ...


def finish_evaluation(
    form: ReportFormat,
    report: Callable[[], Mapping[str, Any]],
    print_tables: Callable[[], None],
    *,
    written: Iterable[Path],
    failed: Sequence[_Failed],
) -> None:
    """Print the result, the files that hold it, and the pictures that failed.

    Args:
        form: what is printed on stdout.
        report: makes what is printed as JSON.
        print_tables: prints it for people.
        written: files, named on stderr.
        failed: pictures that could not be evaluated.

    Raises:
        typer.Exit: with code 1, if some pictures failed.
    """
    from facepoints.report.folder import report_json

    if form is ReportFormat.JSON:
        typer.echo(report_json(report()))
    else:
        print_tables()
    for path in written:
        typer.echo(str(path), err=True)
    finish([Failure(str(each.image), each.reason) for each in failed])
