"""Drivers and workers of a collection are killed with ``kill -9``, and the tables compared with an undisturbed run's.

    python benchmarks/batch_kill.py FOLDER [--drivers 3] [--workers 3]

FOLDER holds enough pictures for some forty parts, such as those of ``batch_collection.py make``. Linux or macOS.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pyarrow
import pyarrow.dataset

_AFTER = 6
"""Parts that are finished between one death and the next."""

_ORDER = {"images": ("image", "frame"), "faces": ("image", "frame", "face")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--drivers", type=int, default=3)
    parser.add_argument("--workers", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        calm, killed = Path(scratch, "calm"), Path(scratch, "killed")
        start = time.perf_counter()
        _start(arguments.folder, calm).wait()
        print(f"undisturbed: {time.perf_counter() - start:.0f} s")
        start = time.perf_counter()
        for _ in range(arguments.drivers):
            driver = _start(arguments.folder, killed)
            _await_parts(killed, driver)
            driver.kill()
            driver.wait()
            print(f"driver killed with {_parts(killed)} parts")
        driver = _start(arguments.folder, killed)
        for _ in range(arguments.workers):
            _await_parts(killed, driver)
            _workers(driver)[0].kill()
            print(f"worker killed with {_parts(killed)} parts")
        code = driver.wait()
        print(f"ended with exit code {code} after {time.perf_counter() - start:.0f} s")
        same = [_same(calm, killed, table) for table in _ORDER]
    sys.exit(not all(same))


def _start(folder: Path, out: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "facepoints", "batch", str(folder), "--out", str(out), "--quiet"]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL)


def _parts(out: Path) -> int:
    return len(list((out / "images").glob("part-*.parquet")))


def _await_parts(out: Path, driver: subprocess.Popen[bytes]) -> None:
    wanted = _parts(out) + _AFTER
    while _parts(out) < wanted or not _workers(driver):
        if driver.poll() is not None:
            raise SystemExit("the run was over before everything was killed: give more pictures")
        time.sleep(0.1)


def _workers(driver: subprocess.Popen[bytes]) -> list[psutil.Process]:
    children = psutil.Process(driver.pid).children()
    return [child for child in children if any("udf_worker" in word for word in child.cmdline())]


def _same(calm: Path, killed: Path, name: str) -> bool:
    left, right = (_table(out, name) for out in (calm, killed))
    print(
        f"{name}: {left.num_rows:,} and {right.num_rows:,} rows, {'the same' if left.equals(right) else 'NOT THE SAME'}"
    )
    return left.equals(right)


def _table(out: Path, name: str) -> pyarrow.Table:
    table = pyarrow.dataset.dataset(out / name).to_table()
    columns = [column for column in table.column_names if column != "ms"]  # milliseconds differ from run to run
    return table.select(columns).sort_by([(column, "ascending") for column in _ORDER[name]])


if __name__ == "__main__":
    main()
