from __future__ import annotations

from pathlib import Path

import pytest

from facepoints.batch import careful
from facepoints.batch.careful import DEADLY, read_carefully
from facepoints.batch.marker import Place
from facepoints.batch.sources.entry import Entry
from tests.batch.material import NOTHING, entries_of, jpeg, number_of, tar_of, write_pictures


@pytest.fixture
def entries(tmp_path: Path) -> list[Entry]:
    """A picture, an archive of three that is read from front to back, and a picture that is not there."""
    write_pictures(tmp_path, ["a.jpg"])
    tar_of(tmp_path / "b.tar.gz", {f"{number}.jpg": jpeg(number) for number in (4, 5, 6)}, "w:gz")
    return entries_of(tmp_path / "a.jpg", tmp_path / "b.tar.gz", tmp_path / "gone.jpg")


def read(entries: list[Entry], blamed: set[Place]) -> list[object]:
    """All notes, and of each picture its place with its number or the kind of its problem, in the order of events."""
    events: list[object] = []
    for place, picture in read_carefully(entries, NOTHING, blamed, lambda place: events.append(("note", place))):
        number = number_of(picture)
        events.append((place, number if picture.problem is None else picture.problem.kind))
    return events


def test_every_picture_is_noted_before_it_is_read(entries: list[Entry]) -> None:
    assert read(entries, set()) == [
        ("note", (0, 0)), ((0, 0), 0),
        ("note", (1, 0)), ((1, 0), 4), ("note", (1, 1)), ((1, 1), 5), ("note", (1, 2)), ((1, 2), 6), ("note", (1, 3)),
        ("note", (2, 0)), ((2, 0), "missing"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("blamed", "expected"),
    [
        ({(0, 0)}, [((0, 0), "worker_died"), ((1, 0), 4), ((1, 1), 5), ((1, 2), 6), ((2, 0), "missing")]),
        # Nothing is known of what lies behind it.
        ({(1, 1)}, [((0, 0), 0), ((1, 0), 4), ((1, 1), "worker_died"), ((2, 0), "missing")]),
        # What opens the archive, or reads on behind its last picture, may be deadly as well.
        ({(1, 0), (2, 0)}, [((0, 0), 0), ((1, 0), "worker_died"), ((2, 0), "worker_died")]),
        ({(1, 3)}, [((0, 0), 0), ((1, 0), 4), ((1, 1), 5), ((1, 2), 6), ((1, 3), "worker_died"), ((2, 0), "missing")]),
    ],
)
def test_what_is_blamed_is_left_out(entries: list[Entry], blamed: set[Place], expected: list[object]) -> None:
    assert [event for event in read(entries, blamed) if event[0] != "note"] == expected  # type: ignore[index]


def test_what_is_blamed_is_not_even_opened(entries: list[Entry], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = careful.read_pictures

    def reading(entries: list[Entry], options: object) -> object:
        for picture in real(entries, options):  # type: ignore[arg-type]
            asked.append(picture.name)
            yield picture

    monkeypatch.setattr(careful, "read_pictures", reading)
    ((place, picture),) = read_carefully(entries[:1], NOTHING, {(0, 0)}, lambda place: None)
    assert (place, picture.name, picture.image, picture.problem) == ((0, 0), entries[0].name, None, DEADLY)
    assert asked == []
