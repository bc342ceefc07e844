"""Fails if a job takes over 10 % more instructions than it did when the baseline was written.

    python benchmarks/speed_guard.py
    python benchmarks/speed_guard.py --write

Instructions, counted by valgrind, are the same from run to run, whatever else the machine does; times are not. The
baseline, speed_baseline.json, holds them with the versions that they depend on, which are those of CI. With other
versions, compare two commits of yours: ``--baseline mine.json --write`` on the one, ``--baseline mine.json`` on the
other.

Exit code 0: no job got worse; one that got over 10 % better is told. 1: one got worse, or the baseline does not fit, or
the jobs failed. 2: nothing can be counted here.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import callgrind
from rich.console import Console
from rich.table import Table

from facepoints.files import atomic_write

BASELINE = Path(__file__).parent / "speed_baseline.json"
JOBS = Path(__file__).parent / "speed_jobs.py"
TOLERANCE = 0.1
"""Repeated counts differ by up to 0.2 %."""

DECISIVE = ("machine", "numpy", "opencv", "onnxruntime")
"""Versions without which the counts do not compare; another minor release of Python is another, too. Its patch releases
and the C library change them by a few per cent, which is told."""

RENEW = "python benchmarks/speed_guard.py --write"


class GuardError(Exception):
    """There is nothing to compare with."""


@dataclass(frozen=True)
class Counts:
    """Instructions of one run of each job, and the versions that they depend on."""

    versions: dict[str, str]
    instructions: dict[str, int]


@dataclass(frozen=True)
class Comparison:
    """Two counts of one job; None where there is none."""

    job: str
    before: int | None
    now: int | None

    @property
    def change(self) -> float | None:
        """Share by which it got worse; negative where it got better."""
        return None if self.before is None or self.now is None else self.now / self.before - 1

    @property
    def verdict(self) -> str:
        """``same``, ``worse`` or ``better``; ``new`` or ``gone`` where one count is missing."""
        if self.change is None:
            return "new" if self.before is None else "gone"
        return "worse" if self.change > TOLERANCE else "better" if self.change < -TOLERANCE else "same"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="renew the baseline; the commit says why")
    parser.add_argument("--baseline", type=Path, default=BASELINE, help="file of the counts; default: CI's")
    options = parser.parse_args()
    try:
        before = None if options.write else read_baseline(options.baseline)
        now = measure()
    except callgrind.MissingError as error:
        print(f"The speed is not guarded: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except (GuardError, callgrind.CountingError) as error:
        raise SystemExit(str(error)) from None
    if before is None:
        Console().print(table_of(compare(now, now)))
        options.baseline.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(options.baseline) as temporary:
            temporary.write_text(json.dumps(asdict(now), indent=2) + "\n", encoding="utf-8")
        print(f"Written: {options.baseline}")
    else:
        raise SystemExit(report(before, now))


def measure() -> Counts:
    """Run the jobs under valgrind."""
    valgrind = callgrind.valgrind_version()
    totals, printed = callgrind.count([sys.executable, str(JOBS)])
    told = json.loads(printed)
    if totals.keys() != told["repetitions"].keys():
        raise callgrind.CountingError(f"valgrind counted other jobs than were run: {', '.join(totals) or 'none'}")
    instructions = {job: round(totals[job] / repetitions) for job, repetitions in told["repetitions"].items()}
    return Counts({**told["versions"], "valgrind": valgrind}, instructions)


def read_baseline(path: Path) -> Counts:
    if not path.is_file():
        raise GuardError(f"{path}: no such baseline; `--write` makes one")
    try:
        return Counts(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise GuardError(f"{path} is no baseline ({error}); `--write` makes one") from error


def compare(before: Counts, now: Counts) -> list[Comparison]:
    """The jobs of now, then those that are no more."""
    jobs = dict.fromkeys([*now.instructions, *before.instructions])
    return [Comparison(job, before.instructions.get(job), now.instructions.get(job)) for job in jobs]


def report(before: Counts, now: Counts) -> int:
    """Print the table and what to do; return the exit code."""
    rows = compare(before, now)
    Console().print(table_of(rows))
    minor, other = (other_versions(before, now, decisive=decisive) for decisive in (False, True))
    advice = [f"The baseline is of other versions, so the counts do not compare: {'; '.join(other)}."] if other else []
    advice += [f"Some of the change may come from other versions: {'; '.join(minor)}."] if minor else []
    advice += [line for line in map(advise, rows) if line]
    if other or any(row.verdict in ("new", "gone") for row in rows):
        advice.append(f"If these are the versions and jobs to guard from now on, renew the baseline: {RENEW}")
    print("\n".join(advice) or f"No job takes over {TOLERANCE:.0%} more or fewer instructions than the baseline.")
    return int(bool(other) or any(row.verdict in ("worse", "new", "gone") for row in rows))


def table_of(rows: list[Comparison]) -> Table:
    table = Table("job", title="millions of instructions")
    for column in ("baseline", "now", "change"):
        table.add_column(column, justify="right")
    for row in rows:
        before, now = ("–" if count is None else f"{count / 1e6:,.2f}" for count in (row.before, row.now))
        change = row.verdict if row.change is None else f"{row.change:+.1%}"
        style = {"same": "", "better": "green"}.get(row.verdict, "bold red")
        table.add_row(row.job, before, now, change, style=style)
    return table


def other_versions(before: Counts, now: Counts, *, decisive: bool) -> list[str]:
    """What differs, in words: of the versions in ``DECISIVE``, or of the others."""
    pairs = {
        name: (before.versions.get(name, "unknown"), now.versions.get(name, "unknown"))
        for name in dict.fromkeys([*before.versions, *now.versions])
    }
    return [
        f"{name} {then}, here {here}"
        for name, (then, here) in pairs.items()
        if then != here and _decides(name, then, here) == decisive
    ]


def _decides(name: str, then: str, here: str) -> bool:
    return name in DECISIVE or (name == "python" and then.split(".")[:2] != here.split(".")[:2])


def advise(row: Comparison) -> str:
    """What to do about one job; nothing if it is as it was."""
    return {
        "worse": f"{row.job}: over {TOLERANCE:.0%} more instructions. Take out what is not needed; if it is worth the "
        f"time, renew the baseline in a commit that says why: {RENEW}",
        "better": f"{row.job}: over {TOLERANCE:.0%} fewer instructions. Renew the baseline, or a later loss goes "
        f"unseen: {RENEW}",
        "new": f"{row.job}: not in the baseline.",
        "gone": f"{row.job}: in the baseline, but no longer counted.",
        "same": "",
    }[row.verdict]


if __name__ == "__main__":
    main()
