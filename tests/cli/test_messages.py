import pytest

from facepoints.cli.messages import Failure, count


@pytest.mark.parametrize(
    ("name", "reason", "line"),
    [
        ("a.jpg", "it is empty", "a.jpg: it is empty"),
        ("a.jpg", "a.jpg: it is empty", "a.jpg: it is empty"),
        ("in/a.jpg", "in\\a.jpg: it is empty", "in\\a.jpg: it is empty"),
        ("folder", "no picture in this folder", "folder: no picture in this folder"),
        ("", "no such file", "'': no such file"),
    ],
)
def test_a_failure_names_its_input_once(name: str, reason: str, line: str) -> None:
    assert str(Failure(name, reason)) == line


@pytest.mark.parametrize(("number", "words"), [(0, "0 faces"), (1, "1 face"), (2, "2 faces"), (1000, "1,000 faces")])
def test_count(number: int, words: str) -> None:
    assert count(number, "face") == words
