"""``facepoints detect``: the faces of pictures and their keypoints, as text, files and drawn pictures."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from facepoints import images
from facepoints.analysis import DETAIL_NAMES
from facepoints.analysis import details as describe
from facepoints.arrays import Floats, Image
from facepoints.cli import options
from facepoints.cli.inputs import Picture, find_pictures
from facepoints.cli.messages import finish
from facepoints.cli.outputs import OutputFolder, open_results
from facepoints.cli.process import process
from facepoints.cli.settings import with_settings
from facepoints.detection import find_eyes, find_smiles
from facepoints.drawing import PALETTE, draw_boxes
from facepoints.drawing import draw as draw_faces
from facepoints.errors import InputError
from facepoints.faces import Faces
from facepoints.finder_settings import FinderSettings
from facepoints.formats import detail_columns

__all__ = ["Format", "detect"]


class Format(str, Enum):
    """The formats of results."""

    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    PTS = "pts"
    COCO = "coco"


@with_settings(options.FinderOptions, name="finder_settings", make=FinderSettings)
def detect(
    finder_settings: FinderSettings,
    paths: options.Paths,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            show_default="stdout",
            help="Folder for the results; made if it is not there, not searched if it lies in a PATH.",
        ),
    ] = None,
    format_name: Annotated[
        Format,
        typer.Option(
            "--format", help="json: an object a picture. jsonl, csv, coco: one file for all. pts: one file a face."
        ),
    ] = Format.JSON,
    draw: Annotated[bool, typer.Option("--draw", help="Write each picture with its faces drawn, too.")] = False,
    eyes: Annotated[bool, typer.Option("--eyes", help="Draw the boxes of the eyes, by OpenCV's eye cascade.")] = False,
    smiles: Annotated[bool, typer.Option("--smiles", help="Draw the boxes of smiles, by OpenCV's cascade.")] = False,
    pose: Annotated[
        bool,
        typer.Option("--pose", help="Tell each head's yaw, pitch and roll in degrees; with --draw, draw its axes."),
    ] = False,
    ratios: Annotated[
        bool,
        typer.Option(
            "--ratios", help="Tell how open eyes and mouth are, how far the mouth smiles and brows are raised."
        ),
    ] = False,
    quiet: options.Quiet = False,
) -> None:
    """Find every face in the pictures and the 68 keypoints on each."""
    if draw and out is None:
        raise InputError("--draw writes pictures: say where with --out DIR")
    if (eyes or smiles) and not draw:
        raise InputError("--eyes and --smiles are for drawn pictures: give --draw, too")
    if format_name is Format.PTS and (ratios or (pose and not draw)):
        raise InputError("a .pts file holds points alone: for --pose and --ratios choose --format json, jsonl or csv")
    pictures, failures = find_pictures(paths, out)
    finder = finder_settings.make()
    if not pictures:
        finish(failures)
    folder = None if out is None else OutputFolder(out, pictures)
    asked = {
        key: dict.fromkeys(DETAIL_NAMES[key]) for key, wanted in {"pose": pose, "ratios": ratios}.items() if wanted
    }

    def find(picture: Picture) -> int:
        image = images.read_reduced(picture.path, 1 if draw else finder.reduction)
        faces = finder.find(image)
        size = (image.width, image.height)
        if folder is not None and draw:
            suffix = picture.path.suffix if picture.path.suffix.lower() in images.SUFFIXES else ".png"
            with folder.file(picture.stem, suffix) as path:
                images.write(path, _drawn(image.pixels, faces, eyes=eyes, smiles=smiles, pose=pose))
        write_result(picture, *size, faces, describe(faces, size, pose=pose, ratios=ratios))
        return len(faces)

    with open_results(format_name.value, folder, detail_columns(asked)) as write_result:
        totals = process(pictures, failures, find, quiet=quiet)
    if folder is not None and not quiet:
        typer.echo(f"{totals}, {folder.summary()}")
    finish(failures)


def _drawn(image: Image, faces: Faces, *, eyes: bool, smiles: bool, pose: bool) -> Image:
    drawn = draw_faces(image, faces, pose=pose)
    wanted: list[tuple[str, list[Floats]]] = []
    if eyes:
        wanted.append(("left_eye", find_eyes(image, faces.boxes)))
    if smiles:
        wanted.append(("outer_lip", find_smiles(image, faces.boxes)))
    for group, parts in wanted:
        for boxes in parts:
            drawn = draw_boxes(drawn, boxes, PALETTE[group])
    return drawn
