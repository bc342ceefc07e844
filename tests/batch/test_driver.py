from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyarrow", reason="pyarrow comes with the extra [batch]")

from facepoints import images
from facepoints.batch import BatchSettings, Summary, run
from facepoints.batch.careful import DEADLY
from facepoints.batch.driver import finish, run_parts
from facepoints.batch.marker import read_marker
from facepoints.batch.plan import Plan
from facepoints.batch.runners import Runner, RunnerError
from facepoints.batch.shard import Job, process_shard
from facepoints.batch.tables import Counts
from facepoints.errors import InputError, OutputError
from tests.batch.photos import write_broken, write_photos
from tests.batch.results import Rows, pictures_of, tables_of
from tests.batch.runners import DEADLY_SIZE, here, in_process, mortal, outcome, run_until
from tests.datasets.layouts import photo_of

SETTINGS = BatchSettings(shard_size=4)

no_forkserver = pytest.mark.skipif(os.name == "nt", reason="Windows has no processes that are forked")


@dataclass(frozen=True)
class Collection:
    """Pictures, and what a run finds that nothing disturbs.

    Attributes:
        photos: folder of 18 photos and 4 files that are none, which make six parts of 4, 4, 4, 4, 4 and 2; two photos
            in the second part end the workers of some runners.
        tables: its results.
        summary: of the run.
    """

    photos: Path
    tables: dict[str, Rows]
    summary: Summary

    @property
    def sources(self) -> list[str]:
        return [str(self.photos)]


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    folder = tmp_path_factory.mktemp("driver")
    photos = folder / "photos"
    write_photos(photos, 16)
    write_broken(photos)
    for name in ("004a.jpg", "005a.jpg"):
        images.write(photos / name, photo_of(50, DEADLY_SIZE)[0])
    summary = run([photos], folder / "out", SETTINGS, runner=here)
    return Collection(photos, tables_of(folder / "out"), summary)


class Disturbed(BaseException):
    """Breaks off a run, as Ctrl-C does."""


def broken_off_after(shards: int, error: BaseException) -> Runner:
    """A runner that does some shards, then raises an error."""

    def run(job: Job, todo: Sequence[int], workers: int) -> Iterator[dict[str, Any]]:
        yield from here(job, todo[:shards], workers)
        raise error

    return run


def never(job: Job, shards: Sequence[int], workers: int) -> Iterator[dict[str, Any]]:
    raise AssertionError("there is nothing to do")
    yield


def go_on(collection: Collection, out: Path, runner: Runner = here) -> None:
    """Run to the end, and expect what an undisturbed run gives."""
    assert run(collection.sources, out, SETTINGS, runner=runner) == collection.summary
    assert tables_of(out) == collection.tables
    assert sorted(path.name for path in out.iterdir()) == ["faces", "images", "report.html", "run.json", "summary.json"]


def test_the_whole_of_a_run(collection: Collection, tmp_path: Path) -> None:
    assert len(collection.tables) == 12
    assert collection.summary.text() == (
        "22 pictures: 18 with faces, 0 without, 4 failed (2 damaged, 1 not a picture, 1 too large); 18 faces"
    )
    rows = [row for name, rows in collection.tables.items() if name.startswith("images/") for row in rows]
    assert [Path(row["image"]).name for row in rows] == sorted(path.name for path in collection.photos.iterdir())
    go_on(collection, tmp_path / "out")
    written = (tmp_path / "out" / "report.html").stat().st_mtime_ns
    go_on(collection, tmp_path / "out", never)
    assert (tmp_path / "out" / "report.html").stat().st_mtime_ns == written, "what is done is not done again"


@no_forkserver
@pytest.mark.parametrize("stage", ["read", "detect", "estimate"])
def test_only_deadly_pictures_are_lost(collection: Collection, tmp_path: Path, stage: str) -> None:
    summary = run(collection.sources, tmp_path, SETTINGS, runner=mortal(stage))
    assert summary.failed == {**collection.summary.failed, "worker_died": 2}
    lost = {"width": None, "height": None, "faces": None, "error_kind": DEADLY.kind, "error": DEADLY.reason}
    expected = dict(collection.tables)
    images_name, faces_name = "images/part-00001.parquet", "faces/part-00001.parquet"
    deadly = [row["image"].endswith("a.jpg") for row in expected[images_name]]
    assert deadly == [False, True, False, True]
    rows = zip(expected[images_name], deadly, strict=True)
    expected[images_name] = [{**row, **lost} if ended else row for row, ended in rows]
    expected[faces_name] = expected[faces_name][::2]
    assert tables_of(tmp_path) == expected


@no_forkserver
@pytest.mark.parametrize(
    ("target", "call"),
    [
        ("facepoints.batch.plan:_PlanFiles.write", 3),
        ("facepoints.batch.record:RunRecord.save", 1),
        ("facepoints.batch.record:RunRecord.save", -1),
        ("facepoints.batch.tables:ShardTables.add", 10),
        ("facepoints.batch.tables:os.fsync", 6),  # between the names of the faces and the images
        ("tests.batch.runners:process_shard", -3),
        ("facepoints.batch.run:write_report", 1),
        ("facepoints.batch.run:finish", 1),
        ("facepoints.batch.record:RunRecord.save", -2),
    ],
)
def test_killed_at_any_moment(collection: Collection, tmp_path: Path, target: str, call: int) -> None:
    out = tmp_path / "out"
    assert in_process(run_until, target, call, collection.sources, out, {"shard_size": 4}) == 9
    for name, rows in tables_of(out).items():
        assert rows == collection.tables[name], "whatever has a name is whole"
    go_on(collection, out)


def test_deaths_of_the_driver_are_nobodys_fault(
    collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often it is interrupted at the same picture, even while that part is read carefully."""
    real = images.read

    def interrupted(source: object) -> object:
        image = real(source)  # type: ignore[arg-type]
        if image.shape[0] == DEADLY_SIZE:
            raise Disturbed
        return image

    def dying(job: Job, todo: Sequence[int], workers: int) -> Iterator[dict[str, Any]]:
        try:
            yield from here(job, todo, workers)
        except Disturbed:
            raise RunnerError("the worker is gone") from None

    with monkeypatch.context() as patch:
        patch.setattr(images, "read", interrupted)
        deaths = 0

        def dying_thrice(job: Job, todo: Sequence[int], workers: int) -> Iterator[dict[str, Any]]:
            nonlocal deaths
            deaths += 1
            yield from dying(job, todo, workers) if deaths < 4 else here(job, todo, workers)

        with pytest.raises(Disturbed):
            run(collection.sources, tmp_path, SETTINGS, runner=dying_thrice)
        for _ in range(5):
            with pytest.raises(Disturbed):
                run(collection.sources, tmp_path, SETTINGS, runner=here)
    (marker,) = (read_marker(path) for path in (tmp_path / ".part" / "running").glob("*.json"))
    assert marker is not None
    assert (marker.careful, sum(marker.suspects.values()), marker.blamed) == (True, 1, set())
    go_on(collection, tmp_path)


def test_workers_that_die_of_nothing(collection: Collection, tmp_path: Path) -> None:
    rounds: list[int] = []

    def dying(job: Job, todo: Sequence[int], workers: int) -> Iterator[dict[str, Any]]:
        rounds.append(len(todo))
        yield from here(job, todo[:1] if len(rounds) in (1, 4) else [], workers)
        raise RunnerError("no memory")

    with pytest.raises(RunnerError, match=r"die again and again \(no memory\)\. .* With fewer --workers"):
        run(collection.sources, tmp_path, SETTINGS, runner=dying)
    assert rounds == [6, 5, 5, 5, *[4] * 6], "progress gives them new chances"
    go_on(collection, tmp_path)


def test_workers_that_do_nothing(collection: Collection, tmp_path: Path) -> None:
    with pytest.raises(RunnerError, match="for no reason that is known"):
        run(collection.sources, tmp_path, SETTINGS, runner=lambda job, todo, workers: iter([]))


def test_a_worker_that_dies_again_and_again_does_not_stop_a_run_that_goes_on(
    collection: Collection, tmp_path: Path
) -> None:
    go_on(collection, tmp_path, broken_off_after(1, RunnerError("gone")))


def test_results_that_cannot_be_written(collection: Collection, tmp_path: Path) -> None:
    def full(job: Job, todo: Sequence[int], workers: int) -> Iterator[dict[str, Any]]:
        yield from here(job, todo[:2], workers)
        yield outcome(todo[2], fatal="/out: No space left on device")
        raise AssertionError("nobody asks for more")

    with pytest.raises(OutputError, match=r"cannot be written: /out: No space left on device\. When that is put right"):
        run(collection.sources, tmp_path, SETTINGS, runner=full)
    go_on(collection, tmp_path)


@pytest.mark.parametrize("told", [True, False])
def test_only_what_is_missing_is_done_and_counted(collection: Collection, tmp_path: Path, told: bool) -> None:
    with pytest.raises(Disturbed):
        run(collection.sources, tmp_path, SETTINGS, runner=broken_off_after(2, Disturbed()))
    asked: list[int] = []

    def noting(job: Job, todo: Sequence[int], workers: int) -> Iterator[dict[str, Any]]:
        asked.extend(todo)
        for each in here(job, todo, workers):
            yield each if told else outcome(each["shard"])

    with run_parts(collection.sources, tmp_path, SETTINGS, 1, noting) as finished:
        assert finished is not None
        assert (finished.pictures, finished.plan) == (14, Plan(6, 22, exact=True))
        finish(finished)
    assert asked == [2, 3, 4, 5]


def test_a_part_that_somebody_else_has_done_is_not_done_again(collection: Collection, tmp_path: Path) -> None:
    """By a worker of an earlier run that nobody waited for."""

    def twice(job: Job, todo: Sequence[int], workers: int) -> Iterator[dict[str, Any]]:
        process_shard(job, 3)
        before = job.folder.image_table(3).stat().st_mtime_ns
        yield from here(job, todo, workers)
        assert job.folder.image_table(3).stat().st_mtime_ns == before

    go_on(collection, tmp_path, twice)


def test_the_collection_is_what_it_was_when_the_run_began(tmp_path: Path) -> None:
    photos, out = write_photos(tmp_path / "photos", 10), tmp_path / "out"
    with pytest.raises(Disturbed):
        run([tmp_path / "photos"], out, SETTINGS, runner=broken_off_after(1, Disturbed()))
    (tmp_path / "photos" / "000a.jpg").write_bytes(photos[0].read_bytes())
    photos[5].unlink()
    summary = run([tmp_path / "photos"], out, SETTINGS, workers=7, runner=here)
    assert (summary.pictures, summary.failed) == (10, {"missing": 1})
    assert [Path(row["image"]).name for row in pictures_of(out)] == [photo.name for photo in photos]


def test_one_run_at_a_time(collection: Collection, tmp_path: Path) -> None:
    def second(job: Job, todo: Sequence[int], workers: int) -> Iterator[dict[str, Any]]:
        with pytest.raises(
            InputError, match=f"{re.escape(str(tmp_path))}: another run is writing to this folder at the moment"
        ):
            run(collection.sources, tmp_path, SETTINGS, runner=here)
        yield from here(job, todo, workers)

    go_on(collection, tmp_path, second)


def test_a_list_of_pictures_that_is_lost(collection: Collection, tmp_path: Path) -> None:
    """With another cut of the collection, parts would not fit together."""
    with pytest.raises(Disturbed):
        run(collection.sources, tmp_path, SETTINGS, runner=broken_off_after(0, Disturbed()))
    remove_tree(tmp_path / ".part")
    with pytest.raises(Disturbed):
        run(collection.sources, tmp_path, SETTINGS, runner=broken_off_after(2, Disturbed()))
    remove_tree(tmp_path / ".part")
    with pytest.raises(InputError, match=r"the list of pictures of this run, .*, is gone, so that it cannot go on"):
        run(collection.sources, tmp_path, SETTINGS, runner=never)
    assert len(tables_of(tmp_path)) == 4


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(path.read_bytes()[:99])])
@pytest.mark.parametrize("table", ["images", "faces"])
def test_a_table_that_is_lost_or_damaged(
    collection: Collection, tmp_path: Path, table: str, harm: Callable[[Path], object]
) -> None:
    with pytest.raises(Disturbed):
        run(collection.sources, tmp_path, SETTINGS, runner=broken_off_after(2, Disturbed()))
    harm(tmp_path / table / "part-00001.parquet")
    if (tmp_path / "images" / "part-00001.parquet").exists():
        with pytest.raises(
            InputError, match=r"delete images/part-00001\.parquet and faces/part-00001\.parquet and give"
        ):
            run(collection.sources, tmp_path, SETTINGS, runner=never)
        for name in ("images", "faces"):
            (tmp_path / name / "part-00001.parquet").unlink(missing_ok=True)
    go_on(collection, tmp_path)


def test_a_run_that_cannot_begin_leaves_nothing(tmp_path: Path) -> None:
    write_photos(tmp_path / "photos", 1)
    with pytest.raises(InputError, match=r"nowhere: there is no such file or folder"):
        run([tmp_path / "photos", tmp_path / "nowhere"], tmp_path / "out", SETTINGS, runner=never)
    assert [path.name for path in tmp_path.iterdir()] == ["photos"]
    (tmp_path / "out" / "mine").mkdir(parents=True)
    with pytest.raises(InputError, match=r"nowhere: there is no such file or folder"):
        run([tmp_path / "nowhere"], tmp_path / "out", SETTINGS, runner=never)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine"]


def test_progress_is_shown(collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("facepoints.batch.shard._NOTE_EVERY", 0.0)
    seen: list[object] = []
    found: list[int] = []

    @contextmanager
    def watch(plan: Plan, counts: Callable[[], Counts]) -> Iterator[None]:
        seen.extend([plan, counts()])

        def look() -> None:
            seen.append(counts())

        looks.append(look)
        yield
        seen.append(counts())

    def looking(job: Job, todo: Sequence[int], workers: int) -> Iterator[dict[str, Any]]:
        yield outcome(0, **vars(process_shard(job, 0)))
        looks[0]()
        # What a worker tells before its part is done.
        yield outcome(1, **vars(process_shard(job, 1, looks[0])))
        yield from here(job, todo[2:], workers)

    looks: list[Callable[[], None]] = []
    run(collection.sources, tmp_path, SETTINGS, runner=looking, watch=watch, planned=found.append)
    assert seen == [Plan(6, 22, exact=True), Counts(), Counts(4, 4), Counts(8, 8), Counts(22, 18, 4)]
    assert found == [4, 8, 12, 16, 20, 22]


def test_a_summary_that_was_deleted(collection: Collection, tmp_path: Path) -> None:
    run(collection.sources, tmp_path, SETTINGS, runner=here)
    for content in (None, "", "{}"):
        (tmp_path / "summary.json").unlink(missing_ok=True)
        if content is not None:
            (tmp_path / "summary.json").write_text(content)
        assert run(collection.sources, tmp_path, SETTINGS, runner=never) == collection.summary


@pytest.mark.parametrize(
    ("sources", "workers", "message"),
    [
        ([], None, r"at least one folder, file or address; got \[\]"),
        ("photos", None, "sources must be a list .* got 'photos'"),
        (Path("photos"), None, "sources must be a list"),
        (["photos"], 0, "at least 1 worker; got 0"),
    ],
)
def test_wrong_use(tmp_path: Path, sources: Any, workers: int | None, message: str) -> None:
    with pytest.raises(InputError, match=message):
        run(sources, tmp_path / "out", SETTINGS, workers=workers, runner=never)
    assert not (tmp_path / "out").exists()


def remove_tree(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()
