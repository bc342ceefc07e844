"""Real processes that are killed: the same command goes on, and in the end all is as if nothing had happened."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest

pytest.importorskip("daft", reason="Daft comes with the extra [batch]")
pytest.importorskip("resource", reason="Windows has neither limits for files nor these signals")

import psutil
import pyarrow.parquet as pq

from facepoints.batch.folder import ResultFolder
from facepoints.batch.marker import read_marker
from tests.batch.gates import PATIENCE, Gate, gates
from tests.batch.photos import write_broken, write_photos
from tests.batch.results import Rows, tables_of
from tests.cli.conftest import run as run_here

PHOTOS, SHARD_SIZE = 150, 8

PARTS = 20
"""150 photos, two at gates, four files that are no pictures and one that is not there, by eight."""

FULL_DISK = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))"
"""Files may not become any larger."""


@dataclass
class Act:
    """What a command did until it ended.

    Attributes:
        code: how it ended.
        stdout: what it said there.
        stderr: what it said there.
        parts: those that are finished after it.
        lingering: processes of its own that did not end.
    """

    code: int
    stdout: str
    stderr: str
    parts: set[int]
    lingering: list[object]


@dataclass
class Story:
    """A run that nothing disturbs, and one that was ended again and again.

    Attributes:
        undisturbed: the first of them.
        tables: its results.
        out: folder of the other one.
        waiting: numbers of the parts at which its workers had to wait.
        acts: of the other run, by what happened to it.
        besides: exit codes and errors of other commands on its folder, given while its workers were waiting.
        odd: what was seen under its final name and was not whole.
    """

    undisturbed: Act
    tables: dict[str, Rows]
    out: Path
    waiting: set[int] = field(default_factory=set)
    acts: dict[str, Act] = field(default_factory=dict)
    besides: dict[str, tuple[int, str]] = field(default_factory=dict)
    odd: list[str] = field(default_factory=list)


@dataclass
class Command:
    """A run in a process group of its own."""

    arguments: list[str]
    out: Path
    before: str = "pass"

    def __enter__(self) -> Command:
        # As in a terminal: what a script runs in the background is told to ignore Ctrl-C.
        heeding = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
        program = f"{heeding}; {self.before}; from facepoints.cli import main; main()"
        self.driver = subprocess.Popen(
            [sys.executable, "-c", program, *self.arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={**os.environ, "no_proxy": "127.0.0.1"},
        )
        return self

    def __exit__(self, *error: object) -> None:
        if self.driver.poll() is None:  # the test has failed
            os.killpg(self.driver.pid, signal.SIGKILL)
            self.driver.communicate()

    def workers(self) -> list[object]:
        """All processes that it has started."""
        return list(psutil.Process(self.driver.pid).children(recursive=True))

    def end(self, workers: list[object]) -> Act:
        """Wait for its end, and for that of its workers."""
        stdout, stderr = self.driver.communicate(timeout=PATIENCE)
        _, lingering = psutil.wait_procs(workers, PATIENCE)
        return Act(self.driver.returncode, stdout, stderr, ResultFolder(self.out).finished(), lingering)


@contextmanager
def whole_from_the_start(out: Path, odd: list[str]) -> Iterator[None]:
    """Look again and again whether what has its final name is whole, and note what is not."""
    seen: set[Path] = set()
    ended = threading.Event()

    def look() -> None:
        for path in set(out.glob("*/part-*")) - seen:
            seen.add(path)
            try:
                pq.read_table(path, partitioning=None)
            except Exception as error:
                odd.append(f"{path}: {error}")
            if not (out / "faces" / path.name).exists():
                odd.append(f"{path}: the table of faces is not there")

    def watch() -> None:
        while not ended.wait(0.02):
            look()

    thread = threading.Thread(target=watch)
    thread.start()
    yield
    ended.set()
    thread.join()
    look()


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("kill")
    with gates(2) as (first, second):
        arguments = ["batch", write_list(folder, first, second), f"--shard-size={SHARD_SIZE}", "--workers=2", "--out"]
        first.open()
        second.open()
        with Command([*arguments, str(folder / "undisturbed")], folder / "undisturbed") as command:
            undisturbed = command.end([])
        story = Story(undisturbed, tables_of(folder / "undisturbed"), folder / "out")
        first.close()
        second.close()
        with whole_from_the_start(story.out, story.odd):
            tell(story, [*arguments, str(story.out)], first, second)
        yield story


def write_list(folder: Path, first: Gate, second: Gate) -> str:
    photos = write_photos(folder / "photos", PHOTOS)
    broken = [folder / "broken" / name for name in write_broken(folder / "broken")]
    lines = [*photos[:45], first.url, *photos[45:90], second.url, *photos[90:], *broken, folder / "gone.jpg"]
    path = folder / "collection.txt"
    path.write_text("".join(f"{line}\n" for line in lines))
    return str(path)


def tell(story: Story, arguments: list[str], first: Gate, second: Gate) -> None:
    """Let happen to the run whatever can."""
    with Command(arguments, story.out) as command:
        first.await_visitor()
        second.await_visitor()
        story.waiting = {shard for shard, _ in waiting(story.out)}
        for name, more in (("the same", []), ("other settings", ["--pose"])):
            besides = run_here(*arguments, *more)
            story.besides[name] = besides.exit_code, besides.stderr
        workers = command.workers()
        command.driver.kill()
        first.open()
        second.open()
        story.acts["driver killed"] = command.end(workers)

    first.close()
    with Command(arguments, story.out) as command:
        first.await_visitor()
        workers = command.workers()
        os.killpg(command.driver.pid, signal.SIGINT)
        story.acts["Ctrl-C"] = command.end(workers)

    first.open()
    with Command(arguments, story.out, FULL_DISK) as command:
        story.acts["disk full"] = command.end([])

    first.close()
    with Command(arguments, story.out) as command:
        first.await_visitor()
        first.close()
        pid = next(pid for shard, pid in waiting(story.out) if shard == min(story.waiting))
        os.kill(pid, signal.SIGKILL)
        first.await_visitor()
        first.open()
        story.acts["worker killed"] = command.end([])


def waiting(out: Path) -> Iterator[tuple[int, int]]:
    """Parts that a worker is at, and the pid of the worker."""
    for shard, path in ResultFolder(out).marked().items():
        marker = read_marker(path)
        if marker is not None:
            yield shard, marker.pid


def test_an_undisturbed_run(story: Story) -> None:
    act = story.undisturbed
    assert (act.code, act.parts) == (1, set(range(PARTS)))
    assert act.stdout.splitlines()[0] == (
        "157 pictures: 152 with faces, 0 without, 5 failed (2 damaged, 1 missing, 1 not a picture, 1 too large); "
        "152 faces"
    )
    assert [line.rpartition("/")[2].partition(":")[0] for line in act.stderr.splitlines()] == [
        "empty.png", "cut.jpg", "gone.jpg", "text.jpg", "huge.png",
    ]  # fmt: skip


def test_the_end_is_the_same_row_for_row(story: Story) -> None:
    last = story.acts["worker killed"]
    assert (last.code, last.stderr) == (1, story.undisturbed.stderr)
    assert last.stdout.splitlines()[0] == story.undisturbed.stdout.splitlines()[0]
    assert tables_of(story.out) == story.tables
    assert sorted(path.name for path in story.out.iterdir()) == [
        "faces", "images", "report.html", "run.json", "summary.json",
    ]  # fmt: skip


def test_nothing_half_written_has_a_name(story: Story) -> None:
    assert story.odd == []


def test_what_was_finished_stays_so(story: Story) -> None:
    parts = [act.parts for act in story.acts.values()]
    assert parts[0]
    assert all(before <= after for before, after in pairwise(parts))
    assert parts[-1] == set(range(PARTS))


def test_workers_end_with_their_driver(story: Story) -> None:
    act = story.acts["driver killed"]
    assert act.code == -signal.SIGKILL
    assert act.lingering == []
    assert len(story.waiting) == 2
    assert not story.waiting & act.parts, "they do not finish what somebody else will do"


def test_ctrl_c(story: Story) -> None:
    act = story.acts["Ctrl-C"]
    assert (act.code, act.lingering) == (130, [])
    assert "Traceback" not in act.stdout + act.stderr
    assert min(story.waiting) not in act.parts


def test_a_full_disk(story: Story) -> None:
    act = story.acts["disk full"]
    assert act.code == 1
    assert act.stderr == (
        f"Error: the results cannot be written: {story.out}: File too large. When that is put right, give the same "
        "command again: it goes on where this one stopped\n"
    )
    assert act.parts < set(range(PARTS))


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("the same", "another run is writing to this folder at the moment"),
        ("other settings", "there are the results of another run: pose was False, now True. Give another folder, or"),
    ],
)
def test_another_command_on_the_same_folder(story: Story, command: str, message: str) -> None:
    code, error = story.besides[command]
    assert code == 2
    assert error.startswith(f"Error: {story.out}: {message}")
    assert len(error.splitlines()) == 1
