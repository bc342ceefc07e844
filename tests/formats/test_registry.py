import io
from pathlib import Path

import pytest

from facepoints import formats
from facepoints.errors import InputError
from tests.random_faces import faces_of, mean_face

ONE_FACE = faces_of(mean_face((100, 100), 60))


@pytest.mark.parametrize("format_name", ["json", "jsonl", "csv", "coco"])
def test_file_appears_only_when_it_is_complete(tmp_path: Path, format_name: str) -> None:
    path = tmp_path / "result"

    def stop_halfway() -> None:
        with formats.open_writer(format_name, path) as writer:
            writer.write("a.jpg", 200, 200, ONE_FACE)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop_halfway()
    assert not list(tmp_path.iterdir())


def test_unknown_format_and_ending(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="unknown format 'xml'; known are json, jsonl, csv, pts, coco"):
        formats.open_writer("xml", io.StringIO()).__enter__()
    with pytest.raises(InputError, match=r"result\.xml: unknown ending.*\.json, \.jsonl, \.csv"):
        formats.read(tmp_path / "result.xml")
    for name in ("result.json", "result"):
        with pytest.raises(InputError, match="there is no such file"):
            formats.read(tmp_path / name)
    with pytest.raises(InputError, match=r"this folder is not one of facepoints batch, and has no \.pts file"):
        formats.read(tmp_path)


def test_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        formats.open_writer("json", tmp_path / "nowhere" / "result.json").__enter__()


def test_file_names_that_are_no_text(tmp_path: Path) -> None:
    name = b"caf\xe9.jpg".decode("utf-8", "surrogateescape")
    for format_name, ending in {"json": "json", "jsonl": "jsonl", "csv": "csv", "coco": "coco.json"}.items():
        path = tmp_path / f"result.{ending}"
        with formats.open_writer(format_name, path) as writer:
            writer.write(name, 200, 200, ONE_FACE)
        assert [read for read, _ in formats.read(path)] == [name]
