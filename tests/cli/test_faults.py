"""Disks that are full, folders that may not be written to and files that vanish, under the commands that write."""

from pathlib import Path

import pytest

from tests.cli.conftest import run, tree

pytestmark = pytest.mark.usefixtures("asked")

COMMANDS = [
    ("detect", "photos", "--draw", "--out", "out"),
    ("detect", "photos", "--format", "pts", "--out", "out"),
    ("align", "photos", "--out", "out"),
    ("filter", "photos", "--filter", "mask", "--out", "out"),
]


@pytest.mark.parametrize("command", COMMANDS)
def test_full_disk(photos: Path, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    result = run(*command)
    assert result.exit_code != 0
    assert "No space left on device" in result.stderr
    assert "Traceback" not in result.stderr
    assert tree(Path("out")) == []


@pytest.mark.parametrize("command", COMMANDS)
def test_folder_that_may_not_be_written_to(
    photos: Path, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    result = run(*command)
    assert result.exit_code != 0
    assert "no permission to write" in result.stderr
    assert tree(Path("out")) == []


@pytest.mark.parametrize("command", COMMANDS)
def test_picture_that_vanishes(photos: Path, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Path.open

    def vanish(self: Path, *arguments: str, **options: str) -> object:
        if self.name == "two.png" and self.parent.name == "photos":
            self.unlink(missing_ok=True)
        return opened(self, *arguments, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", vanish)
    result = run(*command)
    assert result.exit_code == 1
    assert "two.png: there is no such file" in " ".join(result.stderr.split())
    assert any(name.startswith("one") for name in tree(Path("out")))
    assert not any(name.startswith("two") for name in tree(Path("out")))
