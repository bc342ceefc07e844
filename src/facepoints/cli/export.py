"""``facepoints export``: a checkpoint as an ONNX file."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from facepoints.cli.inputs import find_pictures
from facepoints.errors import InputError
from facepoints.images import read

__all__ = ["export"]


def export(
    checkpoint: Annotated[
        Path,
        typer.Argument(metavar="CHECKPOINT", show_default=False, help="best.ckpt of a run of `facepoints train`."),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", show_default=False, help="ONNX file to write.")],
    mirror: Annotated[
        Path | None,
        typer.Option(
            "--mirror",
            metavar="CROPS",
            show_default=False,
            exists=True,
            dir_okay=False,
            help="For keypoints: look at each crop and at its mirror image, which takes twice the time and errs less. "
            "The labels in this file of `facepoints data pack` set the constant offset of each point.",
        ),
    ] = None,
    int8: Annotated[
        Path | None,
        typer.Option(
            "--int8",
            metavar="PICTURES",
            show_default=False,
            exists=True,
            file_okay=False,
            help="Compute with 8 bits, which is faster and smaller; typical pictures in this folder set the ranges. "
            "A keypoint network needs pictures with faces.",
        ),
    ] = None,
) -> None:
    """Write a trained network as ONNX, for --keypoints FILE or --detector FILE, or their arguments in Python."""
    from facepoints.training.checkpoints import read_checkpoint

    kind = read_checkpoint(checkpoint).kind
    if mirror is not None and kind != "keypoints":
        raise InputError(f"--mirror is for keypoint networks; this is the checkpoint of a {kind}")
    write = _write_keypoints if kind == "keypoints" else _write_detector
    with TemporaryDirectory() as temporary:
        exact = Path(temporary) / "network.onnx"
        write(checkpoint, out if int8 is None else exact, mirror)
        if int8 is not None:
            quantise = _quantise_keypoints if kind == "keypoints" else _quantise_detector
            quantise(exact, out, _pictures(int8))
    typer.echo(f"{out}: {out.stat().st_size:,} bytes")


def _write_detector(checkpoint: Path, out: Path, _: Path | None) -> None:
    from facepoints.training.detector.export import export_detector_checkpoint

    export_detector_checkpoint(checkpoint, out)


def _write_keypoints(checkpoint: Path, out: Path, mirror: Path | None) -> None:
    from facepoints.datasets.crops import FaceCrops
    from facepoints.training.export import export_checkpoint
    from facepoints.training.label_style import mean_style

    style = None if mirror is None else mean_style(checkpoint, FaceCrops.load(mirror))
    export_checkpoint(checkpoint, out, style)


def _pictures(folder: Path) -> list[Path]:
    pictures, failures = find_pictures([str(folder)])
    if failures:
        raise InputError(str(failures[0]))
    return [picture.path for picture in pictures]


def _quantise_detector(exact: Path, out: Path, pictures: list[Path]) -> None:
    from facepoints.training.detector.export import CALIBRATION_PICTURES, quantise_detector

    quantise_detector(exact, out, (read(path) for path in _spread(pictures, CALIBRATION_PICTURES)))


def _quantise_keypoints(exact: Path, out: Path, pictures: list[Path]) -> None:
    from facepoints.finder import FaceFinder
    from facepoints.geometry import upright_crop_transform, warp
    from facepoints.keypoints import KeypointEstimator
    from facepoints.training.export import CALIBRATION_FACES, quantise_keypoints

    finder, size, crops = FaceFinder(), KeypointEstimator(exact).size, []
    for path in _spread(pictures, CALIBRATION_FACES):
        image = read(path)
        faces = finder.find(image)
        crops += [warp(image, upright_crop_transform(points, size), size) for points in faces.keypoints]
    if not crops:
        raise InputError(f"no face was found in the {len(pictures)} pictures; give some with faces")
    quantise_keypoints(exact, out, crops)


def _spread(pictures: list[Path], count: int) -> list[Path]:
    """Some of them from all over a folder, which may be sorted by subject."""
    return [pictures[index * len(pictures) // count] for index in range(count)] if len(pictures) > count else pictures
