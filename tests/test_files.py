import subprocess
import sys
from pathlib import Path

import pytest

from facepoints.errors import InputError, OutputError
from facepoints.files import atomic_write


def test_result_appears_only_at_the_end(tmp_path: Path) -> None:
    target = tmp_path / "faces.json"
    with atomic_write(target) as temporary:
        assert temporary.parent == tmp_path
        assert temporary.suffix == ".json"
        temporary.write_text("new")
        assert not target.exists()
    assert target.read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt])
def test_failure_keeps_the_old_file_and_leaves_nothing(tmp_path: Path, failure: type[BaseException]) -> None:
    target = tmp_path / "faces.json"
    target.write_text("old")

    def write_half() -> None:
        with atomic_write(target) as temporary:
            temporary.write_text("half")
            raise failure

    with pytest.raises(failure):
        write_half()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "target.txt", tmp_path / "link.txt"
    target.write_text("old")
    try:
        link.symlink_to(target)
    except OSError:
        pytest.skip("this system does not let us make links")
    with atomic_write(link) as temporary:
        temporary.write_text("new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"the folder .*nowhere does not exist"), atomic_write(tmp_path / "nowhere/a"):
        pass


def test_folder_as_target(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="it is a folder"), atomic_write(tmp_path):
        pass


def test_device_as_target() -> None:
    if not Path("/dev/null").exists():
        pytest.skip("no such device here")
    with pytest.raises(InputError, match="not an ordinary file"), atomic_write("/dev/null"):
        pass


def test_folder_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(InputError, match="no permission"), atomic_write(tmp_path / "a.txt"):
        pass


def test_full_disk(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="No space left on device"), atomic_write(tmp_path / "a.txt"):
        raise OSError(28, "No space left on device")


def test_errors_about_other_files_pass(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), atomic_write(tmp_path / "a.txt"):
        (tmp_path / "missing").read_text()


def test_killed_before_the_new_name(tmp_path: Path) -> None:
    target = tmp_path / "faces.json"
    target.write_text("old")
    program = """
import os, sys
from facepoints.files import atomic_write
with atomic_write(sys.argv[1]) as temporary:
    temporary.write_text("new")
    os._exit(9)
"""
    assert subprocess.run([sys.executable, "-c", program, target], check=False).returncode == 9
    assert target.read_text() == "old"
    with atomic_write(target) as temporary:
        temporary.write_text("newer")
    assert target.read_text() == "newer"
