"""Folders, globs, text lists and single files."""

import os
from pathlib import Path

import pytest

from facepoints import images
from facepoints.batch.entries import find_entries
from facepoints.batch.pictures import read_pictures
from facepoints.batch.sources import content, opening
from facepoints.batch.sources.entry import Entry, SourceOptions
from facepoints.errors import InputError
from tests.batch.material import (
    NOTHING,
    entries_of,
    jpeg,
    names_and_numbers,
    pictures_of,
    webdataset,
    write_pictures,
    zip_of,
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_folder_and_all_below_it(here: Path) -> None:
    write_pictures(here, ["photos/b.jpg", "photos/a/z.JPEG", "photos/a.jpg", "photos/.hidden.jpg", "photos/.git/x.jpg"])
    (here / "photos" / "notes.txt").write_text("photos/b.jpg")
    (here / "photos" / "a" / "clip.mp4").write_bytes(b"left out")
    zip_of(here / "photos" / "c.zip", {"one.jpg": jpeg(7)})
    assert entries_of("photos") == [
        Entry("file", "photos/a/z.JPEG", "photos/a/z.JPEG", size=len(jpeg(1))),
        Entry("file", "photos/a.jpg", "photos/a.jpg", size=len(jpeg(2))),
        Entry("file", "photos/b.jpg", "photos/b.jpg", size=len(jpeg(0))),
        Entry("member", "photos/c.zip/one.jpg", "photos/c.zip", "one.jpg", 0, len(jpeg(7))),
    ]
    assert names_and_numbers(pictures_of("photos")) == [
        ("photos/a/z.JPEG", 1), ("photos/a.jpg", 2), ("photos/b.jpg", 0), ("photos/c.zip/one.jpg", 7)
    ]  # fmt: skip


def test_none_comes_twice(here: Path) -> None:
    write_pictures(here, ["photos/a.jpg", "photos/b.jpg"])
    (here / "photos" / "again.jpg").symlink_to("a.jpg")
    (here / "link").symlink_to("photos")
    (here / "list.txt").write_text(f"photos/b.jpg\n{here}/photos/b.jpg\nlink/a.jpg\n")
    names = [entry.name for entry in entries_of("photos/b.jpg", "photos", "photos/*.jpg", "link", "list.txt")]
    assert names == ["photos/b.jpg", "photos/a.jpg"]


def test_results_of_an_earlier_run_are_no_input(here: Path) -> None:
    write_pictures(here, ["photos/a.jpg", "photos/out/drawn.jpg"])
    options = SourceOptions(left_out=here / "photos" / "out")
    assert [entry.name for entry in entries_of("photos", options=options)] == ["photos/a.jpg"]


def test_globs(here: Path) -> None:
    write_pictures(here, ["x/a.jpg", "x/y/b.png", "x/y/z/c.jpg", "x[1].jpg"])
    (here / "x" / "labels.txt").write_text("x/a.jpg\nx/gone.jpg\n")
    assert [entry.name for entry in entries_of("x/**/*")] == ["x/a.jpg", "x/y/b.png", "x/y/z/c.jpg"]
    assert [entry.name for entry in entries_of("x/**/*.jpg")] == ["x/a.jpg", "x/y/z/c.jpg"]
    assert [entry.name for entry in entries_of("x/*.txt")] == ["x/a.jpg", "x/gone.jpg"]  # asked for by its ending
    assert [entry.name for entry in entries_of("x[1].jpg")] == ["x[1].jpg"]  # there is a file of this name


def test_a_text_list(here: Path) -> None:
    write_pictures(here, ["photos/a.jpg", "photos/odd name.jpg", "other/ö.jpg"])
    zip_of(here / "more.zip", webdataset(2))
    uri = (here / "photos" / "odd name.jpg").as_uri()
    rows = ["# chosen by hand", "", "  other/ö.jpg ", uri, "gone.jpg", "more.zip", "photos", "broken.tar"]
    (here / "list.txt").write_bytes(b"\xef\xbb\xbf" + "\r\n".join(rows).encode())
    (here / "broken.tar").write_bytes(b"no archive")
    assert names_and_numbers(pictures_of("list.txt")) == [
        ("other/ö.jpg", 2),
        ((here / "photos" / "odd name.jpg").as_posix(), 1),
        ("gone.jpg", "missing"),
        ("more.zip/000000.jpg", 0),
        ("more.zip/000001.jpg", 1),
        ("photos", "not_a_picture"),
        ("broken.tar", "damaged"),
    ]


def test_names_that_are_no_text(here: Path) -> None:
    try:
        Path(os.fsdecode(b"gr\xfcn.jpg")).write_bytes(jpeg(4))
    except (OSError, UnicodeError):
        pytest.skip("this file system takes only names that are valid text")
    (here / "list.txt").write_bytes(b"./gr\xfcn.jpg\n")
    for source in (".", "list.txt", "*.jpg"):
        (entry,) = entries_of(source)
        assert entry.name == "gr\ufffdn.jpg"
        assert names_and_numbers(read_pictures([entry], NOTHING)) == [("gr\ufffdn.jpg", 4)]


def test_problems_are_told_by_kind_and_without_the_name(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "empty.jpg").write_bytes(b"")
    (here / "text.jpg").write_text("Dear diary")
    (here / "cut.jpg").write_bytes(jpeg(1, 300)[:500])
    (here / "large.jpg").write_bytes(jpeg(1, 40))
    (here / "long.jpg").write_bytes(jpeg(1) + bytes(6000))
    os.mkfifo(here / "pipe.jpg")
    monkeypatch.setattr(images, "MAX_PIXELS", 1000)
    monkeypatch.setattr(content, "MAX_BYTES", 6000)
    names = ["gone.jpg", "empty.jpg", "text.jpg", "cut.jpg", "large.jpg", "long.jpg", "pipe.jpg", "a\0b.jpg"]
    pictures = list(read_pictures([Entry("file", name, name) for name in names], NOTHING))
    problems = {picture.name: picture.problem for picture in pictures}
    assert {name: problem and problem.kind for name, problem in problems.items()} == {
        "gone.jpg": "missing",
        "empty.jpg": "damaged",
        "text.jpg": "not_a_picture",
        "cut.jpg": "damaged",
        "large.jpg": "too_large",
        "long.jpg": "too_large",
        "pipe.jpg": "unreadable",
        "a\0b.jpg": "missing",
    }
    for name, problem in problems.items():
        assert problem is not None
        assert name not in problem.reason
        assert "picture from memory" not in problem.reason
    assert all(picture.ms >= 0 and picture.image is None for picture in pictures)


def test_faults_of_the_disk_and_the_unforeseen(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_pictures(here, ["a.jpg"])

    def kind_with(error: Exception) -> str | None:
        def fail(path: str) -> int:
            raise error

        monkeypatch.setattr(opening, "_check_ordinary", fail)
        (picture,) = read_pictures([Entry("file", "a.jpg", "a.jpg")], NOTHING)
        return picture.problem and f"{picture.problem.kind}: {picture.problem.reason}"

    assert (
        kind_with(PermissionError(13, "Permission denied")) == "unreadable: the file cannot be read: Permission denied"
    )
    assert kind_with(OSError(5, "Input/output error")) == "unreadable: the file cannot be read: Input/output error"
    assert kind_with(KeyError("x")) == "failed: KeyError: 'x'"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("", "a source is empty"),
        ("gone", "gone: there is no such file or folder"),
        ("gone.zip", "gone.zip: there is no such file"),
        ("gone.txt", "gone.txt: there is no such file"),
        ("gone.parquet", "gone.parquet: there is no such file"),
        ("empty", "empty: no picture in this folder .looked for .*.jpg.*archives"),
        ("*.webp", "nothing matches this pattern"),
        ("blank.txt", "blank.txt: this list has no rows"),
        ("binary.txt", "binary.txt: this is no text file"),
        ("labels.zip", "labels.zip: no picture in this archive"),
        ("clip.mp4", "clip.mp4: videos are left out, and this is one"),
        ("gs://bucket/a.jpg", "addresses that begin with gs:// are not read"),
        ("s3://bucket/photos", "For all below it write s3://bucket/photos/"),
        ("https://host/photos/", "web servers do not list their files"),
    ],
)  # fmt: skip
def test_sources_that_stop_a_run_before_it_begins(here: Path, source: str, message: str) -> None:
    (here / "empty").mkdir()
    (here / "blank.txt").write_text("\n# nothing\n")
    (here / "binary.txt").write_bytes(b"PK\0\0")
    (here / "clip.mp4").write_bytes(b"x")
    zip_of(here / "labels.zip", {"a.json": b"{}"})
    with pytest.raises(InputError, match=message):
        entries_of(source)


def test_a_source_that_cannot_be_is_found_out_before_others_are_searched(here: Path) -> None:
    write_pictures(here, ["photos/a.jpg"])
    with pytest.raises(InputError, match="gone: there is no such file"):
        next(find_entries(["photos", "gone"], NOTHING))


def test_a_folder_that_cannot_be_listed_stops(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_pictures(here, ["photos/a.jpg", "photos/z/b.jpg"])
    scandir = os.scandir

    def refuse(path: str) -> object:
        if path.endswith("z"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(InputError, match="photos/z: this folder cannot be listed: Permission denied"):
        entries_of("photos")


def test_entries_come_lazily(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_pictures(here, ["photos/a/1.jpg", "photos/b/2.jpg"])
    listed: list[str] = []
    scandir = os.scandir

    def note(path: str) -> object:
        listed.append(path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", note)
    entries = find_entries(["photos"], NOTHING)
    assert next(entries).name == "photos/a/1.jpg"
    assert listed == ["photos", "photos/a"]
