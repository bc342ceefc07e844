"""Pictures below the cell of a notebook: IPython's part is played by a stand-in that notes what it is given."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from facepoints import images
from facepoints.errors import InputError, MissingExtraError
from facepoints.video.webcam import NotebookView, Status, after, notebook


class Cell:
    """Stands in for IPython.display."""

    def __init__(self) -> None:
        self.made: list[bytes] = []
        self.updated: list[bytes] = []

    def Image(self, data: bytes, format: str) -> bytes:
        assert format == "jpeg"
        return data

    def display(self, shown: bytes, display_id: bool) -> Cell:
        assert display_id
        self.made.append(shown)
        return self

    def update(self, shown: bytes) -> None:
        self.updated.append(shown)


@pytest.fixture
def cell(monkeypatch: pytest.MonkeyPatch) -> Cell:
    cell = Cell()
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(display=cell))
    return cell


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    clock = SimpleNamespace(now=100.0)
    clock.perf_counter = lambda: clock.now
    monkeypatch.setattr(notebook, "clock", clock)
    return clock


def test_one_picture_that_changes(cell: Cell, clock: SimpleNamespace) -> None:
    view = NotebookView(most=10)
    for step in range(6):
        clock.now = 100 + 0.06 * step  # shown are the frames 0, 2 and 4
        view.show(np.full((20, 30, 3), 40 * step, dtype=np.uint8), Status(rate=16.0))
    view.show(None, Status())

    shown = [int(images.read(data)[10, 10, 0]) for data in cell.made + cell.updated]
    assert len(cell.made) == 1
    assert shown == pytest.approx([0, 80, 160], abs=2)
    assert (view.frames, view.rate) == (6, 16.0)


def test_it_ends_after_some_seconds(clock: SimpleNamespace) -> None:
    stopped = after(3.0)

    clock.now = 500.0
    assert not stopped()
    clock.now = 502.9
    assert not stopped()
    clock.now = 503.0
    assert stopped()


@pytest.mark.usefixtures("cell")
def test_no_pictures_a_second() -> None:
    with pytest.raises(InputError, match="above 0; got 0"):
        NotebookView(most=0)


def test_outside_of_notebooks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "IPython", None)

    with pytest.raises(MissingExtraError, match=r"facepoints\[notebooks\]"):
        NotebookView()
