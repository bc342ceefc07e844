"""``facepoints align``."""

from pathlib import Path

import pytest

from facepoints import images
from facepoints.finder_settings import FinderSettings
from tests.cli.conftest import run, tree

pytestmark = pytest.mark.usefixtures("asked")


def test_one_picture_a_face(photos: Path) -> None:
    result = run("align", "photos", "--out", "crops", "--size", "64")
    assert result.exit_code == 1
    assert "broken.jpg" in result.stderr
    assert tree(Path("crops")) == ["one-1.png", "two-1.png", "two-2.png"]
    assert images.read("crops/two-2.png").shape == (64, 64, 3)
    assert result.stdout.startswith("3 pictures, 3 faces, in crops\n")


def test_options_reach_the_finder(photos: Path, asked: list[FinderSettings]) -> None:
    run(
        *("align", "photos/one.png", "--out", "crops", "--detector", "haar", "--min-face", "40", "--min-score", "0.3"),
        *("--max-faces", "3", "--threads", "2", "--scale-factor", "1.3", "--min-neighbors", "0"),
    )
    run("align", "photos/one.png", "--out", "crops", "--any-rotation")
    assert asked == [
        FinderSettings("haar", "compact", 40, 0.3, 3, 2, 1.3, 0),
        FinderSettings("network", "compact", 20, None, None, 1, any_rotation=True),
    ]


def test_needs_a_folder_for_its_results(photos: Path) -> None:
    result = run("align", "photos/one.png")
    assert result.exit_code == 2
    assert "--out" in result.stderr
