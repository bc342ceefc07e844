"""Damaged and hostile files for every reader of the package: no crash, no hang, no unbounded memory, no strange error.

    nice python benchmarks/fuzz.py [--inputs 100000] [--seed 0] [--only pictures --only json] [--minutes 30]
    python benchmarks/fuzz.py --write 'tar.gz' 1234 bad.tar.gz

Good files of each kind (small photos of FACEPOINTS_DATA among them, where that is set) are damaged and read, in a
process of their own with a limit of memory, and of time for each input. The same seed gives the same inputs, so a fault
is told by target and number, and ``--write`` makes the file. Counted are

- *read*: the reader got to the end; *refused*: it raised a ``FacepointsError``, as it must;
- *errors*: anything else was raised, a warning of numpy or Python among it;
- *crashes*: the process died; *hangs*: it took more than the time for one input;
- *slowest*, and *memory*: the most that the process has held, in MB above what it held before.

Ends with exit code 1 if there are errors, crashes or hangs. Needs the extras [batch], [video], [web] and [train].
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import resource
import shutil
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from fuzz_mutations import mutated
from fuzz_targets import TARGETS, Target
from rich.console import Console
from rich.progress import track

from facepoints.errors import FacepointsError

MB = 2**20
AT_ONCE = 500
"""Inputs of a target before the next one's turn, so that a run that is ended early has tried all of them."""


@dataclass
class Tally:
    """What became of the inputs of one target."""

    outcomes: Counter[str] = field(default_factory=Counter)
    faults: dict[str, list[int]] = field(default_factory=dict)
    slowest: float = 0.0
    memory: int = 0

    def add(self, number: int, outcome: str, fault: str, seconds: float, memory: int) -> None:
        self.outcomes[outcome] += 1
        if fault:
            self.faults.setdefault(fault, []).append(number)
        self.slowest, self.memory = max(self.slowest, seconds), max(self.memory, memory)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [target.name for target in TARGETS]
    parser.add_argument("--inputs", type=int, default=100_000, help="of all targets together")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", action="append", choices=names, help="a target; may be given several times")
    parser.add_argument("--seconds", type=float, default=20, help="for one input, before it counts as a hang")
    parser.add_argument("--memory", type=int, default=2048, help="limit in MB above what the process needs for itself")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after so long")
    parser.add_argument("--write", nargs=3, metavar=("TARGET", "NUMBER", "FILE"), help="write an input and end")
    options = parser.parse_args()

    if options.write:
        name, number, path = options.write
        (target,) = (target for target in TARGETS if target.name == name)
        Path(path).write_bytes(content(options.seed, target, int(number), seeds_of(target)))
        return
    chosen = [target for target in TARGETS if options.only is None or target.name in options.only]
    tallies = {target.name: Tally() for target in chosen}
    # Before Python 3.13 the server that processes are forked from looks for modules nowhere else.
    folders = [str(Path(__file__).resolve().parent), os.environ.get("PYTHONPATH")]
    os.environ["PYTHONPATH"] = os.pathsep.join(folder for folder in folders if folder)
    end = time.monotonic() + 60 * options.minutes
    for target, first, count in track(turns(chosen, options.inputs), "reading", console=Console(stderr=True)):
        if time.monotonic() < end:
            feed(target, first, count, options, tallies[target.name])
    report(tallies)
    sys.exit(any(tally.faults for tally in tallies.values()))


def turns(targets: list[Target], inputs: int) -> list[tuple[Target, int, int]]:
    """Target, first number and count, of each target in turn."""
    whole = sum(target.share for target in targets)
    counts = {target.name: round(inputs * target.share / whole) for target in targets}
    rounds = max(1, round(inputs / len(targets) / AT_ONCE))
    edges = {name: [count * number // rounds for number in range(rounds + 1)] for name, count in counts.items()}
    return [
        (target, edges[target.name][turn], edges[target.name][turn + 1] - edges[target.name][turn])
        for turn in range(rounds)
        for target in targets
    ]


def seeds_of(target: Target) -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        return list(target.seeds(Path(folder)))


def content(seed: int, target: Target, number: int, seeds: list[bytes]) -> bytes:
    chance = random.Random(f"{seed} {target.name} {number}")
    return target.damage(chance, seeds) if target.damage else mutated(chance, seeds, text=target.text)


def feed(target: Target, first: int, count: int, options: argparse.Namespace, tally: Tally) -> None:
    """Have these inputs read; after a crash or a hang, the next process goes on behind it."""
    context, last = get_context("forkserver"), first + count
    context.set_forkserver_preload(["fuzz_targets"])  # what takes a second to import is imported once
    while first < last:
        mine, its = context.Pipe(duplex=False)
        with tempfile.TemporaryDirectory() as folder:
            arguments = (its, target.name, options.seed, first, last, options.memory * MB, folder)
            process: BaseProcess = context.Process(target=work, args=arguments, daemon=True)
            process.start()
            its.close()
            first = follow(mine, process, first, last, options.seconds, tally)
            process.kill()
            process.join()


def follow(mine: Connection, process: BaseProcess, first: int, last: int, seconds: float, tally: Tally) -> int:
    """Take down what a process says until it ends; the number that comes next."""
    if not mine.poll(120):
        sys.exit("a process does not start")
    if problem := mine.recv():
        sys.exit(f"good files are not read: {problem}")
    while first < last:
        if not mine.poll(seconds):
            tally.add(first, "hangs", f"hang: over {seconds:g} s", seconds, 0)
            return first + 1
        try:
            tally.add(first, *mine.recv())
        except EOFError:
            process.join()
            tally.add(first, "crashes", f"crash: exit code {process.exitcode}", 0.0, 0)
            return first + 1
        first += 1
    return first


def work(its: Connection, name: str, seed: int, first: int, last: int, memory: int, folder: str) -> None:
    """In a process of its own: read the inputs, and say what became of each."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # decoders print what they think of the files
    logging.disable()
    warnings.simplefilter("error")
    (target,) = (target for target in TARGETS if target.name == name)
    seeds = seeds_of(target)
    # What is loaded late is loaded now.
    problem = next((fault for good in seeds if (fault := outcome_of(target, good, Path(folder))[1])), "")
    before, used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, virtual_memory()
    resource.setrlimit(resource.RLIMIT_AS, (used + memory, used + memory))
    its.send(problem)
    for number in range(first, last):
        data = content(seed, target, number, seeds)
        start = time.perf_counter()
        outcome, fault = outcome_of(target, data, Path(folder))
        peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
        its.send((outcome, fault, time.perf_counter() - start, peak))


def outcome_of(target: Target, data: bytes, folder: Path) -> tuple[str, str]:
    """ "read", "refused" or "errors", and of an error what and where it was."""
    place = folder / "input"
    place.mkdir()
    try:
        target.read(data, place)
    except FacepointsError:
        return "refused", ""
    except BaseException as error:
        frames = traceback.extract_tb(error.__traceback__)
        ours = [frame for frame in frames if "facepoints" in Path(frame.filename).parts] or frames
        where = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}"
        return "errors", f"{type(error).__name__} at {where}: {str(error)[:100]!r}"
    else:
        return "read", ""
    finally:
        shutil.rmtree(place)


def virtual_memory() -> int:
    """Bytes of address space of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()


def report(tallies: dict[str, Tally]) -> None:
    kinds = ("read", "refused", "errors", "crashes", "hangs")
    print(f"| reader | inputs | {' | '.join(kinds)} | slowest, ms | memory, MB |")
    print(f"|---|{'---:|' * (len(kinds) + 3)}")
    for name, tally in tallies.items():
        numbers = [sum(tally.outcomes.values()), *(tally.outcomes[kind] for kind in kinds)]
        cells = " | ".join(f"{number:,}" for number in numbers)
        print(f"| {name} | {cells} | {1000 * tally.slowest:,.0f} | {tally.memory / MB:,.0f} |")
    everything = sum((tally.outcomes for tally in tallies.values()), Counter[str]())
    print(f"| all | {sum(everything.values()):,} | {' | '.join(f'{everything[kind]:,}' for kind in kinds)} | | |")
    for name, tally in tallies.items():
        for fault, numbers in tally.faults.items():
            some = ", ".join(map(str, numbers[:5]))
            print(f"\n{name}: {fault}\n    {len(numbers)} times: inputs {some}")


if __name__ == "__main__":
    main()
