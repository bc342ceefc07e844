"""Times, memory and start-up of all contestants, in turns."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

import cv2
from pictures import COLUMNS_AND_ROWS, SHAPES, montages
from worker import Answer, Picture, Worker

from facepoints.arrays import Image
from facepoints.datasets import LabelledFace

Start = Callable[[str, int], Worker]
"""Starts the worker of a contestant with so many threads."""

VIDEO_SHAPE = (640, 480)


def measure_times(
    start: Start,
    names: Sequence[str],
    faces: Sequence[LabelledFace],
    picture: Picture,
    quick: bool,
    one: bool = False,
) -> list[dict[str, Any]]:
    """Median milliseconds for detector, points and pipeline; a row for each contestant, size, count and threads.

    With ``one``, for one face and one thread alone.
    """
    rows, repeat, how_many = [], 2 if quick else 5, 1 if quick else 5
    for threads in (1,) if one else (1, 2):
        with ExitStack() as stack:
            workers = {name: stack.enter_context(start(name, threads)) for name in names}
            for lines in SHAPES:
                for count in (1,) if one else COLUMNS_AND_ROWS:
                    print(f"times: {lines} lines, {count} faces, {threads} threads", file=sys.stderr)
                    images = montages(faces, count, lines, how_many)
                    key = {"lines": lines, "faces": count, "threads": threads}
                    rows += _cell(workers, images, count, picture, repeat, key)
    return rows


def _cell(
    workers: Mapping[str, Worker], images: Sequence[Image], count: int, picture: Picture, repeat: int, key: Answer
) -> list[dict[str, Any]]:
    times: dict[str, dict[str, list[float]]] = {name: {"detect": [], "fit": [], "find": []} for name in workers}
    hits: dict[str, list[int]] = {name: [] for name in workers}
    for image in images:
        picture.show(image)
        boxes = face_boxes(image.shape[1], image.shape[0], count)
        for name, worker in workers.items():
            for job, more in (("detect", {}), ("fit", {"boxes": boxes}), ("find", {"faces": count})):
                # Once to warm up: a peer may make something for each size of pictures.
                worker.ask(job, picture, **more)
                answer = worker.ask(job, picture, repeat=repeat, **more)
                times[name][job] += answer.get("ms", [])
                if job == "find" and "faces" in answer:
                    hits[name].append(len(answer["faces"]))
    rows = []
    for name, jobs in times.items():
        middle = {job: statistics.median(values) if values else None for job, values in jobs.items()}
        found = statistics.mean(hits[name]) if hits[name] else None
        rows.append({"contestant": name, **key, **middle, "found": found})
    return rows


def face_boxes(width: int, height: int, count: int) -> list[list[float]]:
    """Boxes ``x1, y1, x2, y2`` of the faces of a montage, squares half as wide as the tiles."""
    columns, rows = COLUMNS_AND_ROWS[count]
    half = min(width // columns, height // rows) / 4
    centres = [
        ((number % columns + 0.5) * width / columns, (number // columns + 0.5) * height / rows)
        for number in range(count)
    ]
    return [[x - half, y - half, x + half, y + half] for x, y in centres]


def measure_video(start: Start, names: Sequence[str], frames: Sequence[Image], picture: Picture) -> list[Answer]:
    """Median milliseconds a frame of those that track; the first frames, in which all is made, do not count."""
    rows = []
    for threads in (1, 2):
        with ExitStack() as stack:
            workers = {name: stack.enter_context(start(name, threads)) for name in names}
            times: dict[str, list[float]] = {name: [] for name in names}
            for image in frames:
                picture.show(cv2.resize(image, VIDEO_SHAPE, interpolation=cv2.INTER_CUBIC))
                for name, worker in workers.items():
                    times[name] += worker.ask("track", picture).get("ms", [])
        rows += [
            {
                "contestant": name,
                "threads": threads,
                "ms": statistics.median(each[5:]),
                "mean": statistics.fmean(each[5:]),
            }
            for name, each in times.items()
            if len(each) > 5
        ]
    return rows


def measure_start(
    start: Start, names: Sequence[str], small: Image, large: Image, picture: Picture, rounds: int
) -> list[Answer]:
    """Median seconds from the start of the process to its first answer; its most memory by then, and after a large
    picture.
    """
    seconds: dict[str, list[float]] = {name: [] for name in names}
    memory: dict[str, tuple[float, float]] = {}
    for _ in range(rounds):
        for name in names:
            picture.show(small)
            with start(name, 1) as worker:
                _any_find(worker, picture)
                seconds[name].append(time.perf_counter() - worker.start)
                first = worker.ask("memory")["megabytes"]
                _any_find(worker, picture.show(large))
                memory[name] = first, worker.ask("memory")["megabytes"]
    return [
        {
            "contestant": name,
            "seconds": statistics.median(each),
            "megabytes": memory[name][0],
            "megabytes_large": memory[name][1],
        }
        for name, each in seconds.items()
    ]


def _any_find(worker: Worker, picture: Picture) -> None:
    """The pipeline, or the detector where there is no more."""
    if "missing" in worker.ask("find", picture, faces=20):
        worker.ask("detect", picture)
