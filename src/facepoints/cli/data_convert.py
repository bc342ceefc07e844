"""``facepoints data convert``: results and labels from one format to another."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from facepoints import formats
from facepoints.cli.messages import Failure, count, finish

__all__ = ["convert"]


class Format(str, Enum):
    """The formats to convert to."""

    COCO = "coco"
    PTS = "pts"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    DLIB = "dlib"
    YTF = "ytf"


def convert(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="A .json (COCO too), .jsonl, .csv, .parquet, .pts or .xml (dlib) file, or a folder of .pts files, of "
            "YouTube Faces or of facepoints batch.",
        ),
    ],
    destination: Annotated[
        Path,
        typer.Argument(
            metavar="DEST",
            help="File to write; for pts a folder, which is made; for ytf training_frames_keypoints.csv beside the "
            "folder training/ with the pictures.",
        ),
    ],
    format_name: Annotated[
        Format,
        typer.Option(
            "--to",
            show_default=False,
            help="coco: keypoints JSON. pts: 300-W files, one a face. dlib: XML in whole pixels. "
            "ytf: CSV of YouTube Faces.",
        ),
    ],
) -> None:
    """Write results or labels in another format: labels of COCO, 300-W, YouTube Faces and dlib, JSON or CSV."""
    from facepoints.datasets import convert_labels

    unfinished = formats.is_unfinished(Path(source))
    done = convert_labels(source, format_name.value, destination)
    left_out = f"; {count(done.left_out, 'picture')} without a result left out" if done.left_out else ""
    typer.echo(f"{destination}: {count(done.pictures, 'picture')}, {count(done.faces, 'face')}{left_out}")
    if unfinished:
        finish([Failure(source, "this run is not finished, so only its finished parts were converted")])
