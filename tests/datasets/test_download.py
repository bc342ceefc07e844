import shutil
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import pytest

from facepoints.datasets.download import fetch
from facepoints.errors import DownloadError, InputError
from tests.datasets.file_server import FileServer, serving

CONTENT = bytes(range(256)) * 40


@pytest.fixture
def server() -> Iterator[FileServer]:
    with serving(FileServer(CONTENT)) as running:
        yield running


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def interrupted(server: FileServer, path: Path, after: int = 1000) -> None:
    """A first call that gets so many bytes and then meets a server that is out of order."""

    def stop(done: int, total: int | None) -> None:
        if done >= after:
            raise KeyboardInterrupt

    server.cut_after = after
    with pytest.raises(KeyboardInterrupt):
        fetch(server.url, path, stop)
    server.cut_after = None
    server.asked.clear()


def test_whole_file_and_progress(server: FileServer, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    path = fetch(server.url, tmp_path / "file.zip", lambda done, total: seen.append((done, total)))
    assert path.read_bytes() == CONTENT
    assert names(tmp_path) == ["file.zip"]
    assert seen[0] == (0, len(CONTENT))
    assert seen[-1] == (len(CONTENT), len(CONTENT))


def test_cut_connections_are_opened_again_for_the_rest_alone(server: FileServer, tmp_path: Path) -> None:
    server.cut_after = 4000
    assert fetch(server.url, tmp_path / "file.zip").read_bytes() == CONTENT
    assert server.asked == ["", "bytes=4000-", "bytes=8000-"]


def test_a_later_call_goes_on(server: FileServer, tmp_path: Path) -> None:
    path = tmp_path / "file.zip"
    interrupted(server, path)
    assert names(tmp_path) == ["file.zip.part", "file.zip.part.json"]
    assert fetch(server.url, path).read_bytes() == CONTENT
    assert server.asked == ["bytes=1000-"]
    assert names(tmp_path) == ["file.zip"]


def test_a_file_that_has_changed_is_fetched_anew(server: FileServer, tmp_path: Path) -> None:
    interrupted(server, tmp_path / "file.zip")
    server.content, server.tag = CONTENT[::-1], '"two"'
    assert fetch(server.url, tmp_path / "file.zip").read_bytes() == CONTENT[::-1]


def test_what_came_from_another_address_is_not_continued(server: FileServer, tmp_path: Path) -> None:
    interrupted(server, tmp_path / "file.zip")
    assert fetch(f"{server.url}?other", tmp_path / "file.zip").read_bytes() == CONTENT
    assert server.asked == [""]


@pytest.mark.parametrize("ranges", ["ignored", "shifted", "refused"])
def test_servers_without_good_ranges(server: FileServer, tmp_path: Path, ranges: str) -> None:
    interrupted(server, tmp_path / "file.zip")
    server.ranges = ranges
    assert fetch(server.url, tmp_path / "file.zip").read_bytes() == CONTENT


def test_a_part_that_nobody_asked_for(server: FileServer, tmp_path: Path) -> None:
    server.ranges = "always"
    with pytest.raises(DownloadError, match="sends a part of the file"):
        fetch(server.url, tmp_path / "file.zip")


def test_all_was_there_before_the_end_was_noticed(server: FileServer, tmp_path: Path) -> None:
    interrupted(server, tmp_path / "file.zip", after=len(CONTENT))
    assert fetch(server.url, tmp_path / "file.zip").read_bytes() == CONTENT
    assert server.asked == [f"bytes={len(CONTENT)}-"]


def test_without_tag_and_length(server: FileServer, tmp_path: Path) -> None:
    server.tag, server.length = None, False
    assert fetch(server.url, tmp_path / "file.zip").read_bytes() == CONTENT


def test_a_server_that_always_breaks_at_the_same_place(server: FileServer, tmp_path: Path) -> None:
    server.cut_after, server.ranges = 5000, "ignored"
    with pytest.raises(DownloadError, match=r"broke after 0\.0 MB \(0\.0 MB were announced\)\. Run the same again"):
        fetch(server.url, tmp_path / "file.zip")
    assert not (tmp_path / "file.zip").exists()


@pytest.mark.parametrize("status", [403, 404, 503])
def test_refusals(server: FileServer, tmp_path: Path, status: int) -> None:
    server.status = status
    with pytest.raises(DownloadError, match=f"the server answers {status} "):
        fetch(server.url, tmp_path / "file.zip")
    assert names(tmp_path) == []


def test_no_server(server: FileServer, tmp_path: Path) -> None:
    with serving(FileServer(b"")) as gone:
        url = gone.url
    with pytest.raises(DownloadError, match="cannot be reached: "):
        fetch(url, tmp_path / "file.zip")


def test_full_disk(server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10, 0, 10_000))
    with pytest.raises(InputError, match=r"0\.0 MB are needed, and the disk has 0\.0 MB free"):
        fetch(server.url, tmp_path / "file.zip")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://host/file", "train-test-data.zip"])
def test_other_addresses_are_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(InputError, match="must begin with http"):
        fetch(url, tmp_path / "file.zip")
