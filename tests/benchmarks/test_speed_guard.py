import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.conftest import FOLDER, Run

VERSIONS = {"python": "3.11.7", "numpy": "2.4.6"}
BASE = {"find": 1000, "fit": 100}

Report = Callable[..., tuple[int, str]]


@pytest.fixture
def report(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Report:
    """Exit code, and what is printed."""
    from speed_guard import Counts
    from speed_guard import report as program

    monkeypatch.setenv("COLUMNS", "120")

    def run_report(now: dict[str, int], versions: dict[str, str] = VERSIONS) -> tuple[int, str]:
        return program(Counts(VERSIONS, BASE), Counts(versions, now)), capsys.readouterr().out

    return run_report


@pytest.mark.parametrize(
    ("now", "code", "change", "advice"),
    [
        ({"find": 1000, "fit": 100}, 0, "+0.0%", "No job takes"),
        ({"find": 1099, "fit": 100}, 0, "+9.9%", "No job takes"),
        ({"find": 1101, "fit": 100}, 1, "+10.1%", "find: over 10% more instructions"),
        ({"find": 500, "fit": 120}, 1, "-50.0%", "fit: over 10% more instructions"),
        ({"find": 901, "fit": 100}, 0, "-9.9%", "No job takes"),
        ({"find": 899, "fit": 100}, 0, "-10.1%", "find: over 10% fewer instructions. Renew the baseline"),
        ({"find": 1000, "fit": 100, "read": 5}, 1, "new", "read: not in the baseline"),
        ({"find": 1000}, 1, "gone", "fit: in the baseline, but no longer counted"),
    ],
    ids=["same", "below the bound", "worse", "one of two worse", "above the lower bound", "better", "new", "gone"],
)
def test_over_a_tenth_more_fails_and_says_what_to_do(
    report: Report, now: dict[str, int], code: int, change: str, advice: str
) -> None:
    found, printed = report(now)
    assert found == code
    assert change in printed
    assert advice in printed
    assert ("--write" in printed) == ("No job takes" not in printed)


def test_a_baseline_of_other_versions_guards_nothing(report: Report) -> None:
    code, printed = report(BASE, {"python": "3.11.7", "numpy": "2.5.0", "opencv": "4.14.0"})
    assert code == 1
    assert "numpy 2.4.6, here 2.5.0; opencv unknown, here 4.14.0." in printed
    assert "python 3" not in printed
    assert "--write" in printed


def test_another_patch_release_of_python_is_told_and_still_guarded(report: Report) -> None:
    versions = {"python": "3.11.9", "numpy": "2.4.6"}
    code, printed = report(BASE, versions)
    assert code == 0
    assert "may come from other versions: python 3.11.7, here 3.11.9." in printed
    assert report({"find": 2000, "fit": 100}, versions)[0] == 1
    assert report(BASE, {"python": "3.12.7", "numpy": "2.4.6"})[0] == 1


def test_without_valgrind_it_says_so(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit) as ended:
        run("speed_guard.py")
    assert ended.value.code == 2
    assert "there is no valgrind" in capsys.readouterr().err


@pytest.mark.parametrize("content", [None, "{", '{"find": 1000}'], ids=["no file", "no JSON", "another file"])
def test_without_a_baseline_it_says_how_to_make_one(run: Run, tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "mine.json").write_text(content)
    with pytest.raises(SystemExit, match=r"mine\.json.* no .*baseline.*; `--write` makes one"):
        run("speed_guard.py", "--baseline", tmp_path / "mine.json")


def test_the_baseline_has_the_jobs_and_versions_that_are_counted() -> None:
    # Without valgrind the program runs all the same, and counts nothing.
    command = [sys.executable, str(FOLDER / "speed_jobs.py")]
    told: Any = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    baseline = json.loads((FOLDER / "speed_baseline.json").read_text(encoding="utf-8"))
    assert list(baseline["instructions"]) == list(told["repetitions"])
    assert list(baseline["versions"]) == [*told["versions"], "valgrind"]


TINY = f"""
import sys
sys.path.insert(0, {str(FOLDER)!r})
from callgrind import counted
if sys.argv[1:]:
    raise SystemExit("such a pity")
for number in (1, 2):
    counted(f"{{number}} x", lambda: sum(range(100_000)), number)
print("done")
"""


@pytest.fixture
def _with_valgrind() -> None:
    from callgrind import MissingError, valgrind_version

    try:
        valgrind_version()
    except MissingError as missing:
        pytest.skip(str(missing))


@pytest.mark.usefixtures("_with_valgrind")
def test_twice_the_work_is_twice_the_instructions() -> None:
    from callgrind import count

    counts, printed = count([sys.executable, "-S", "-c", TINY])
    assert printed == "done\n"
    assert list(counts) == ["1 x", "2 x"]
    assert counts["1 x"] > 1e6
    assert counts["2 x"] / counts["1 x"] == pytest.approx(2, rel=0.01)


@pytest.mark.usefixtures("_with_valgrind")
def test_a_program_that_fails_is_shown_with_its_last_lines() -> None:
    from callgrind import CountingError, count

    with pytest.raises(CountingError, match=r"exit code 1:\n(.*\n)*such a pity"):
        count([sys.executable, "-S", "-c", TINY, "fail"])
