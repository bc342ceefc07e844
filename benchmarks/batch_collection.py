"""Collections: what the machinery costs, how it scales, and whether time and memory stay flat as a collection grows.

    python benchmarks/batch_collection.py make FOLDER --count 20000 [--data PICTURES]
    python benchmarks/batch_collection.py measure FOLDER [--repeat 3]

``make`` writes copies and variants (mirrored, resized, darker, brighter, turned by a few degrees) of the pictures
below --data, by default $FACEPOINTS_DATA, one in a hundred of them broken. ``measure`` prints the figures of
docs/collections.md: each is that of whole commands, start-up included, in turns, and the median of --repeat;
nothing else should run on the machine. Memory is that of all processes of a run together (PSS: what they share is
counted once).
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import psutil

from facepoints import images

_BROKEN = 100
_LONGEST_SIDE = 640
_BARE_LOOP = """
import sys, cv2
from facepoints import FaceFinder
from facepoints.errors import ImageError
cv2.setNumThreads(1)
finder = FaceFinder()
for path in open(sys.argv[1], encoding="utf-8").read().splitlines():
    try:
        finder.find(path)
    except ImageError:
        pass
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    make = commands.add_parser("make")
    make.add_argument("folder", type=Path)
    make.add_argument("--count", type=int, default=20_000)
    make.add_argument("--data", type=Path, default=os.environ.get("FACEPOINTS_DATA"))
    make.set_defaults(run=lambda args: make_collection(args.folder, args.count, args.data))
    measuring = commands.add_parser("measure")
    measuring.add_argument("folder", type=Path)
    measuring.add_argument("--repeat", type=int, default=3)
    measuring.set_defaults(run=lambda args: measure(args.folder, args.repeat))
    arguments = parser.parse_args()
    arguments.run(arguments)


def make_collection(folder: Path, count: int, data: Path) -> None:
    """Write ``count`` pictures in folders of 1,000."""
    originals = sorted(path for path in Path(data).rglob("*") if path.suffix.lower() in images.SUFFIXES)
    lots = random.Random(0)
    lots.shuffle(originals)
    for number in range(count):
        target = folder / f"{number // 1000:03}" / f"{number:06}.jpg"
        target.parent.mkdir(parents=True, exist_ok=True)
        encoded = images.encode(_variant(images.read(originals[number % len(originals)]), lots), ".jpg", 90)
        if number % _BROKEN == _BROKEN // 2:
            encoded = lots.choice([b"", b"no picture", encoded[: len(encoded) // 2]])
        target.write_bytes(encoded)


def _variant(image: np.ndarray, lots: random.Random) -> np.ndarray:
    height, width = image.shape[:2]
    scale = lots.uniform(0.6, 1.1) * min(1.0, _LONGEST_SIDE / max(height, width))
    if lots.random() < 0.5:
        image = image[:, ::-1]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), lots.uniform(-8, 8), 1.0)[:, :3] * scale
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    upright = np.ascontiguousarray(image)
    turned = cv2.warpAffine(upright, turn, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REFLECT)
    return np.clip(turned * lots.uniform(0.7, 1.2), 0, 255).astype(np.uint8)


def measure(folder: Path, repeat: int) -> None:
    """Print the table."""
    pictures = sorted(folder.rglob("*.jpg"))
    some, few = pictures[:5000], pictures[:1000]
    bare, one, two, small = [], [], [], []
    for _ in range(repeat):
        bare.append(_bare_loop(some))
        one.append(_batch(some, workers=1, cores=[0])[0])
        two.append(_batch(some, workers=2)[0])
        small.append(_batch(few, workers=2))
    start = statistics.median(_batch(pictures[:10], workers=2)[0] for _ in range(repeat))
    all_seconds, all_memory = _batch(pictures, workers=2)
    median_bare, median_one, median_two = (statistics.median(seconds) for seconds in (bare, one, two))
    few_seconds, few_memory = (statistics.median(values) for values in zip(*small, strict=True))
    print(f"find() in a loop, 1 core: {len(some) / median_bare:.1f} pictures a second")
    print(f"overhead on 1 core, {len(some):,} pictures: {100 * (median_one / median_bare - 1):.1f} %")
    print(f"2 cores over 1: {median_one / median_two:.2f} x, {len(some) / median_two:.1f} pictures a second")
    print(f"start: 10 pictures in {start:.1f} s")
    for count, seconds, memory in ((len(few), few_seconds, few_memory), (len(pictures), all_seconds, all_memory)):
        each = 1000 * (seconds - start) / count
        print(f"{count:,} pictures: {each:.2f} ms each (start taken off), {memory:.0f} MB")


def _bare_loop(pictures: Sequence[Path]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        listed = _listed(pictures, Path(folder))
        return _run([sys.executable, "-c", _BARE_LOOP, str(listed)], [0])[0]


def _batch(pictures: Sequence[Path], workers: int, cores: Sequence[int] | None = None) -> tuple[float, float]:
    """Seconds and MB."""
    folder = Path(tempfile.mkdtemp())
    try:
        command = [sys.executable, "-m", "facepoints", "batch", str(_listed(pictures, folder)), "--quiet"]
        return _run([*command, "--out", str(folder / "out"), "--workers", str(workers)], cores)
    finally:
        shutil.rmtree(folder)


def _listed(pictures: Sequence[Path], folder: Path) -> Path:
    path = folder / "pictures.txt"
    path.write_text("\n".join(str(picture.resolve()) for picture in pictures), encoding="utf-8")
    return path


def _run(command: Sequence[str], cores: Sequence[int] | None) -> tuple[float, float]:
    start, peak, ended = time.perf_counter(), 0.0, threading.Event()
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        if cores is not None:
            psutil.Process(process.pid).cpu_affinity(list(cores))

        def watch() -> None:
            nonlocal peak
            while not ended.wait(1.0):
                peak = max(peak, _memory(process.pid))

        watching = threading.Thread(target=watch)
        watching.start()
        code = process.wait()
        seconds = time.perf_counter() - start
        ended.set()
        watching.join()
    if code not in (0, 1):
        raise SystemExit(f"{' '.join(command)}: exit code {code}")
    return seconds, peak


def _memory(pid: int) -> float:
    try:
        processes = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
        return sum(process.memory_full_info().pss for process in processes) / 1e6
    except psutil.NoSuchProcess:
        return 0.0


if __name__ == "__main__":
    main()
