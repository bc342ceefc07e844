from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("pyarrow", reason="pyarrow comes with the extra [batch]")

from facepoints.batch import plan as module
from facepoints.batch.plan import Plan, cut, expected_pictures, read_plan, read_shard, write_plan
from facepoints.batch.sources.entry import Entry
from facepoints.errors import InputError


def files(count: int) -> list[Entry]:
    return [Entry("file", f"{number}.jpg", f"/{number}.jpg") for number in range(count)]


def sizes(shards: Iterator[list[Entry]]) -> list[int]:
    return [len(shard) for shard in shards]


@pytest.mark.parametrize(
    ("count", "workers", "shard_size", "expected"),
    [
        (0, 2, None, []),
        (1, 2, None, [1]),
        (20, 2, None, [8, 8, 4]),
        (100, 2, None, [13] * 7 + [9]),
        (100, 4, None, [8] * 12 + [4]),
        (1024, 1, None, [256] * 4),
        (1025, 1, None, [256] * 4 + [1]),
        (5, 16, 2, [2, 2, 1]),
        (4, 1, 1, [1] * 4),
    ],
)
def test_sizes(count: int, workers: int, shard_size: int | None, expected: list[int]) -> None:
    assert sizes(cut(files(count), workers, shard_size)) == expected


def test_parts_grow_with_what_lies_before_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_GROWTH", 10)
    monkeypatch.setattr(module, "_LARGEST", 400)
    parts = sizes(cut(files(20_000), 1))
    assert parts[:10] == [256] * 10
    assert parts[11] == 281  # 256 * 11 / 10
    assert parts[:-1] == sorted(parts[:-1])
    assert parts[-2] == 400
    assert sum(parts) == 20_000
    assert set(sizes(cut(files(5000), 1, 50))) == {50}, "a size that was asked for stays"


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    kinds = draw(st.lists(st.sampled_from(["file", "member", "row", "video", "stream"]), max_size=80))
    return [
        Entry(
            kind, str(number), "/", pictures=draw(st.sampled_from([None, 1, 7])) if kind in ("video", "stream") else 1
        )
        for number, kind in enumerate(kinds)
    ]


@given(entries(), st.integers(1, 5), st.one_of(st.none(), st.integers(1, 20)))
def test_nothing_is_lost_and_nothing_twice(entries: list[Entry], workers: int, shard_size: int | None) -> None:
    shards = list(cut(entries, workers, shard_size))
    assert all(shards)
    assert sorted(int(entry.name) for entry in chain(*shards)) == list(range(len(entries)))
    for shard in shards:
        assert [int(entry.name) for entry in shard] == sorted(int(entry.name) for entry in shard)
        assert len(shard) == 1 or not any(entry.holds_many for entry in shard)


def test_entries_are_taken_lazily() -> None:
    taken = 0

    def endless() -> Iterator[Entry]:
        nonlocal taken
        while True:
            taken += 1
            yield Entry("file", "name", "/place")

    shards = cut(endless(), 2)
    assert len(next(shards)) == 256
    assert taken == 2 * 4 * 256
    for _ in range(20):
        next(shards)
    assert taken == 21 * 256


def test_a_plan_comes_back_as_it_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SHARDS_A_FILE", 3)
    odd = os.fsdecode(b"caf\xe9 \xff.jpg")
    shards = [
        [Entry("file", "bild \u4e2d.jpg", f"/photos/{odd}", size=12)],
        [
            Entry("member", "a.zip/b.jpg", "/a.zip", "b.jpg", 77, 12),
            Entry("row", "t.parquet#3", "/t.parquet", index=3),
        ],
        [Entry("video", "c.mp4", "/c.mp4", pictures=None)],
        [Entry("stream", "https://host/d.tgz", "https://host/d.tgz", pictures=None)],
        [Entry("video", "e.mp4", "s3://bucket/e.mp4", pictures=40)],
        *[[entry] for entry in files(5)],
    ]
    counted: list[int] = []
    plan = write_plan(shards, tmp_path / "plan", counted.append)
    assert plan == Plan(10, 1 + 2 + 1 + 1 + 40 + 5, exact=False)
    assert counted == [1, 3, 4, 5, 45, 46, 47, 48, 49, 50]
    assert read_plan(tmp_path / "plan") == plan
    assert [read_shard(tmp_path / "plan", number) for number in range(10)] == shards
    assert len(list((tmp_path / "plan").glob("*.parquet"))) == 4


def test_places_are_absolute_and_names_are_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_plan([[Entry("file", "photos/a.jpg", "photos/../photos/a.jpg")]], Path("plan"))
    monkeypatch.chdir("/")
    (entry,) = read_shard(tmp_path / "plan", 0)
    assert (entry.name, entry.place) == ("photos/a.jpg", str(tmp_path / "photos" / "a.jpg"))


def test_half_a_plan_is_none(tmp_path: Path) -> None:
    def broken_off() -> Iterator[list[Entry]]:
        yield files(3)
        raise InputError("the second source is not there")

    folder = tmp_path / "plan"
    with pytest.raises(InputError, match="second source"):
        write_plan(broken_off(), folder)
    assert read_plan(folder) is None
    assert not folder.exists()
    assert write_plan([files(2)], folder) == read_plan(folder) == Plan(1, 2, exact=True)
    assert read_shard(folder, 0) == files(2)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"shards": 1}', '{"shards": 1, "pictures": 1, "exact": true, "x": 1}']
)
def test_a_damaged_plan(tmp_path: Path, content: str) -> None:
    (tmp_path / "plan.json").write_text(content)
    with pytest.raises(InputError, match=r"plan\.json: the plan of this run cannot be read: .* Give another folder"):
        read_plan(tmp_path)


def test_expected_pictures() -> None:
    assert expected_pictures([]) == 0
    assert (
        expected_pictures([Entry("video", "", "", pictures=None), Entry("video", "", "", pictures=0), *files(3)]) == 4
    )
