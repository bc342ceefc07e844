"""``facepoints detect``: the faces of pictures and their keypoints, as text, files and drawn pictures."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from facepoints import images
from facepoints.cli import options
from facepoints.cli.inputs import Picture, find_pictures
from facepoints.cli.messages import finish
from facepoints.cli.outputs import OutputFolder, open_results
from facepoints.cli.process import process
from facepoints.drawing import draw as draw_faces
from facepoints.errors import InputError

__all__ = ["Format", "detect"]


class Format(str, Enum):
    """The formats of results."""

    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    PTS = "pts"


def detect(
    paths: options.Paths,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", show_default="stdout", help="Folder for the results; made if it is not there."),
    ] = None,
    format_name: Annotated[
        Format,
        typer.Option("--format", help="json: an object a picture. jsonl, csv: one file for all. pts: one file a face."),
    ] = Format.JSON,
    draw: Annotated[bool, typer.Option("--draw", help="Write each picture with its faces drawn, too.")] = False,
    detector: options.NamedDetector = "haar",
    keypoints: options.Keypoints = "compact",
    min_face: options.MinFace = 20,
    min_score: options.MinScore = None,
    max_faces: options.MaxFaces = None,
    scale_factor: options.ScaleFactor = None,
    min_neighbors: options.MinNeighbors = None,
    threads: options.Threads = 1,
    quiet: options.Quiet = False,
) -> None:
    """Find every face in the pictures and the 68 keypoints on each."""
    if draw and out is None:
        raise InputError("--draw writes pictures: say where with --out DIR")
    pictures, failures = find_pictures(paths)
    finder = options.FinderOptions(
        detector, keypoints, min_face, min_score, max_faces, threads, scale_factor, min_neighbors
    ).make()
    if not pictures:
        finish(failures)
    folder = None if out is None else OutputFolder(out, pictures)

    def find(picture: Picture) -> int:
        image = images.read(picture.path)
        faces = finder.find(image)
        if folder is not None and draw:
            suffix = picture.path.suffix if picture.path.suffix.lower() in images.SUFFIXES else ".png"
            with folder.file(picture.stem, suffix) as path:
                images.write(path, draw_faces(image, faces))
        write_result(picture, image.shape[1], image.shape[0], faces)
        return len(faces)

    with open_results(format_name.value, folder) as write_result:
        totals = process(pictures, failures, find, quiet=quiet)
    if folder is not None and not quiet:
        typer.echo(f"{totals}, {folder.summary()}")
    finish(failures)
