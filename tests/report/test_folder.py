from pathlib import Path

import pytest

from facepoints.errors import InputError
from facepoints.report.folder import make_folder, report_json, write_files


def test_files_are_written_and_named_in_order(tmp_path: Path) -> None:
    out = tmp_path / "new" / "report"
    written = write_files(out, {"b.txt": b"two", "a.txt": b"one"})
    assert [path.read_bytes() for path in written] == [b"one", b"two"]
    assert written == sorted(out.iterdir())


def test_a_folder_in_the_place_of_a_file_keeps_the_others_whole(tmp_path: Path) -> None:
    (tmp_path / "b.txt").mkdir()
    with pytest.raises(InputError, match=r"cannot write .*b\.txt: it is a folder"):
        write_files(tmp_path, {"a.txt": b"one", "b.txt": b"two"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "b.txt"]


def test_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match=r"file.*cannot be made"):
        make_folder(tmp_path / "file" / "report")


def test_json_keeps_letters_of_all_languages() -> None:
    assert report_json({"name": "Ærø", "nme": None}) == '{\n "name": "Ærø",\n "nme": null\n}'
