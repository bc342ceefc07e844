import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from facepoints.datasets import read_keypoints
from facepoints.datasets.official import download_ytf
from facepoints.errors import DownloadError, InputError
from tests.cli.conftest import run
from tests.datasets.file_server import FileServer, serving
from tests.datasets.layouts import write_ytf


def ytf_archive(folder: Path, root: str = "") -> bytes:
    made = write_ytf(folder / "made", {"Ada_Lovelace": 2})
    write_ytf(made, {"Alan_Turing": 1}, "test")
    path = folder / "made.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(made.rglob("*")):
            archive.write(file, root + file.relative_to(made).as_posix())
    return path.read_bytes()


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FileServer]:
    with serving(FileServer(ytf_archive(tmp_path_factory.mktemp("archive")))) as running:
        yield running


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(("keep", "left"), [(False, ["ytf"]), (True, ["ytf", "ytf.zip"])])
def test_fetched_and_unpacked(server: FileServer, tmp_path: Path, keep: bool, left: list[str]) -> None:
    steps: set[str] = set()
    folder = download_ytf(
        tmp_path / "new" / "ytf", url=server.url, keep_archive=keep, progress=lambda what, done, total: steps.add(what)
    )
    assert len(read_keypoints(folder)) == 2
    assert names(tmp_path / "new") == left
    assert steps == {"Downloading", "Unpacking"}


def test_an_archive_with_a_folder_of_its_own(server: FileServer, tmp_path: Path) -> None:
    server.content = ytf_archive(tmp_path, root="train-test-data/")
    assert len(read_keypoints(download_ytf(tmp_path / "ytf", url=server.url))) == 2


@pytest.mark.parametrize("damage", ["page", "other", "bytes"])
def test_what_is_not_this_set_leaves_nothing(server: FileServer, tmp_path: Path, damage: str) -> None:
    if damage == "page":
        server.content = b"<html>log in first</html>"
    elif damage == "bytes":
        server.content = server.content.replace(b"\xff\xd8\xff", b"\xff\xd8\xfe", 1)
    else:
        with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
            archive.writestr("readme.txt", "something else")
        server.content = (tmp_path / "other.zip").read_bytes()
        (tmp_path / "other.zip").unlink()
    with pytest.raises(DownloadError, match=r"ytf\.zip"):
        download_ytf(tmp_path / "ytf", url=server.url)
    assert names(tmp_path) == []


def test_an_archive_that_is_there_is_used_and_kept(server: FileServer, tmp_path: Path) -> None:
    (tmp_path / "ytf.zip").write_bytes(server.content)
    download_ytf(tmp_path / "ytf", url=server.url)
    assert server.asked == []
    assert names(tmp_path) == ["ytf", "ytf.zip"]


def test_a_folder_that_is_there_is_not_touched(server: FileServer, tmp_path: Path) -> None:
    (tmp_path / "ytf").mkdir()
    (tmp_path / "ytf" / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="exists already"):
        download_ytf(tmp_path / "ytf", url=server.url)
    assert names(tmp_path / "ytf") == ["mine.txt"]
    assert server.asked == []


def test_command(server: FileServer, tmp_path: Path) -> None:
    folder = tmp_path / "ytf"
    result = run("data", "download", "ytf", folder, "--url", server.url)
    assert result.exit_code == 0
    assert f"{folder}: 2 training and 1 test faces with labels" in result.stdout
    assert result.stderr == "The official archive has 3,462 and 770; this is another one.\n"
    server.status = 404
    result = run("data", "download", "ytf", tmp_path / "again", "--url", server.url)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "answers 404" in result.stderr


@pytest.mark.parametrize(("name", "home"), [("300w", "ibug.doc.ic.ac.uk"), ("wider", "shuoyang1213.me/WIDERFACE")])
def test_sets_that_must_be_fetched_by_hand(name: str, home: str) -> None:
    result = run("data", "download", name)
    assert result.exit_code == 2
    assert home in result.stderr
