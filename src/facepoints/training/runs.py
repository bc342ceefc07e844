"""A training run in its folder: start it, or continue it where it stood."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import lightning
from lightning.fabric.utilities.exceptions import MisconfigurationException
from lightning.pytorch.callbacks import Callback, EarlyStopping, EMAWeightAveraging, ModelCheckpoint
from lightning.pytorch.loggers import TensorBoardLogger
from lightning.pytorch.strategies import DDPStrategy

from facepoints.errors import InputError, WeightsError
from facepoints.training.checkpoints import load_data
from facepoints.training.config import RunConfig, keep_or_check
from facepoints.training.distributed import SeveralProcesses, lost_processes
from facepoints.training.execution import Execution
from facepoints.training.loaders import RunData
from facepoints.training.processes import end_with_parent, is_first_process
from facepoints.training.quiet import one_opencv_thread, quiet_lightning, real_interrupts
from facepoints.training.report import RunReport
from facepoints.training.trained_module import TrainedModule

__all__ = ["BEST_CHECKPOINT", "LAST_CHECKPOINT", "prepare_folder", "run"]

BEST_CHECKPOINT = "best.ckpt"
LAST_CHECKPOINT = "last.ckpt"

_LOG_STEPS = 50
"""Steps between two values of the loss in TensorBoard; fewer where an epoch has less than four times as many."""


def prepare_folder(out: Path, config: RunConfig, execution: Execution, *, least_share: int = 1) -> None:
    """Make the folder of a run and keep its settings there; call it before work that takes minutes.

    Of several processes, the first writes; the others check what a run to continue has left.

    Args:
        out: the folder.
        config: of the run.
        execution: of the run.
        least_share: inputs of a batch that each process must have.

    Raises:
        InputError: the processes cannot share a batch evenly, or the folder cannot be made, or holds a run with other
            settings.
    """
    execution.check_batch_size(config.batch_size, least_share)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot make the folder {out}: {error.strerror or error}") from error
    # What a setting that came later does by default is what was done before.
    _keep_or_check(asdict(config), out / "config.json", kind="settings", defaults=asdict(type(config)()))


def _keep_or_check(
    values: Mapping[str, Any], path: Path, *, kind: str, defaults: Mapping[str, Any] | None = None
) -> None:
    continued = path.with_name(LAST_CHECKPOINT).exists()
    if continued or is_first_process():
        keep_or_check(values, path, kind=kind, continued=continued, defaults=defaults)


def run(
    module: TrainedModule, data: RunData, out: Path, *, fingerprint: Mapping[str, Any], execution: Execution
) -> Path:
    """Train to the end.

    Args:
        module: what is trained.
        data: batches.
        out: folder made by :func:`prepare_folder`; gets ``last.ckpt``, ``best.ckpt`` and TensorBoard's files.
        fingerprint: plain values that tell the data of the run, kept beside the settings.
        execution: of the run.

    Returns:
        Path of the best checkpoint, which the first process writes.

    Raises:
        InputError: no such accelerator or devices, the run in ``out`` was on other data, or the processes differ in
            their settings, their data or the run that they continue.
        WeightsError: the checkpoint to continue from is damaged.
        FacepointsError: another process has ended before the run did.
    """
    _keep_or_check(fingerprint, out / "data.json", kind="data")
    step = _step_to_continue(out)
    facts = {"run to continue": step, "choice of settings": asdict(module.config), "set of data": dict(fingerprint)}
    path = None if step is None else str(out / LAST_CHECKPOINT)
    with quiet_lightning(), real_interrupts(), one_opencv_thread():
        trainer = _trainer(out, module, execution, facts)
        if not is_first_process():
            end_with_parent()
        try:
            trainer.fit(module, datamodule=data, ckpt_path=path, weights_only=True)
        except BaseException as error:
            _end_other_processes(trainer)
            loss = lost_processes(error)
            if loss is None:
                raise
            raise loss from error
    return out / BEST_CHECKPOINT


def _step_to_continue(out: Path) -> int | None:
    """The number of steps after which the run in ``out`` stopped."""
    path = out / LAST_CHECKPOINT
    if not path.exists():
        return None
    try:
        return int(load_data(path)["global_step"])
    except Exception as error:  # see load_data
        raise WeightsError(
            f"cannot continue from {path}, which is damaged; delete it to start again ({error})"
        ) from error


def _end_other_processes(trainer: lightning.Trainer) -> None:
    """End those that this one has started: they would wait for it."""
    started: list[subprocess.Popen[bytes]] = getattr(trainer.strategy.launcher, "procs", [])
    ending = list(started)
    started.clear()  # Lightning watches this list, takes an end for a failure, and would kill this process as well.
    for process in ending:
        process.kill()
        process.wait()


def _trainer(out: Path, module: TrainedModule, execution: Execution, facts: Mapping[str, Any]) -> lightning.Trainer:
    config = module.config
    if execution.processes.devices is None:
        execution = replace(execution, processes=replace(execution.processes, devices=execution.gpus or 1))
        execution.check_batch_size(config.batch_size)
    callbacks = _callbacks(out, module, execution.progress_bar)
    if execution.processes.count > 1:
        callbacks.append(SeveralProcesses(facts))
    try:
        return _make_trainer(out, config, execution, callbacks)
    except (MisconfigurationException, ValueError) as error:
        raise InputError(f"cannot train on the accelerator {execution.accelerator!r}: {error}") from error


def _callbacks(out: Path, module: TrainedModule, progress_bar: bool) -> list[Callback]:
    config = module.config
    callbacks: list[Callback] = [
        EMAWeightAveraging(decay=config.ema_decay),
        ModelCheckpoint(
            out,
            filename=BEST_CHECKPOINT.removesuffix(".ckpt"),
            monitor=module.monitor,
            mode=module.mode,
            enable_version_counter=False,
        ),
        # Of its own: with `save_last`, Lightning writes the last state only when it is the best one, too.
        ModelCheckpoint(out, filename=LAST_CHECKPOINT.removesuffix(".ckpt"), enable_version_counter=False),
        RunReport(progress_bar),
    ]
    if config.patience:
        callbacks.append(EarlyStopping(module.monitor, mode=module.mode, patience=config.patience))
    return callbacks


def _make_trainer(out: Path, config: RunConfig, execution: Execution, callbacks: list[Callback]) -> lightning.Trainer:
    processes = execution.processes
    return lightning.Trainer(
        accelerator=execution.accelerator,
        devices=processes.count // processes.nodes,
        num_nodes=processes.nodes,
        # The running statistics of process 0 are not better than those of the others: SeveralProcesses averages them.
        strategy=DDPStrategy(broadcast_buffers=False) if processes.count > 1 else "auto",
        sync_batchnorm=processes.count > 1 and execution.gpus > 0,
        use_distributed_sampler=False,  # ours share the work themselves
        max_epochs=config.epochs,
        precision=config.precision,  # type: ignore[arg-type]
        logger=TensorBoardLogger(out, name="", version="tensorboard"),
        callbacks=callbacks,
        default_root_dir=out,
        enable_model_summary=False,
        enable_progress_bar=False,
        num_sanity_val_steps=0,
        log_every_n_steps=max(1, min(_LOG_STEPS, config.epoch_samples // config.batch_size // 4)),
        gradient_clip_val=5.0,
    )
