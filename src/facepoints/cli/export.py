"""``facepoints export``: a checkpoint as an ONNX file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["export"]


def export(
    checkpoint: Annotated[
        Path,
        typer.Argument(metavar="CHECKPOINT", show_default=False, help="best.ckpt of `facepoints train keypoints`."),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", show_default=False, help="ONNX file to write.")],
) -> None:
    """Write a trained keypoint network as ONNX, for FaceFinder(keypoints=FILE) and --keypoints FILE."""
    from facepoints.training.export import export_checkpoint

    export_checkpoint(checkpoint, out)
    typer.echo(f"{out}: {out.stat().st_size:,} bytes")
