"""``facepoints data``: making, fetching, checking, showing, parting, measuring, converting and packing data sets."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from facepoints.cli import (
    data_check,
    data_convert,
    data_download,
    data_sample,
    data_show,
    data_split,
    data_stats,
)
from facepoints.cli.messages import finish
from facepoints.cli.training_data import Data, ExcludePeople, label_pictures, read_crops

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Make, fetch, check, show, part, measure, convert and pack data sets.")


@app.callback()
def _group() -> None:
    """Make, fetch, check, show, part, measure, convert and pack data sets."""


@app.command("pack")
def pack(
    out: Annotated[Path, typer.Option("--out", "-o", show_default=False, help="File to write, such as crops.npz.")],
    data: Data = None,
    exclude_people: ExcludePeople = None,
    unlabelled: Annotated[
        list[Path] | None,
        typer.Option(
            "--unlabelled",
            show_default=False,
            help="Pictures without labels, or folders of them: their sure faces are labelled by --teacher. May be "
            "given several times.",
        ),
    ] = None,
    teacher: Annotated[str, typer.Option(help="Keypoint network that labels them: a shipped one or an .onnx file.")] = (
        "compact"
    ),
    size: Annotated[
        int | None,
        typer.Option(min=32, show_default="192", help="Largest side of a crop in pixels; a face fills half of it."),
    ] = None,
) -> None:
    """Cut all faces (and boxes that are no face) out of their pictures into one small file to train from."""
    # First, since it shows at once whether there is such a teacher.
    more, more_failures = label_pictures(unlabelled, teacher, size) if unlabelled else (None, [])
    crops, failures = read_crops(data, exclude_people, size)
    if more is not None:
        from facepoints.datasets.crops import merge

        crops, failures = merge([crops, more]), [*failures, *more_failures]
    crops.save(out)
    counts = ", ".join(f"{number:,} {source}" for source, number in sorted(Counter(crops.sources).items()))
    typer.echo(f"{out}: {counts}")
    finish(failures)


app.command("check")(data_check.check)
app.command("convert")(data_convert.convert)
app.command("download")(data_download.download)
app.command("sample")(data_sample.sample)
app.command("show")(data_show.show)
app.command("split")(data_split.split)
app.command("stats")(data_stats.stats)
