"""``facepoints train``: training a network of one's own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from facepoints.cli.messages import FAILED, Failure, complain
from facepoints.cli.settings import with_settings
from facepoints.cli.training_data import Data, ExcludePeople, read_crops, read_pictures
from facepoints.training.config import TrainConfig
from facepoints.training.detector.config import DetectorTrainConfig
from facepoints.training.processes import chosen_processes, is_first_process

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Train networks; needs the extra \\[train].")


@app.callback()
def _group() -> None:
    """Train networks; needs the extra \\[train]."""


Out = Annotated[
    Path, typer.Option("--out", "-o", show_default=False, help="Folder of the run. The same command continues it.")
]
Accelerator = Annotated[str, typer.Option(help="auto, cpu, gpu or mps.")]
Devices = Annotated[
    str | None,
    typer.Option(
        show_default="1, or as torchrun says",
        help="Processes on this machine that train together, one a GPU (or on the CPU); auto for all GPUs. They share "
        "each batch.",
    ),
]
Nodes = Annotated[
    int | None,
    typer.Option(
        min=1,
        show_default="1, or as torchrun says",
        help="Machines that train together, each with as many processes. Start the command with torchrun on each.",
    ),
]


Init = Annotated[
    Path | None,
    typer.Option(
        exists=True,
        dir_okay=False,
        show_default="random weights",
        help="Checkpoint of another run to start from, to fine-tune on data of your own.",
    ),
]


@app.command("keypoints")
@with_settings(TrainConfig, "Settings of the run")
def keypoints(
    out: Out,
    data: Data = None,
    exclude_people: ExcludePeople = None,
    workers: Annotated[int, typer.Option(min=0, help="Processes that prepare crops.")] = 2,
    accelerator: Accelerator = "auto",
    devices: Devices = None,
    nodes: Nodes = None,
    init: Init = None,
    *,
    settings: TrainConfig,
) -> None:
    """Train a keypoint network, with checkpoints, TensorBoard and validation; a run that was stopped goes on."""
    from facepoints.training.export import export_checkpoint
    from facepoints.training.fit import fit, prepare_folder

    processes = chosen_processes(devices, nodes)
    prepare_folder(out, settings, processes)
    crops, failures = read_crops(data, exclude_people)
    _name(failures)
    best = fit(
        crops,
        out,
        settings,
        workers=workers,
        accelerator=accelerator,
        processes=processes,
        progress_bar=sys.stderr.isatty(),
        initial=init,
    )
    if not is_first_process():
        return
    network = out / "keypoints.onnx"
    export_checkpoint(best, network)
    typer.echo(f"best checkpoint: {best}\nnetwork for FaceFinder(keypoints=...): {network}")
    if failures:
        raise typer.Exit(FAILED)


@app.command("detector")
@with_settings(DetectorTrainConfig, "Settings of the run")
def detector(
    out: Out,
    data: Data = None,
    exclude_people: ExcludePeople = None,
    workers: Annotated[int, typer.Option(min=0, help="Processes that prepare scenes.")] = 2,
    accelerator: Accelerator = "auto",
    devices: Devices = None,
    nodes: Nodes = None,
    init: Init = None,
    compiled: Annotated[
        bool, typer.Option("--compile", help="Let PyTorch compile the network: faster, needs a C++ compiler.")
    ] = False,
    *,
    settings: DetectorTrainConfig,
) -> None:
    """Train a face detector, with checkpoints, TensorBoard and validation; a run that was stopped goes on."""
    from facepoints.training.detector.export import CALIBRATION_PICTURES, export_detector_checkpoint, quantise_detector
    from facepoints.training.detector.fit import fit_detector
    from facepoints.training.runs import prepare_folder

    processes = chosen_processes(devices, nodes)
    prepare_folder(out, settings, processes)
    pictures, failures = read_pictures(data, exclude_people)
    _name(failures)
    best = fit_detector(
        pictures,
        out,
        settings,
        workers=workers,
        accelerator=accelerator,
        processes=processes,
        progress_bar=sys.stderr.isatty(),
        compiled=compiled,
        initial=init,
    )
    if not is_first_process():
        return
    network, fast = out / "detector.onnx", out / "detector-int8.onnx"
    export_detector_checkpoint(best, network)
    quantise_detector(network, fast, pictures.images[:: max(1, len(pictures) // CALIBRATION_PICTURES)])
    typer.echo(f"best checkpoint: {best}\nnetwork for --detector: {network}\nthe same with 8 bits: {fast}")
    if failures:
        raise typer.Exit(FAILED)


def _name(failures: list[Failure]) -> None:
    """Name what could not be read, before hours of other lines; each of several processes has read it."""
    if is_first_process():
        for failure in failures:
            complain(str(failure))
