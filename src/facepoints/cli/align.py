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
from facepoints.finder_settings import FinderSettings

__all__ = ["align"]


def align(
    paths: options.Paths,
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", help="Folder for the crops; made if it is not there, not searched if it lies in a PATH."
        ),
    ],
    size: Annotated[int, typer.Option("--size", min=16, max=2048, help="Side of the crops in pixels.")] = 112,
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
    """Cut out every face, turned upright, as NAME-1.png, NAME-2.png and so on, the highest score first."""
    pictures, failures = find_pictures(paths, out)
    finder = FinderSettings(
        detector, keypoints, min_face, min_score, max_faces, threads, scale_factor, min_neighbors, any_rotation
    ).make()
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
