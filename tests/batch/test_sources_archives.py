"""Zip and tar archives, whole and broken."""

import gzip
import zipfile
from pathlib import Path

import numpy as np
import pytest

from facepoints.batch.pictures import read_pictures
from facepoints.batch.sources import content, zips
from facepoints.batch.sources.entry import Entry
from facepoints.errors import InputError
from tests.batch.material import NOTHING, entries_of, jpeg, names_and_numbers, pictures_of, tar_of, webdataset, zip_of

PACKED = [(".tar.gz", "w:gz"), (".tgz", "w:gz"), (".tar.bz2", "w:bz2"), (".tar.xz", "w:xz")]


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_zip(tmp_path: Path, compression: int) -> None:
    members = {
        "b/2.jpg": jpeg(2),
        "b/1.JPG": jpeg(1),
        "b/readme.txt": b"hi",
        "__MACOSX/b/._2.jpg": b"fork",
        ".x.png": b"h",
    }
    path = zip_of(tmp_path / "photos.zip", members, compression)
    entries = entries_of(path)
    assert [(entry.kind, entry.member, entry.size, entry.pictures) for entry in entries] == [
        ("member", "b/2.jpg", len(jpeg(2)), 1),
        ("member", "b/1.JPG", len(jpeg(1)), 1),
    ]
    assert names_and_numbers(read_pictures(entries, NOTHING)) == [(f"{path}/b/2.jpg", 2), (f"{path}/b/1.JPG", 1)]
    # A worker may get any part of an archive.
    assert names_and_numbers(read_pictures(entries[1:], NOTHING)) == [(f"{path}/b/1.JPG", 1)]


def test_webdataset_tar(tmp_path: Path) -> None:
    path = tar_of(tmp_path / "shard-000.tar", {f"./{name}": data for name, data in webdataset(5).items()})
    entries = entries_of(path)
    assert [entry.name for entry in entries] == [f"{path}/{number:06}.jpg" for number in range(5)]
    assert {entry.kind for entry in entries} == {"member"}
    for part in (entries, entries[3:], entries[1:2]):
        assert [number for _, number in names_and_numbers(read_pictures(part, NOTHING))] == [
            int(entry.name[-10:-4]) for entry in part
        ]


@pytest.mark.parametrize(("suffix", "mode"), PACKED)
def test_compressed_tars_are_read_from_front_to_back(tmp_path: Path, suffix: str, mode: str) -> None:
    path = tar_of(tmp_path / f"shard{suffix}", webdataset(5), mode)
    assert entries_of(path) == [Entry("stream", str(path), str(path), size=path.stat().st_size, pictures=None)]
    assert names_and_numbers(pictures_of(path)) == [(f"{path}/{number:06}.jpg", number) for number in range(5)]


def test_two_members_of_the_same_name(tmp_path: Path) -> None:
    path = tmp_path / "twice.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.jpg", jpeg(1))
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.jpg", jpeg(2))
    assert [number for _, number in names_and_numbers(pictures_of(path))] == [1, 2]


def test_a_bad_member_does_not_stop_the_others(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "a.zip", {f"{n}.jpg": jpeg(n) for n in range(4)}, zipfile.ZIP_STORED)
    raw = bytearray(path.read_bytes())
    raw[raw.index(jpeg(1)) + 100] ^= 0xFF  # its checksum is wrong now
    path.write_bytes(raw)
    assert [number for _, number in names_and_numbers(pictures_of(path))] == [0, "damaged", 2, 3]


def test_what_cannot_be_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zip_of(tmp_path / "a.zip", {"0.jpg": jpeg(0), "1.jpg": jpeg(1), "large.jpg": jpeg(2) + bytes(9000)})
    raw = path.read_bytes()
    # Bit 0 of the flags of the second member, in its header and in the directory: encrypted.
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = raw.index(header, raw.index(header) + 1) + flags
        raw = raw[:place] + bytes([raw[place] | 1]) + raw[place + 1 :]
    path.write_bytes(raw)
    monkeypatch.setattr(content, "MAX_BYTES", 5000)
    pictures = pictures_of(path)
    assert [number for _, number in names_and_numbers(pictures)] == [0, "unreadable", "too_large"]
    assert pictures[1].problem is not None
    assert "password" in pictures[1].problem.reason


def test_large_members_of_tars_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "MAX_BYTES", 5000)
    members = {"0.jpg": jpeg(0), "1.jpg": jpeg(1) + bytes(9000), "2.jpg": jpeg(2)}
    for path in (tar_of(tmp_path / "a.tar", members), tar_of(tmp_path / "a.tgz", members, "w:gz")):
        assert [number for _, number in names_and_numbers(pictures_of(path))] == [0, "too_large", 2]


STEP = 512 + -(-len(jpeg(0)) // 512) * 512
"""Bytes from member to member in a tar: a header and a picture, filled up to whole blocks."""


@pytest.mark.parametrize(
    ("cut", "expected"),
    [
        (STEP, [0]),  # between members; not every program writes the blocks that mark the end
        (2 * STEP - 1, [0, 1, "damaged"]),  # nothing of picture 1, only what fills its last block
        (STEP + 512 + 10, [0, "damaged", "damaged"]),  # in picture 1
        (STEP + 300, [0, "damaged"]),  # in a header
        (300, ["damaged"]),
        (0, ["damaged"]),
    ],
)
def test_tars_that_were_cut_short(tmp_path: Path, cut: int, expected: list[int | str]) -> None:
    path = tar_of(tmp_path / "a.tar", {f"{number}.jpg": jpeg(number) for number in range(3)})
    path.write_bytes(path.read_bytes()[:cut])
    found = names_and_numbers(pictures_of(path))
    assert [number for _, number in found] == expected
    if expected != [0]:
        assert found[-1][0] == str(path)


@pytest.mark.parametrize("part", [0.0, 0.3, 0.6, 0.9])
@pytest.mark.parametrize(("suffix", "mode"), [*PACKED, (".zip", "")])
def test_compressed_archives_that_were_cut_short(tmp_path: Path, suffix: str, mode: str, part: float) -> None:
    path = tmp_path / f"a{suffix}"
    members = {f"{n}.jpg": jpeg(n) + np.random.default_rng(n).bytes(3000) for n in range(9)}  # hardly compressible
    tar_of(path, members, mode) if mode else zip_of(path, members)
    raw = path.read_bytes()
    path.write_bytes(raw[: int(part * len(raw))])
    found = names_and_numbers(pictures_of(path))
    assert [number for _, number in found] == [*range(len(found) - 1), "damaged"]
    assert found[-1][0] == str(path)
    assert len(found) < 10


def test_damage_in_the_middle_of_a_tar_is_not_its_end(tmp_path: Path) -> None:
    members = {f"{number}.jpg": jpeg(number) for number in range(4)}
    for name, mode in (("a.tar", "w"), ("b.tgz", "w:gz")):
        whole = bytearray(tar_of(tmp_path / "whole.tar", members).read_bytes())
        whole[whole.index(b"2.jpg")] = 0xFF  # the checksum of this header is wrong now
        path = tmp_path / name
        path.write_bytes(whole if mode == "w" else gzip.compress(whole))
        assert [number for _, number in names_and_numbers(pictures_of(path))] == [0, 1, "damaged"]


def test_a_broken_archive_in_a_folder_is_a_row(tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_bytes(b"no archive")
    (tmp_path / "c.tgz").write_bytes(b"no archive")
    tar_of(tmp_path / "d.tgz", {"readme.txt": b"no picture"}, "w:gz")
    (tmp_path / "a.jpg").write_bytes(jpeg(3))
    assert names_and_numbers(pictures_of(tmp_path)) == [
        (f"{tmp_path}/a.jpg", 3),
        (f"{tmp_path}/b.zip", "damaged"),
        (f"{tmp_path}/c.tgz", "damaged"),
        (f"{tmp_path}/d.tgz", "not_a_picture"),
    ]


def test_an_archive_that_changes_or_goes_during_the_run(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "a.zip", webdataset(3))
    entries = entries_of(path)
    zip_of(path, {"other.jpg": jpeg(1)})
    assert [kind for _, kind in names_and_numbers(read_pictures(entries, NOTHING))] == [1, "missing", "missing"]
    path.unlink()
    pictures = list(read_pictures(entries, NOTHING))
    assert [kind for _, kind in names_and_numbers(pictures)] == ["missing"] * 3
    assert [picture.name for picture in pictures] == [entry.name for entry in entries]


def test_the_directory_of_a_zip_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = entries_of(zip_of(tmp_path / "a.zip", webdataset(6)))
    zips._opened.cache_clear()
    opened: list[object] = []
    real = zipfile.ZipFile

    def note(file: str) -> zipfile.ZipFile:
        opened.append(file)
        return real(file)

    monkeypatch.setattr(zips.zipfile, "ZipFile", note)
    for start in range(0, 6, 2):
        assert len(list(read_pictures(entries[start : start + 2], NOTHING))) == 2
    assert len(opened) == 1


def test_a_named_archive_that_may_not_be_read_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zip_of(tmp_path / "a.zip", webdataset(1))

    def refuse(place: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(zips, "_open", refuse)
    with pytest.raises(InputError, match=r"a\.zip: the file cannot be read: Permission denied"):
        entries_of(path)
