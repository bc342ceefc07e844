from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from facepoints.batch.folder import ResultFolder
from facepoints.batch.record import RunRecord, claim
from facepoints.batch.settings import BatchSettings
from facepoints.errors import InputError
from facepoints.finder_settings import FinderSettings

SOURCES, MODEL = ["photos", "clip \u4e2d.mp4"], "facepoints 1.0, detector 12ab"


@pytest.fixture
def folder(tmp_path: Path) -> ResultFolder:
    folder = ResultFolder(tmp_path / "out")
    folder.make()
    return folder


def test_a_run_goes_on_in_its_folder(folder: ResultFolder) -> None:
    new = claim(folder, SOURCES, BatchSettings(pose=True), MODEL)
    assert new == RunRecord(SOURCES, BatchSettings(pose=True).as_dict(), MODEL, done=False)
    assert not folder.record.exists()
    new.save(folder)
    folder.image_table(0).touch()
    assert claim(folder, SOURCES, BatchSettings(pose=True), MODEL) == new
    replace(new, done=True).save(folder)
    assert claim(folder, SOURCES, BatchSettings(pose=True), MODEL) == replace(new, done=True)
    assert BatchSettings.from_dict(new.settings) == BatchSettings(pose=True)


@pytest.mark.parametrize(
    ("sources", "settings", "model", "message"),
    [
        (["photos"], {}, MODEL, "sources was photos clip \u4e2d.mp4, now photos"),
        (SOURCES[::-1], {}, MODEL, "sources was photos clip \u4e2d.mp4, now clip \u4e2d.mp4 photos"),
        (SOURCES, {"pose": True}, MODEL, "pose was False, now True"),
        (SOURCES, {"frames": 10, "shard_size": 8}, MODEL, "frames was 'key', now 10; shard_size was None, now 8"),
        (SOURCES, {"finder": FinderSettings(min_face=12)}, MODEL, "finder min_face was 20, now 12"),
        (SOURCES, {}, "facepoints 2.0", f"model was '{MODEL}', now 'facepoints 2.0'"),
    ],
)
def test_another_run_may_not(
    folder: ResultFolder, sources: list[str], settings: dict[str, object], model: str, message: str
) -> None:
    claim(folder, SOURCES, BatchSettings(), MODEL).save(folder)
    with pytest.raises(InputError) as error:
        claim(folder, sources, BatchSettings(**settings), model)  # type: ignore[arg-type]
    assert str(error.value) == (
        f"{folder.root}: there are the results of another run: {message}. Give another folder, or delete this one"
    )


def test_a_record_of_a_later_version(folder: ResultFolder) -> None:
    claim(folder, SOURCES, BatchSettings(), MODEL).save(folder)
    content = json.loads(folder.record.read_text(encoding="utf-8"))
    content["settings"]["smiles"] = 3
    folder.record.write_text(json.dumps({**content, "tags": ["a"]}))
    with pytest.raises(InputError, match="another run: smiles was 3, now None; tags was a, now None"):
        claim(folder, SOURCES, BatchSettings(), MODEL)


def test_tables_of_unknown_origin(folder: ResultFolder) -> None:
    folder.image_table(3).touch()
    with pytest.raises(InputError, match=r"tables in images already, and no run\.json .* Give another folder"):
        claim(folder, SOURCES, BatchSettings(), MODEL)


@pytest.mark.parametrize("content", [b"", b"{", b"12", b'"text"', b"\xff\xfe"])
def test_a_damaged_record(folder: ResultFolder, content: bytes) -> None:
    folder.record.write_bytes(content)
    with pytest.raises(InputError, match=r"run\.json: this record of a run is damaged"):
        claim(folder, SOURCES, BatchSettings(), MODEL)
