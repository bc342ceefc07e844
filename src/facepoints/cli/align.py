"""``facepoints align``: every face of every picture, upright, as a PNG of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from facepoints import images
from facepoints.analysis import align as align_faces
from facepoints.cli import options
from facepoints.cli.inputs import Picture, UniqueNames, find_pictures
from facepoints.cli.messages import finish
from facepoints.cli.outputs import OutputFolder
from facepoints.cli.process import process
from facepoints.cli.settings import with_settings
from facepoints.finder_settings import FinderSettings

__all__ = ["align"]


@with_settings(options.FinderOptions, name="finder_settings", make=FinderSettings)
def align(
    finder_settings: FinderSettings,
    paths: options.Paths,
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", help="Folder for the crops; made if it is not there, not searched if it lies in a PATH."
        ),
    ],
    size: Annotated[int, typer.Option("--size", min=16, max=2048, help="Side of the crops in pixels.")] = 112,
    quiet: options.Quiet = False,
) -> None:
    """Cut out every face, turned upright, as NAME-1.png, NAME-2.png and so on, the highest score first."""
    pictures, failures = find_pictures(paths, out)
    finder = finder_settings.make()
    if not pictures:
        finish(failures)
    folder, names = OutputFolder(out, pictures), UniqueNames()

    def cut_out(picture: Picture) -> int:
        image = images.read(picture.path)
        faces = finder.find(image)
        for number, crop in enumerate(align_faces(image, faces, size), start=1):
            name = names.claim(picture.stem.with_name(f"{picture.stem.name}-{number}"))
            with folder.file(name, ".png") as path:
                images.write(path, crop)
        return len(faces)

    totals = process(pictures, failures, cut_out, quiet=quiet)
    if not quiet:
        typer.echo(f"{totals}, {folder.summary()}")
    finish(failures)
