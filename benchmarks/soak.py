"""Hours of work in minutes: do memory, open files and threads stay the same?

    python benchmarks/soak.py --video VIDEO [--share 0.1] [--only requests] [--out build/soak]

video      90,000 frames, an hour at 25 a second: VIDEO is opened, read and tracked again and again; tables are written
filtered   the same frames with sunglasses, written to one video of an hour, beside the tables
requests   200,000 requests to a ``facepoints serve`` with two workers: photos, drawings, filters, nonsense, health, on
           connections that are kept and on new ones; one in 1,000 is a photo of 3 million pixels
find       100,000 pictures for one ``FaceFinder``, of 48 to 256 pixels a side; one in 1,000 has 3 million

Each is a process of its own, looked at 200 times: memory of it and its children (without what is mapped from files),
open descriptors and threads. The first quarter is there to warm up. From the second quarter to the last, the median of
memory may grow by 5 MB (``--most-growth``), those of descriptors and threads by 2, for some come and go; else the exit
code is 1. Prints a table, and writes a plot and a file of all numbers for each. Needs the extras [train] (matplotlib),
[batch] (psutil, pyarrow), [video] and [web].
"""

from __future__ import annotations

import argparse
import itertools
import json
import multiprocessing
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import astuple, dataclass, fields
from functools import partial
from pathlib import Path

import matplotlib.pyplot as plt
import psutil
from rich.console import Console
from rich.progress import Progress
from soak_loads import Note, find_in_pictures, send_requests, watch_video

from facepoints.files import atomic_write

SAMPLES, FEWEST = 200, 1000
MOST_MORE = 2
"""Descriptors and threads that may be more in the last quarter than in the second."""


@dataclass(frozen=True)
class Sample:
    """What a process and its children hold.

    Attributes:
        done: frames, requests or pictures so far.
        megabytes: of memory.
        descriptors: that are open.
        threads: that run.
    """

    done: int
    megabytes: float
    descriptors: int
    threads: int


def sampled(process_id: int, done: int) -> Sample:
    parent = psutil.Process(process_id)
    everyone = [parent, *parent.children(recursive=True)]
    return Sample(
        done,
        sum(map(megabytes_of, everyone)),
        sum(one.num_fds() for one in everyone),
        sum(one.num_threads() for one in everyone),
    )


def megabytes_of(process: psutil.Process) -> float:
    """What no file stands behind: shares of libraries change with every other program that loads them."""
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():
        return float(process.memory_full_info().uss / 1e6)
    (kilobytes,) = re.findall(r"RssAnon:\s+(\d+) kB", status.read_text())
    return int(kilobytes) / 1000


def soak(name: str, count: int, video: Path, out: Path) -> None:
    """In a process of its own: do the work, show how far it is, and write down what was held meanwhile."""
    work: dict[str, Callable[[int, Note, Path], None]] = {
        "video": partial(watch_video, video=video, worn=None),
        "filtered": partial(watch_video, video=video, worn="sunglasses"),
        "requests": send_requests,
        "find": find_in_pictures,
    }
    samples: list[Sample] = []
    marks = itertools.count(1)
    mark = next(marks) * count / SAMPLES
    with Progress(console=Console(stderr=True)) as bar, tempfile.TemporaryDirectory() as folder:
        task = bar.add_task(name, total=count)

        def note(done: int, process_id: int = psutil.Process().pid) -> None:
            nonlocal mark
            if done >= mark:
                samples.append(sampled(process_id, done))
                bar.update(task, completed=done)
                mark = next(marks) * count / SAMPLES

        work[name](count, note, Path(folder))
    with atomic_write(out / f"{name}.json") as temporary:
        temporary.write_text(json.dumps([astuple(sample) for sample in samples]))


def run(name: str, count: int, video: Path, out: Path) -> tuple[list[Sample], float]:
    """Have the work done; what was held, and the minutes."""
    start = time.perf_counter()
    worker = multiprocessing.get_context("spawn").Process(target=soak, args=(name, count, video, out))
    worker.start()
    worker.join()
    if worker.exitcode:
        raise SystemExit(f"{name} ended with exit code {worker.exitcode}")
    samples = [Sample(*row) for row in json.loads((out / f"{name}.json").read_text())]
    return samples, (time.perf_counter() - start) / 60


def quarters(samples: list[Sample]) -> dict[str, list[float]]:
    """The median of each thing in each quarter."""
    edges = [len(samples) * number // 4 for number in range(5)]
    return {
        one.name: [
            statistics.median(getattr(sample, one.name) for sample in samples[low:high])
            for low, high in itertools.pairwise(edges)
        ]
        for one in fields(Sample)[1:]
    }


def is_flat(medians: dict[str, list[float]], most_growth: float) -> bool:
    """Whether nothing has grown from the second quarter to the last by more than it may."""
    return all(
        values[3] - values[1] <= (most_growth if name == "megabytes" else MOST_MORE) for name, values in medians.items()
    )


def plot(name: str, samples: list[Sample], path: Path) -> None:
    figure, axes = plt.subplots(len(fields(Sample)) - 1, sharex=True, figsize=(8, 6), layout="constrained")
    for axis, one in zip(axes, fields(Sample)[1:], strict=True):
        axis.plot([sample.done for sample in samples], [getattr(sample, one.name) for sample in samples])
        axis.set_ylim(bottom=0)
        axis.set_ylabel(one.name)
    axes[0].set_title(name)
    figure.savefig(path)
    plt.close(figure)


COUNTS = {"video": 90_000, "filtered": 90_000, "requests": 200_000, "find": 100_000}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--video", type=Path, help="any with a face; for the first two")
    parser.add_argument("--share", type=float, default=1.0, help="of the whole work")
    parser.add_argument("--only", action="append", choices=COUNTS, help="may be given several times")
    parser.add_argument("--out", type=Path, default=Path("build/soak"))
    parser.add_argument("--most-growth", type=float, default=5.0, help="MB from the second quarter to the last")
    options = parser.parse_args()
    chosen = options.only or list(COUNTS)
    if options.video is None and {"video", "filtered"} & {*chosen}:
        parser.error("--video VIDEO is missing")
    options.out.mkdir(parents=True, exist_ok=True)
    flat = True
    print("| work | done | minutes | memory, MB, in each quarter | descriptors | threads | |")
    print("|---|---:|---:|---|---|---|---|")
    for name in chosen:
        samples, minutes = run(name, max(FEWEST, round(COUNTS[name] * options.share)), options.video, options.out)
        plot(name, samples, options.out / f"{name}.png")
        medians = quarters(samples)
        good = is_flat(medians, options.most_growth)
        flat &= good
        about = f"{name} | {samples[-1].done:,} | {minutes:.1f}"
        cells = " | ".join(", ".join(f"{value:.0f}" for value in values) for values in medians.values())
        print(f"| {about} | {cells} | {'flat' if good else 'GROWS'} |", flush=True)
    sys.exit(not flat)


if __name__ == "__main__":
    main()
