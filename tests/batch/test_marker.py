from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from facepoints.batch.marker import Marker, Place, begin, excuse, read_marker

FIRST, SECOND = (0, 0), (7, 3)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "00004.json"


def die(path: Path, run: str, place: Place | None = None) -> None:
    """Begin a part, and end without finishing it, at a place if the part is read carefully."""
    marker = begin(path, run)
    if marker.careful and place is not None:
        replace(marker, place=place).write(path)


@pytest.mark.parametrize(
    ("lives", "next_run", "deaths", "blamed"),
    [
        ("", "a", 0, set()),
        ("a", "a", 1, set()),
        ("a a", "a", 2, set()),
        ("a a a1", "a", 3, set()),
        ("a a a1 a1", "a", 4, {FIRST}),
        ("a a a1 a2", "a", 4, set()),
        ("a a a1 a2 a1 a2", "a", 6, {FIRST, SECOND}),
        # The driver was ended as well, each time, so that nobody knows what of.
        ("a b c", "d", 0, set()),
        ("a a a1 b1 c1 d1", "e", 2, set()),
        # What is known is kept from one life of the driver to the next.
        ("a a a1 a1 a b", "c", 4, {FIRST}),
        ("a a b b1 b1", "b", 4, {FIRST}),
    ],
)
def test_deaths(path: Path, lives: str, next_run: str, deaths: int, blamed: set[Place]) -> None:
    """Of each worker that died: the life of the driver, and where it was, if it read carefully."""
    for life in lives.split():
        die(path, life[0], {"1": FIRST, "2": SECOND}.get(life[1:]))
    marker = begin(path, next_run)
    assert (marker.deaths, marker.careful, marker.blamed) == (deaths, deaths >= 2, blamed)
    assert (marker.run, marker.pid, marker.done, marker.faces, marker.place) == (next_run, os.getpid(), 0, 0, None)


def test_whom_the_driver_ended_is_not_to_blame(path: Path) -> None:
    for _ in range(2):
        die(path, "a")
    for _ in range(5):
        die(path, "a", FIRST)
        excuse(path)
    marker = begin(path, "a")
    assert (marker.deaths, marker.blamed) == (2, set())


def test_there_may_be_nobody_to_excuse(path: Path) -> None:
    excuse(path)
    assert not path.exists()


def test_it_comes_back_as_it_was_written(path: Path) -> None:
    marker = Marker("a", "host", 12, done=5, faces=9, deaths=3, place=SECOND, suspects={FIRST: 1, SECOND: 2})
    marker.write(path)
    assert read_marker(path) == marker
    replace(marker, place=None, suspects={}).write(path)
    assert read_marker(path) == replace(marker, place=None, suspects={})
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("content", [None, "", '{"run": "a'])
def test_a_note_that_is_lost_counts_as_none(path: Path, content: str | None) -> None:
    if content is not None:
        path.write_text(content)
    assert read_marker(path) is None
    assert begin(path, "a").deaths == 0
