"""Ours beside its peers, on the same pictures, in turns, each in a process and an environment of its own.

    python benchmarks/peers/run.py --data DATA
    python benchmarks/peers/run.py --data DATA --quick                    # a few pictures, to see that all works
    python benchmarks/peers/run.py --data DATA --part times --part video  # only these; the others stay as they were

DATA holds ``300w/``, ``ytf/`` with ``people_heldout.txt``, ``wider/`` and, for the part ``video``, ``videos/``, in
their official layouts. Run it with an interpreter that has facepoints installed. The environments (2 GB) are made once,
by pip and, for face-api, by npm. Written to ``--out``: results.json, tables.md and plots. ``--page`` puts the tables
into a page, between its two comments ``<!-- measured -->`` and ``<!-- /measured -->``.
"""

from __future__ import annotations

import argparse
import datetime
import itertools
import json
import os
import platform
import re
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import accuracy
import environments
import timing
from contestants import CONTESTANTS, HERE, REPOSITORY, Contestant
from pictures import TestSets, montages, spread, test_sets
from plots import write_plots
from tables import markdown
from worker import Picture, Worker, WorkerFailedError

from facepoints.errors import FacepointsError
from facepoints.files import atomic_write

PARTS = ("points", "boxes", "times", "video", "start")
MARKED = re.compile(r"(<!-- measured -->\n).*?(<!-- /measured -->)", re.DOTALL)


def main() -> None:
    options = _options()
    try:
        sets = test_sets(options.data, options.quick)
    except FacepointsError as error:
        raise SystemExit(str(error)) from error
    if options.limit:
        sets = _limited(sets, options.limit)
    options.out.mkdir(parents=True, exist_ok=True)
    file = options.out / "results.json"
    results = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options.environments, Path(folder), options.out)
        bench.admit([each for each in CONTESTANTS if not options.only or each.name in options.only])
        # With --only, the others stay as they were.
        described = {**results.get("contestants", {}), **bench.described()}
        results |= {"machine": _machine(), "contestants": described, "left_out": bench.left_out}
        for part in options.part or PARTS:
            load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
            measured = _measure(part, bench, sets, options)
            if measured is not None:
                if part == "times" and options.one_face and part in results:
                    measured["rows"] = _renewed(results[part]["rows"], measured["rows"])
                stamp = {"date": datetime.date.today().isoformat(), "load": load, "quick": options.quick}
                results[part] = {**stamp, **measured}
                _write(file, json.dumps(results, indent=1))
    text = markdown(results)
    _write(options.out / "tables.md", text)
    write_plots(results, options.out, {each.name for each in CONTESTANTS if each.plotted})
    if options.page:
        _write(
            options.page, MARKED.sub(lambda match: match[1] + "\n" + text + "\n" + match[2], options.page.read_text())
        )
    print(text)


def _renewed(rows: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows, those that were measured anew in place of the old ones."""

    def key(row: dict[str, Any]) -> tuple[Any, ...]:
        return row["contestant"], row["lines"], row["faces"], row["threads"]

    latest = {key(row): row for row in new}
    return [latest.pop(key(row), row) for row in rows] + list(latest.values())


class Bench:
    """The contestants that can be had here, and how their workers start."""

    def __init__(self, root: Path, folder: Path, out: Path) -> None:
        self.root, self.out = root.resolve(), out
        self.picture = Picture(folder / "picture.rgb")
        self.there: dict[str, tuple[Contestant, environments.Made]] = {}
        self.versions: dict[str, dict[str, str]] = {}
        self.left_out: dict[str, str] = {}

    def admit(self, contestants: list[Contestant]) -> None:
        """Make the environments; who cannot start is left out, with the reason."""
        for contestant in contestants:
            try:
                self.there[contestant.name] = contestant, environments.make(contestant.environment, self.root)
                with self.start(contestant.name, 1, bound=False) as worker:
                    self.versions[contestant.name] = worker.ready["versions"]
            except (environments.UnavailableError, WorkerFailedError, OSError) as error:
                self.there.pop(contestant.name, None)
                self.left_out[contestant.name] = str(error)
                print(f"{contestant.name} is left out: {error}", file=sys.stderr)

    def start(self, name: str, threads: int, *, bound: bool = True) -> Worker:
        """A worker with so many threads, bound to as many processor cores."""
        contestant, made = self.there[name]
        log = self.out / f"{re.sub('[^a-z0-9]+', '-', name.lower())}.log"
        return Worker(contestant.command(made.python, threads), made.folder, log, cores=threads if bound else None)

    def described(self) -> dict[str, Any]:
        return {
            name: {"versions": self.versions[name], "settings": each.settings, "megabytes": made.megabytes}
            for name, (each, made) in self.there.items()
        }


def _measure(part: str, bench: Bench, sets: TestSets, options: argparse.Namespace) -> dict[str, Any] | None:
    names = list(bench.there)
    faces = next(iter(sets.faces.values()))
    if part in ("points", "boxes"):
        with ExitStack() as stack:
            workers = {name: stack.enter_context(bench.start(name, 2, bound=False)) for name in names}
            if part == "points":
                return {"sets": accuracy.measure_points(workers, sets, bench.picture)}
            return accuracy.measure_boxes(workers, sets, bench.picture)
    if part == "times":
        rows = timing.measure_times(bench.start, names, faces, bench.picture, options.quick, options.one_face)
        return {"rows": rows}
    if part == "start":
        small, large = montages(faces, 1, 480, 1)[0], montages(faces, 20, 1080, 1)[0]
        rounds = 1 if options.quick else 5
        return {"rows": timing.measure_start(bench.start, names, small, large, bench.picture, rounds)}
    return _measure_video(bench, names, options)


def _measure_video(bench: Bench, names: list[str], options: argparse.Namespace) -> dict[str, Any] | None:
    from facepoints.video import read

    file = options.data / "videos" / "talking_face.mp4"
    if not file.is_file():
        print(f"there is no {file}, so nothing is measured on video", file=sys.stderr)
        return None
    frames = [image for _, image in itertools.islice(read(file), 30 if options.quick else 300)]
    return {"frames": len(frames), "rows": timing.measure_video(bench.start, names, frames, bench.picture)}


def _limited(sets: TestSets, limit: int) -> TestSets:
    faces = {name: spread(each, limit) for name, each in sets.faces.items()}
    return TestSets(faces, spread(sets.training, limit), spread(sets.wider, limit))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--quick", action="store_true", help="a few pictures and repetitions")
    parser.add_argument("--part", action="append", choices=PARTS, help="only this part; may be given several times")
    parser.add_argument("--only", action="append", metavar="NAME", help="only this contestant; several times for more")
    parser.add_argument("--limit", type=int, help="at most so many pictures of each data set, evenly spread")
    parser.add_argument("--one-face", action="store_true", help="times of one face with one thread alone; others stay")
    parser.add_argument("--environments", type=Path, default=HERE / ".environments", help="where these are kept")
    parser.add_argument("--out", type=Path, default=REPOSITORY / "runs" / "peers")
    parser.add_argument("--page", type=Path, help="a Markdown page to put the tables into")
    return parser.parse_args()


def _machine() -> dict[str, Any]:
    model = platform.processor()
    if Path("/proc/cpuinfo").is_file():
        found = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
        model = found[1] if found else model
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": sys.version.split()[0],
    }


def _write(path: Path, text: str) -> None:
    with atomic_write(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
