"""``facepoints align``."""

from pathlib import Path

import pytest

from facepoints import images
from tests.cli.conftest import run, tree

pytestmark = pytest.mark.usefixtures("asked")


def test_one_picture_a_face(photos: Path) -> None:
    result = run("align", "photos", "--out", "crops", "--size", "64")
    assert result.exit_code == 1
    assert "broken.jpg" in result.stderr
    assert tree(Path("crops")) == ["one-1.png", "two-1.png", "two-2.png"]
    assert images.read("crops/two-2.png").shape == (64, 64, 3)
    assert result.stdout.startswith("3 pictures, 3 faces, in crops\n")


def test_needs_a_folder_for_its_results(photos: Path) -> None:
    result = run("align", "photos/one.png")
    assert result.exit_code == 2
    assert "--out" in result.stderr
