"""What the command line says on stderr: errors, failed inputs and progress."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import typer
from rich.console import Console
from rich.text import Text

__all__ = ["FAILED", "Failure", "complain", "count", "finish", "progress_bar", "with_progress"]

FAILED = 1
"""Exit code of a run in which some inputs failed."""

Item = TypeVar("Item")


@dataclass(frozen=True)
class Failure:
    """An input that could not be processed.

    Attributes:
        name: the input, as the user wrote it.
        reason: what is wrong with it.
    """

    name: str
    reason: str

    def __str__(self) -> str:
        name = self.name or "''"
        # On Windows a reason writes the path with backslashes.
        named = self.reason.replace("\\", "/").startswith(f"{name}: ".replace("\\", "/"))
        return self.reason if named else f"{name}: {self.reason}"


def complain(message: str) -> None:
    """Print one red line on stderr (without colour where stderr is no terminal)."""
    Console(stderr=True).print(Text(f"Error: {message}", style="red"), soft_wrap=True)


def finish(failures: Sequence[Failure]) -> None:
    """End a run: name every input that failed, with its reason, on stderr.

    Raises:
        typer.Exit: with code 1, if there are any.
    """
    for failure in failures:
        complain(str(failure))
    if failures:
        raise typer.Exit(FAILED)


def count(number: int, noun: str) -> str:
    """``count(2, "face")`` is ``"2 faces"``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def with_progress(items: Sequence[Item], *, quiet: bool) -> Iterator[Item]:
    """Iterate over ``items`` with a progress bar on stderr, if that is a terminal and ``quiet`` is not set."""
    if quiet or not sys.stderr.isatty() or len(items) < 2:
        yield from items
        return
    from rich.progress import track

    yield from track(items, description="", console=Console(stderr=True), transient=True)


@contextmanager
def progress_bar(what: str, total: int, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr, if that is a terminal and ``quiet`` is not set.

    Yields:
        what to call with the number of things done and of all.
    """
    from rich.progress import Progress

    disable = quiet or not sys.stderr.isatty()
    with Progress(console=Console(stderr=True), transient=True, disable=disable) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done, _: bar.update(task, completed=done)
