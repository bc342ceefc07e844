"""Which source a name stands for."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from facepoints.errors import InputError, VideoError
from facepoints.video import VideoReader, open_source, read, sources
from tests.video.clips import make_clip, steady


class Device:
    """Stands in for a camera: remembers its number."""

    def __init__(self, number: int) -> None:
        self.number = number


@pytest.mark.parametrize(("source", "number"), [(0, 0), ("0", 0), ("12", 12), ("/dev/video3", 3)])
def test_numbers_are_cameras(monkeypatch: pytest.MonkeyPatch, source: str | int, number: int) -> None:
    monkeypatch.setattr(sources, "Camera", Device)
    opened = open_source(source)
    assert isinstance(opened, Device)
    assert opened.number == number


def test_a_file_whose_name_is_a_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    make_clip(tmp_path / "clip.mp4", steady(3)).rename(tmp_path / "7")
    with open_source("./7") as source:
        assert isinstance(source, VideoReader)
        assert len(list(source)) == 3
    assert len(list(read(tmp_path / "7"))) == 3


def test_an_empty_name_is_wrong_use() -> None:
    with pytest.raises(InputError, match="the source is empty"):
        open_source("")


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Silent, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_urls(tmp_path: Path) -> None:
    make_clip(tmp_path / "clip.mp4", steady(10), sound="aac")
    with served(tmp_path) as address:
        with open_source(f"{address}/clip.mp4") as source:
            assert source.name == f"{address}/clip.mp4"
            assert len(list(source)) == 10
            assert source.problem is None
        with pytest.raises(VideoError, match=r"none\.mp4: this cannot be opened: .*Not Found.*Check the address"):
            open_source(f"{address}/none.mp4")


def test_a_file_url_is_a_file(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a clip.mp4", steady(3))
    assert len(list(read(clip.as_uri()))) == 3
    short = tmp_path / "short.mp4"
    whole = make_clip(tmp_path / "whole.mp4", steady(30), options={"movflags": "+faststart"})
    short.write_bytes(whole.read_bytes()[: whole.stat().st_size * 6 // 10])
    with open_source(short.as_uri()) as source:
        list(source)
    assert source.problem is not None
    assert "cut short" in source.problem
    with pytest.raises(VideoError, match="there is no such file"):
        open_source((tmp_path / "nowhere.mp4").as_uri())
    with pytest.raises(VideoError, match="three slashes"):
        open_source("file://elsewhere/clip.mp4")
