from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from facepoints.batch.estimate import estimate
from facepoints.batch.settings import BatchSettings
from facepoints.batch.sources.entry import Entry
from facepoints.errors import InputError
from tests.batch.material import jpeg, tar_of, webdataset, write_pictures, zip_of
from tests.batch.photos import write_photos

module = import_module("facepoints.batch.estimate")  # the package has a function of that name

SETTINGS = BatchSettings(frames=None)


def test_what_a_run_would_do(tmp_path: Path) -> None:
    write_photos(tmp_path, 6)
    zip_of(tmp_path / "a.zip", {"one.jpg": jpeg(1), "two.jpg": b"no picture", "three.jpg": jpeg(3)})
    tar_of(tmp_path / "b.tar.gz", webdataset(9), "w:gz")
    before = sorted(tmp_path.rglob("*"))
    estimated = estimate([str(tmp_path)], SETTINGS, workers=2)
    assert sorted(tmp_path.rglob("*")) == before, "nothing is written"
    assert estimated.entries == {"file": 6, "member": 3, "stream": 1}
    assert (estimated.pictures, estimated.exact) == (10, False)
    assert (estimated.tried, estimated.failed) == (6 + 3 + 4, 1), "of an archive that is streamed no more than four"
    assert estimated.ms > 0
    assert estimated.seconds == pytest.approx(estimated.ms / 1000 * 10 / 2)
    assert estimated.size == pytest.approx(10 * (24 + 937 * 6 / 13)), "six of 13 have a face"
    assert estimate([str(tmp_path)], SETTINGS, workers=1).tried == estimated.tried


def test_only_a_few_pictures_are_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SAMPLE", 5)
    write_pictures(tmp_path, [f"{number:02}.jpg" for number in range(25)])
    told: list[int] = []
    estimated = estimate([str(tmp_path)], SETTINGS, 1, told.append)
    assert (estimated.pictures, estimated.exact, estimated.tried) == (25, True, 5)
    assert told == [1]


def test_they_are_drawn_from_all() -> None:
    entries = [Entry("file", str(number), "") for number in range(400)]
    drawn = [int(entry.name) for entry in module._drawn_by_lot(entries, 48)]
    assert drawn == sorted(set(drawn))
    assert len(drawn) == 48
    assert [sum(start <= number < start + 100 for number in drawn) > 4 for start in (0, 100, 200, 300)] == [True] * 4
    assert module._drawn_by_lot(entries[:7], 48) == entries[:7]


def test_all_fail(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_text("no picture")
    estimated = estimate([str(tmp_path)], SETTINGS, 1)
    assert (estimated.tried, estimated.failed, estimated.size) == (1, 1, 24)


def test_a_source_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        estimate([str(tmp_path / "photos")], SETTINGS, 1)
