import sys
from types import SimpleNamespace

import numpy as np
import pytest

from facepoints import images
from facepoints.errors import InputError, MissingExtraError
from facepoints.report.notebook import show


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[SimpleNamespace]:
    """What IPython, played by a stand-in, was given to show."""
    shown: list[SimpleNamespace] = []

    def image(data: bytes, **options: object) -> SimpleNamespace:
        return SimpleNamespace(data=data, **options)

    display = SimpleNamespace(display=shown.append, Image=image)
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(display=display))
    return shown


def test_pictures_below_a_cell(shown: list[SimpleNamespace]) -> None:
    show(np.full((20, 30, 3), 80, np.uint8), np.full((40, 30, 3), 200, np.uint8), width=15)

    assert [images.read(one.data).shape for one in shown] == [(20, 30, 3), (40, 30, 3)]
    assert [(one.format, one.width) for one in shown] == [("jpeg", 15)] * 2


@pytest.mark.usefixtures("shown")
def test_what_is_no_picture() -> None:
    with pytest.raises(InputError, match="RGB"):
        show(np.zeros((4, 4)))


def test_outside_of_notebooks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "IPython", None)

    with pytest.raises(MissingExtraError, match=r"facepoints\[notebooks\]"):
        show()
