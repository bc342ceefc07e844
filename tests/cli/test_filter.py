"""``facepoints filter``."""

from pathlib import Path

import pytest

from facepoints import filters, images
from tests.cli.conftest import run, tree

pytestmark = pytest.mark.usefixtures("asked")


def test_writes_each_picture_with_its_filter(photos: Path) -> None:
    result = run("filter", "photos", "--filter", "mask", "-f", "straw-hat", "--out", "worn")
    assert result.exit_code == 1
    assert "broken.jpg" in result.stderr
    assert tree(Path("worn")) == ["one.png", "sub/one.png", "two.png"]
    assert result.stdout.startswith("3 pictures, 3 faces, in worn\n")
    assert (images.read("worn/two.png") != images.read("photos/two.png")).any()
    assert (images.read("worn/sub/one.png") == images.read("photos/sub/one.png")).all()


def test_list(photos: Path) -> None:
    result = run("filter", "--list")
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.splitlines()] == list(filters.NAMES)


def test_own_folder_and_its_errors(photos: Path) -> None:
    Path("mine").mkdir()
    Path("mine/filter.toml").write_text('[[layers]]\nkind = "pixelate"\ncells = 3\n')
    assert run("filter", "photos/one.png", "-f", "mine", "--out", "worn").exit_code == 0
    Path("mine/filter.toml").write_text('[[layers]]\nkind = "pixelate"\ncells = "3"\n')
    result = run("filter", "photos/one.png", "-f", "mine", "--out", "worn")
    assert result.exit_code == 2
    assert 'layer 1: cells = "3" is wrong' in " ".join(result.stderr.split())


def test_videos_have_a_command_of_their_own(photos: Path) -> None:
    Path("Clip.MP4").write_bytes(b"\0\0\0\x18ftypmp42" + bytes(100))
    result = run("filter", "Clip.MP4", "photos/one.png", "--filter", "blur", "--out", "worn")
    assert result.exit_code == 1
    assert "facepoints video Clip.MP4 --filter NAME --out FILE.mp4" in " ".join(result.stderr.split())
    assert tree(Path("worn")) == ["one.png"]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--filter", "cat", "--out", "worn"], "PHOTO"),
        (["photos/one.png", "--out", "worn"], "sunglasses"),
        (["photos/one.png", "--filter", "cat"], "--out"),
        (["photos/one.png", "--filter", "dog", "--out", "worn"], "unknown filter 'dog'"),
        (["photos/one.png", "--filter", "cat", "--out", "photos"], "replace an input"),
    ],
)
def test_wrong_use(photos: Path, arguments: list[str], word: str) -> None:
    result = run("filter", *arguments)
    assert result.exit_code == (1 if "photos" in arguments else 2)
    assert word in " ".join(result.stderr.split())
