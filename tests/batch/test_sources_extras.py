"""The packages that sources need are loaded when they are needed; one that is missing is told with what to install."""

import subprocess
import sys
from pathlib import Path

import pytest

from facepoints.batch.pictures import read_pictures
from facepoints.batch.sources.entry import Entry, SourceOptions
from facepoints.errors import MissingExtraError
from tests.batch.material import NOTHING, entries_of


def test_local_pictures_need_no_other_package() -> None:
    code = "import facepoints.batch.entries, facepoints.batch.pictures, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert {"daft", "pyarrow", "av"}.isdisjoint(loaded)


@pytest.mark.parametrize(
    ("package", "source", "extra"),
    [("pyarrow", "a.parquet", "batch"), ("av", "clip.mp4", "video"), ("daft", "s3://bucket/photos/", "batch")],
)
def test_a_missing_package_stops_a_run_before_it_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str, source: str, extra: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "clip.mp4").write_bytes(b"")
    (tmp_path / "a.parquet").write_bytes(b"")
    for name in list(sys.modules):
        if name == package or name.startswith((f"{package}.", "facepoints.batch.daft_setup", "facepoints.video.")):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError, match=rf"pip install 'facepoints\[{extra}\]'"):
        entries_of(source, options=SourceOptions(frames="key"))


def test_a_missing_package_is_no_fault_of_a_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "facepoints.batch.daft_setup", raising=False)
    monkeypatch.setitem(sys.modules, "daft", None)
    with pytest.raises(MissingExtraError):
        list(read_pictures([Entry("file", "a.jpg", "https://host/a.jpg")], NOTHING))
