"""The command line, ``facepoints COMMAND``: one module a command, each of which parses, calls the package and prints.

This is the one place that turns an error into a line for people and an exit code: 0 done, 1 some inputs failed (each is
named), 2 wrong use, 130 stopped with Ctrl-C. Command modules import what is heavy inside their functions, so that
``facepoints --help`` is fast and a missing extra matters only to the command that needs it.
"""

from __future__ import annotations

import io
import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from facepoints import __version__
from facepoints.cli import (
    align,
    batch,
    data,
    detect,
    evaluate,
    export,
    filter,
    info,
    inspect,
    serve,
    train,
    video,
    webcam,
)
from facepoints.cli.extras import extra_of
from facepoints.cli.messages import FAILED, complain
from facepoints.errors import FacepointsError, InputError, MissingExtraError, WeightsError

__all__ = ["app", "main"]

_WRONG_USE, _INTERRUPTED = 2, 130

_OF_USE = (InputError, MissingExtraError, WeightsError)
"""Errors about the command itself, not about one of its inputs."""


class _Commands(TyperGroup):
    """The group of all commands, which turns errors of any of them into a message and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except FacepointsError as error:
            complain(str(error))
            raise typer.Exit(_WRONG_USE if isinstance(error, _OF_USE) else FAILED) from error
        except ModuleNotFoundError as error:
            extra = extra_of(error.name or "")
            if extra is None:
                raise
            complain(str(MissingExtraError(f"facepoints {ctx.invoked_subcommand}", extra)))
            raise typer.Exit(_WRONG_USE) from error
        except BrokenPipeError:
            raise  # The reader of a pipe has left: typer ends quietly.
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            complain(f"{where}{error.strerror or error}")
            raise typer.Exit(FAILED) from error
        except KeyboardInterrupt:
            raise typer.Exit(_INTERRUPTED) from None


app = typer.Typer(
    name="facepoints",
    cls=_Commands,
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Every face in a picture and the 68 keypoints on each. The program is under the MIT licence; the weights that "
    "come with it are for research use only.",
)
app.command("detect")(detect.detect)
app.command("align")(align.align)
app.command("video")(video.video)
app.command("webcam")(webcam.webcam)
app.command("filter")(filter.filter_pictures)
app.command("batch")(batch.batch)
app.command("serve")(serve.serve)
app.add_typer(evaluate.app, name="evaluate")
app.add_typer(train.app, name="train")
app.add_typer(data.app, name="data")
app.command("export")(export.export)
app.command("inspect")(inspect.inspect)
app.command("info")(info.info)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"facepoints {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    del version  # Its callback has done the work.


def main() -> None:
    """Run the command line; the entry point of the ``facepoints`` script."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Names of files need not be valid text on Linux, nor known to the code page of a pipe on Windows.
        sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape")
    try:
        app()
    except KeyboardInterrupt:  # before a command was entered
        sys.exit(_INTERRUPTED)
    except OSError as error:  # outside of a command, too: the help cannot be printed
        complain(error.strerror or str(error))
        sys.exit(FAILED)
    except SystemExit as leaving:
        _leave(leaving.code)
        raise


def _leave(code: object) -> None:
    """End the process here and now if a query of Daft may have been broken off: its threads abort a Python that is
    about to end, and the exit code would be theirs.
    """
    if isinstance(code, int) and code != 0 and "daft" in sys.modules:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
