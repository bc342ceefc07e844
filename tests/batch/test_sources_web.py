"""Pictures, archives and lists on web servers: a real one on loopback."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from facepoints.batch.pictures import read_pictures
from facepoints.batch.sources import content, remote, zips
from facepoints.batch.sources.entry import Entry, SourceOptions
from facepoints.errors import InputError
from tests.batch.material import (
    NOTHING,
    entries_of,
    jpeg,
    names_and_numbers,
    pictures_of,
    tar_of,
    webdataset,
    write_pictures,
    zip_of,
)
from tests.batch.servers import WebServer, web_server

pytest.importorskip("daft", reason="Daft comes with the extra [batch]")
pytestmark = pytest.mark.usefixtures("own_network")


@pytest.fixture
def web() -> Iterator[WebServer]:
    with web_server() as server:
        yield server


def test_pictures_come_in_order_by_one_request_each(web: WebServer, tmp_path: Path) -> None:
    web.files = {f"/{number}.jpg": jpeg(number) for number in range(20)} | {"/odd name.jpg": jpeg(21)}
    urls = [f"{web.url}/{number}.jpg" for number in range(20)]
    write_pictures(tmp_path, ["here.jpg"])
    (tmp_path / "list.txt").write_text("\n".join([*urls, f"{web.url}/odd%20name.jpg", str(tmp_path / "here.jpg")]))
    found = names_and_numbers(pictures_of(tmp_path / "list.txt"))
    assert found == [
        *zip(urls, range(20), strict=True), (f"{web.url}/odd%20name.jpg", 21), (f"{tmp_path}/here.jpg", 0)
    ]  # fmt: skip
    assert sorted(web.requests) == sorted(("GET", path) for path in web.files)


def test_only_some_are_got_ahead(web: WebServer) -> None:
    web.files = {f"/{number}.jpg": jpeg(number % 20) for number in range(100)}
    pictures = read_pictures([Entry("file", path, web.url + path) for path in web.files], NOTHING)
    assert next(pictures).problem is None
    pictures.close()  # type: ignore[attr-defined]
    assert len(web.requests) <= 20
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("facepoints-ahead")]


def test_problems(web: WebServer, nobody: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "MAX_BYTES", 5000)
    monkeypatch.setattr(remote, "MAX_BYTES", 5000)
    web.files = {"/empty.jpg": b"", "/page.jpg": b"<html>Not here</html>", "/large.jpg": jpeg(1) + bytes(5000)}
    web.files |= dict.fromkeys(("/secret.jpg", "/fault.jpg"), b"")
    web.answers = {"/secret.jpg": 403, "/fault.jpg": 500}
    sources = [web.url + path for path in ("/gone.jpg", *web.files)] + [f"http://{nobody}/a.jpg"]
    pictures = pictures_of(*sources)
    assert [picture.name for picture in pictures] == sources
    assert [picture.problem and picture.problem.kind for picture in pictures] == [
        "missing", "damaged", "not_a_picture", "too_large", "unreadable", "unreachable", "unreachable"
    ]  # fmt: skip
    assert pictures[4].problem is not None
    assert pictures[4].problem.reason == "the server refuses it (403 Forbidden). Check the address"
    assert pictures[1].problem is not None
    assert "empty" in pictures[1].problem.reason


def test_archives(web: WebServer, tmp_path: Path) -> None:
    members = {f"{n}.jpg": jpeg(n) + np.random.default_rng(n).bytes(2000) for n in range(12)}
    web.files["/a.zip"] = zip_of(tmp_path / "a.zip", members).read_bytes()
    web.files["/b.tar"] = tar_of(tmp_path / "b.tar", members).read_bytes()
    web.files["/c.tar.gz"] = tar_of(tmp_path / "c.tgz", members, "w:gz").read_bytes()
    web.files["/cut.tar"] = web.files["/b.tar"][:8000]
    web.files["/cut.zip"] = web.files["/a.zip"][:8000]
    for name, kind in (("a.zip", "member"), ("b.tar", "stream"), ("c.tar.gz", "stream")):
        entries = entries_of(f"{web.url}/{name}")
        assert {entry.kind for entry in entries} == {kind}
        assert names_and_numbers(read_pictures(entries, NOTHING)) == [
            (f"{web.url}/{name}/{number}.jpg", number) for number in range(12)
        ]
    assert names_and_numbers(pictures_of(f"{web.url}/cut.zip")) == [(f"{web.url}/cut.zip", "damaged")]
    *whole, last = names_and_numbers(pictures_of(f"{web.url}/cut.tar"))
    assert [number for _, number in whole] == [0, 1]
    assert last == (f"{web.url}/cut.tar", "damaged")


def test_lists(web: WebServer, tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    web.files = {"/a.jpg": jpeg(1), "/list.txt": f"# ours\n{web.url}/a.jpg\n".encode()}
    pq.write_table(pa.table({"jpg": [jpeg(4), jpeg(5)]}), tmp_path / "rows.parquet")
    web.files["/rows.parquet"] = (tmp_path / "rows.parquet").read_bytes()
    assert names_and_numbers(pictures_of(f"{web.url}/list.txt", f"{web.url}/rows.parquet")) == [
        (f"{web.url}/a.jpg", 1), (f"{web.url}/rows.parquet#0", 4), (f"{web.url}/rows.parquet#1", 5)
    ]  # fmt: skip


def test_a_video(web: WebServer, tmp_path: Path) -> None:
    from tests.video.clips import make_clip, steady

    web.files["/clip.mp4"] = make_clip(tmp_path / "clip.mp4", steady(20)).read_bytes()
    pictures = pictures_of(f"{web.url}/clip.mp4", f"{web.url}/gone.mp4", options=SourceOptions(frames=5))
    assert [picture.frame for picture in pictures] == [0, 5, 10, 15, None]
    assert pictures[-1].problem is not None
    assert pictures[-1].problem.kind == "missing"


@pytest.mark.parametrize("name", ["gone.txt", "gone.parquet", "gone.zip"])
def test_lists_and_archives_that_are_not_there_stop(web: WebServer, name: str) -> None:
    with pytest.raises(InputError, match=f"{name}: .*there is no such file"):
        entries_of(f"{web.url}/{name}")


def test_a_zip_in_a_list_that_is_not_there_is_a_row(web: WebServer, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(f"{web.url}/gone.zip\n{web.url}/gone.tar\n")
    assert names_and_numbers(pictures_of(tmp_path / "list.txt")) == [
        (f"{web.url}/gone.zip", "missing"), (f"{web.url}/gone.tar", "missing")
    ]  # fmt: skip


def test_the_server_goes_during_the_run(web: WebServer, tmp_path: Path) -> None:
    web.files["/a.zip"] = zip_of(tmp_path / "a.zip", webdataset(3)).read_bytes()
    entries = entries_of(f"{web.url}/a.zip")
    web.files.clear()
    zips._opened.cache_clear()
    assert [kind for _, kind in names_and_numbers(read_pictures(entries, NOTHING))] == ["missing"] * 3
