"""Runners without Daft: in this process, or in another, which some pictures end."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from facepoints import FaceFinder, images
from facepoints.arrays import Image
from facepoints.batch.runners import Runner, RunnerError
from facepoints.batch.shard import Job, process_shard
from facepoints.keypoints import KeypointEstimator

DEADLY_SIZE = 130
"""Side in pixels of the pictures that end their worker."""


def outcome(shard: int, pictures: int = 0, faces: int = 0, failed: int = 0, fatal: str | None = None) -> dict[str, Any]:
    """What a runner tells of a shard; without a number of pictures, the driver looks at the tables."""
    return {"shard": shard, "pictures": pictures, "faces": faces, "failed": failed, "fatal": fatal}


def here(job: Job, shards: Sequence[int], workers: int) -> Iterator[dict[str, Any]]:
    """Do all shards in this process."""
    for shard in shards:
        yield outcome(shard, **vars(process_shard(job, shard)))


def mortal(stage: str) -> Runner:
    """A process that dies while it ``read``s, ``detect``s or ``estimate``s a deadly picture."""

    def run(job: Job, shards: Sequence[int], workers: int) -> Iterator[dict[str, Any]]:
        code = in_process(_process_mortally, stage, job, shards)
        if code:
            raise RunnerError(f"a worker has ended with {code}")
        yield from map(outcome, shards)

    return run


def in_process(work: Callable[..., None], *arguments: object) -> int | None:
    """Do work in a process of its own; returns its exit code."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pytest", "pandas", "pyarrow.parquet", "tests.batch.runners"])
    process = context.Process(target=work, args=arguments)
    process.start()
    process.join()
    code = process.exitcode
    process.close()
    return code


def run_until(target: str, call: int, sources: Sequence[str], out: Path, options: dict[str, Any]) -> None:
    """Run, in this process, and be gone at some call of a function.

    Args:
        target: ``module:name`` or ``module:class.name``.
        call: the number of the call, from 1; negative for after it has returned.
        sources: of the run.
        out: of the run.
        options: settings of the run.
    """
    from facepoints.batch import BatchSettings, run

    module, _, path = target.partition(":")
    owner: Any = import_module(module)
    *parents, name = path.split(".")
    for parent in parents:
        owner = getattr(owner, parent)
    real, calls = getattr(owner, name), 0

    def dying(*arguments: object, **named: object) -> object:
        nonlocal calls
        calls += 1
        if calls == call:
            os._exit(9)
        result = real(*arguments, **named)
        if calls == -call:
            os._exit(9)
        return result

    setattr(owner, name, dying)
    run(sources, out, BatchSettings(**options), runner=here)


def _process_mortally(stage: str, job: Job, shards: Sequence[int]) -> None:
    {"read": _die_reading, "detect": _die_detecting, "estimate": _die_estimating}[stage]()
    for shard in shards:
        process_shard(job, shard)


def _die_reading() -> None:
    def read(real: Callable[..., Image], source: object) -> Image:
        image = real(source)
        _die_of([image])
        return image

    images.read = partial(read, images.read)


def _die_detecting() -> None:
    real = FaceFinder.detect

    def detect(self: FaceFinder, image: Image) -> object:
        _die_of([image])
        return real(self, image)

    FaceFinder.detect = detect  # type: ignore[method-assign, assignment]


def _die_estimating() -> None:
    real = KeypointEstimator.estimate

    def estimate(self: KeypointEstimator, pictures: Sequence[Image], *boxes: Any, **more: Any) -> object:
        _die_of(pictures)
        return real(self, pictures, *boxes, **more)

    KeypointEstimator.estimate = estimate  # type: ignore[method-assign, assignment]


def _die_of(pictures: Sequence[Image]) -> None:
    if any(picture.shape[0] == DEADLY_SIZE for picture in pictures):
        os._exit(9)
