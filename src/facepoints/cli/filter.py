"""``facepoints filter``: pictures in which every face wears something, or is hidden."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from facepoints import filters, images
from facepoints.cli import options
from facepoints.cli.inputs import Picture, find_pictures
from facepoints.cli.messages import finish
from facepoints.cli.outputs import OutputFolder
from facepoints.cli.process import process
from facepoints.errors import InputError
from facepoints.finder_settings import FinderSettings

__all__ = ["filter_pictures"]


def filter_pictures(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH", show_default=False, help="Pictures, folders (with all below them) or globs."),
    ] = None,
    names: Annotated[
        list[str] | None,
        typer.Option(
            "--filter",
            "-f",
            metavar="NAME",
            show_default=False,
            help="Name of a filter (--list shows them), or a folder with a filter.toml. Give it again to wear several.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            show_default=False,
            help="Folder for the pictures; made if it is not there, not searched if it lies in a PATH.",
        ),
    ] = None,
    show_list: Annotated[bool, typer.Option("--list", help="List the filters and stop.")] = False,
    detector: options.NamedDetector = "network",
    keypoints: options.Keypoints = "compact",
    min_face: options.MinFace = 20,
    min_score: options.MinScore = None,
    max_faces: options.MaxFaces = None,
    scale_factor: options.ScaleFactor = None,
    min_neighbors: options.MinNeighbors = None,
    any_rotation: options.AnyRotation = False,
    threads: options.Threads = 1,
    quiet: options.Quiet = False,
) -> None:
    """Put sunglasses, a hat, a mask or a blur on every face, and write the pictures anew."""
    if show_list:
        for name in filters.NAMES:
            typer.echo(f"{name:<12}{filters.load(name).description}")
        return
    if not paths:
        raise InputError("name the pictures to put a filter on: facepoints filter PHOTO --filter NAME --out DIR")
    if not names:
        raise InputError(f"say which filter with --filter NAME; there are {', '.join(filters.NAMES)}")
    if out is None:
        raise InputError("say where the pictures go with --out DIR")
    worn = filters.stack([filters.load(name) for name in names])
    pictures, failures = find_pictures(paths, out)
    finder = FinderSettings(
        detector, keypoints, min_face, min_score, max_faces, threads, scale_factor, min_neighbors, any_rotation
    ).make()
    if not pictures:
        finish(failures)
    folder = OutputFolder(out, pictures)

    def put_on(picture: Picture) -> int:
        image = images.read(picture.path)
        faces = finder.find(image)
        suffix = picture.path.suffix if picture.path.suffix.lower() in images.SUFFIXES else ".png"
        with folder.file(picture.stem, suffix) as path:
            images.write(path, worn.apply(image, faces))
        return len(faces)

    totals = process(pictures, failures, put_on, quiet=quiet)
    if not quiet:
        typer.echo(f"{totals}, {folder.summary()}")
    finish(failures)
