"""``facepoints filter``: pictures in which every face wears something, or is hidden."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from facepoints import filters, images
from facepoints.arrays import Image
from facepoints.cli import options
from facepoints.cli.inputs import Picture, find_pictures
from facepoints.cli.messages import finish
from facepoints.cli.outputs import OutputFolder
from facepoints.cli.process import process
from facepoints.cli.settings import with_settings
from facepoints.errors import ImageError, InputError
from facepoints.finder_settings import FinderSettings

__all__ = ["filter_pictures"]


@with_settings(options.FinderOptions, name="finder_settings", make=FinderSettings)
def filter_pictures(
    finder_settings: FinderSettings,
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
    finder = finder_settings.make()
    if not pictures:
        finish(failures)
    folder = OutputFolder(out, pictures)

    def put_on(picture: Picture) -> int:
        image = _read(picture)
        faces = finder.find(image)
        suffix = picture.path.suffix if picture.path.suffix.lower() in images.SUFFIXES else ".png"
        with folder.file(picture.stem, suffix) as path:
            images.write(path, worn.apply(image, faces))
        return len(faces)

    totals = process(pictures, failures, put_on, quiet=quiet)
    if not quiet:
        typer.echo(f"{totals}, {folder.summary()}")
    finish(failures)


def _read(picture: Picture) -> Image:
    try:
        return images.read(picture.path)
    except ImageError as error:
        from facepoints.batch.sources.names import VIDEO_SUFFIXES  # here, for most runs need it not

        if picture.path.suffix.lower() not in VIDEO_SUFFIXES:
            raise
        raise ImageError(
            f"{picture.name}: this is a video; for videos there is: facepoints video {picture.name} --filter NAME "
            "--out FILE.mp4",
            error.kind,
        ) from error
