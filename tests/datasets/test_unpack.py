import shutil
import stat
import zipfile
from collections import namedtuple
from pathlib import Path

import pytest

from facepoints.datasets.unpack import unpack
from facepoints.errors import DownloadError, InputError


def archive_of(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return path


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "target"
    folder.mkdir()
    return folder


def test_files_and_progress_without_what_macos_adds(tmp_path: Path, target: Path) -> None:
    files = {"a/b/one.jpg": b"one", "two.csv": b"two!", "__MACOSX/a/._one.jpg": b"x", "a/.DS_Store": b"x"}
    seen: list[tuple[int, int]] = []
    unpack(archive_of(tmp_path / "a.zip", files), target, lambda done, total: seen.append((done, total)))
    found = {path.relative_to(target).as_posix(): path.read_bytes() for path in target.rglob("*") if path.is_file()}
    assert found == {"a/b/one.jpg": b"one", "two.csv": b"two!"}
    assert seen == [(3, 7), (7, 7)]


@pytest.mark.parametrize("name", ["../out.txt", "a/../../out.txt", "/out.txt", "a\\..\\..\\out.txt", "C:out.txt"])
def test_nothing_leaves_the_folder(tmp_path: Path, target: Path, name: str) -> None:
    with pytest.raises(DownloadError, match="would lie outside the folder"):
        unpack(archive_of(tmp_path / "a.zip", {"good.txt": b"good", name: b"evil"}), target)
    assert not list(target.iterdir())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "target"]


def test_links_are_refused(tmp_path: Path, target: Path) -> None:
    entry = zipfile.ZipInfo("link")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(entry, "/etc")
    with pytest.raises(DownloadError, match="is a link"):
        unpack(tmp_path / "a.zip", target)


def test_a_wrong_checksum_is_found(tmp_path: Path, target: Path) -> None:
    path = archive_of(tmp_path / "a.zip", {"one.txt": b"some content of a file"})
    path.write_bytes(path.read_bytes().replace(b"some content", b"sOme content"))
    with pytest.raises(DownloadError, match="Bad CRC-32"):
        unpack(path, target)


@pytest.mark.parametrize("content", [b"", b"<html>log in first</html>"])
def test_no_archive(tmp_path: Path, target: Path, content: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(DownloadError, match="is no ZIP archive"):
        unpack(tmp_path / "a.zip", target)


def test_full_disk(tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = archive_of(tmp_path / "a.zip", {"one.txt": b"12345"})
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: namedtuple("usage", "free")(4))
    with pytest.raises(InputError, match="the disk has"):
        unpack(path, target)
    assert not list(target.iterdir())
