"""``facepoints train``: training a network of one's own."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from facepoints.cli.messages import FAILED, Failure, complain
from facepoints.cli.settings import with_settings
from facepoints.cli.training_data import Data, ExcludePeople, read_crops, read_pictures
from facepoints.training.config import TrainConfig
from facepoints.training.detector.config import DetectorTrainConfig
from facepoints.training.processes import chosen_processes, is_first_process

if TYPE_CHECKING:
    from facepoints.training.execution import Execution

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Train networks; needs the extra \\[train].")


@app.callback()
def _group() -> None:
    """Train networks; needs the extra \\[train]."""


@dataclass(frozen=True)
class RunOptions:
    """The options of all trainings beside their settings."""

    out: Annotated[
        Path, typer.Option("--out", "-o", show_default=False, help="Folder of the run. The same command continues it.")
    ]
    data: Data = None
    exclude_people: ExcludePeople = None
    workers: Annotated[int, typer.Option(min=0, help="Processes that prepare what is trained on.")] = 2
    accelerator: Annotated[str, typer.Option(help="auto, cpu, gpu or mps.")] = "auto"
    devices: Annotated[
        str | None,
        typer.Option(
            show_default="1, or as torchrun says",
            help="Processes on this machine that train together, one a GPU (or on the CPU); auto for all GPUs. They "
            "share each batch.",
        ),
    ] = None
    nodes: Annotated[
        int | None,
        typer.Option(
            min=1,
            show_default="1, or as torchrun says",
            help="Machines that train together, each with as many processes. Start the command with torchrun on each.",
        ),
    ] = None
    init: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            show_default="random weights",
            help="Checkpoint of another run to start from, to fine-tune on data of your own.",
        ),
    ] = None

    def execution(self) -> Execution:
        """How the run is to be carried out.

        Raises:
            InputError: no such processes.
        """
        from facepoints.training.execution import Execution

        processes = chosen_processes(self.devices, self.nodes)
        return Execution(self.workers, self.accelerator, processes, progress_bar=sys.stderr.isatty())


@app.command("keypoints")
@with_settings(TrainConfig, "Settings of the run")
@with_settings(RunOptions, name="run")
def keypoints(*, run: RunOptions, settings: TrainConfig) -> None:
    """Train a keypoint network, with checkpoints, TensorBoard and validation; a run that was stopped goes on."""
    from facepoints.training.export import export_checkpoint
    from facepoints.training.fit import fit, prepare_folder

    execution = run.execution()
    prepare_folder(run.out, settings, execution)
    crops, failures = read_crops(run.data, run.exclude_people)
    _name(failures)
    best = fit(crops, run.out, settings, execution, initial=run.init)

    def export() -> str:
        network = run.out / "keypoints.onnx"
        export_checkpoint(best, network)
        return f"network for FaceFinder(keypoints=...): {network}"

    _finish(best, export, failures)


@app.command("detector")
@with_settings(DetectorTrainConfig, "Settings of the run")
@with_settings(RunOptions, name="run")
def detector(
    compiled: Annotated[
        bool, typer.Option("--compile", help="Let PyTorch compile the network: faster, needs a C++ compiler.")
    ] = False,
    *,
    run: RunOptions,
    settings: DetectorTrainConfig,
) -> None:
    """Train a face detector, with checkpoints, TensorBoard and validation; a run that was stopped goes on."""
    from facepoints.training.detector.export import CALIBRATION_PICTURES, export_detector_checkpoint, quantise_detector
    from facepoints.training.detector.fit import fit_detector
    from facepoints.training.runs import prepare_folder

    execution = run.execution()
    prepare_folder(run.out, settings, execution)
    pictures, failures = read_pictures(run.data, run.exclude_people)
    _name(failures)
    best = fit_detector(pictures, run.out, settings, execution, initial=run.init, compiled=compiled)

    def export() -> str:
        network, fast = run.out / "detector.onnx", run.out / "detector-int8.onnx"
        export_detector_checkpoint(best, network)
        quantise_detector(network, fast, pictures.images[:: max(1, len(pictures) // CALIBRATION_PICTURES)])
        return f"network for --detector: {network}\nthe same with 8 bits: {fast}"

    _finish(best, export, failures)


def _name(failures: list[Failure]) -> None:
    """Name what could not be read, before hours of other lines; each of several processes has read it."""
    if is_first_process():
        for failure in failures:
            complain(str(failure))


def _finish(best: Path, export: Callable[[], str], failures: list[Failure]) -> None:
    """Export the best network, and say what there is now; the first of several processes does."""
    if not is_first_process():
        return
    exported = export()
    typer.echo(f"best checkpoint: {best}\n{exported}")
    if failures:
        raise typer.Exit(FAILED)
