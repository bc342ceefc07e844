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
    int8: Annotated[
        Path | None,
        typer.Option(
            "--int8",
            metavar="PICTURES",
            show_default=False,
            exists=True,
            file_okay=False,
            help="Compute with 8 bits, which is faster and smaller; typical pictures in this folder set the ranges. "
            "For detectors.",
        ),
    ] = None,
) -> None:
    """Write a trained network as ONNX, for --keypoints FILE or --detector FILE, or their arguments in Python."""
    from facepoints.training.checkpoints import read_checkpoint
    from facepoints.training.detector.export import export_detector_checkpoint
    from facepoints.training.export import export_checkpoint

    kind = read_checkpoint(checkpoint).kind
    if kind == "keypoints":
        if int8 is not None:
            raise InputError("--int8 is for detectors; this is the checkpoint of a keypoint network")
        export_checkpoint(checkpoint, out)
    elif int8 is None:
        export_detector_checkpoint(checkpoint, out)
    else:
        _export_with_8_bits(checkpoint, out, int8)
    typer.echo(f"{out}: {out.stat().st_size:,} bytes")


def _export_with_8_bits(checkpoint: Path, out: Path, folder: Path) -> None:
    from facepoints.training.detector.export import CALIBRATION_PICTURES, export_detector_checkpoint, quantise_detector

    pictures, failures = find_pictures([str(folder)])
    if failures:
        raise InputError(str(failures[0]))
    # Spread over the folder, which may be sorted by subject.
    chosen = pictures[:: max(1, len(pictures) // CALIBRATION_PICTURES)]
    with TemporaryDirectory() as temporary:
        exact = Path(temporary) / "detector.onnx"
        export_detector_checkpoint(checkpoint, exact)
        quantise_detector(exact, out, (read(picture.path) for picture in chosen))
