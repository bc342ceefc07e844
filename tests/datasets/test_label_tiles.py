from pathlib import Path

import numpy as np
import pytest

from facepoints import images
from facepoints.datasets import choose_entries, label_tiles, take_inventory
from facepoints.errors import ImageError, InputError
from facepoints.formats.pts import read_pts, write_pts
from tests.cli.conftest import run
from tests.datasets.layouts import photo_of, write_pts_folder, write_wider, write_ytf

NAMES = [f"{letter}" for letter in "abcdefgh"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_pts_folder(tmp_path / "faces", NAMES)


def chosen(folder: Path, count: int, order: str, **options: object) -> list[str]:
    entries = choose_entries(take_inventory(folder), count, order, **options)  # type: ignore[arg-type]
    return [entry.image.stem for entry in entries]


def test_orders(folder: Path) -> None:
    points = read_pts(folder / "c.pts")
    write_pts(folder / "c.pts", points[::-1])
    points = read_pts(folder / "f.pts")
    write_pts(folder / "f.pts", points / 3 + 40)
    assert chosen(folder, 2, "first") == ["a", "b"]
    assert chosen(folder, 1, "odd") == ["c"]
    assert chosen(folder, 1, "small") == ["f"]
    picked = chosen(folder, 5, "random")
    assert len(picked) == 5
    assert picked == sorted(picked) == chosen(folder, 5, "random")
    assert any(chosen(folder, 5, "random", seed=seed) != picked for seed in (1, 2, 3))
    assert chosen(folder, 100, "random") == NAMES


def test_splits_and_people(tmp_path: Path) -> None:
    root = write_ytf(tmp_path, {"Ada_Lovelace": 2, "Alan_Turing": 1})
    write_ytf(root, {"Alan_Turing": 1}, "test")
    assert chosen(root, 9, "first", split="test") == ["Alan_Turing_00"]
    assert chosen(root, 9, "first", people={"Ada_Lovelace"}) == ["Ada_Lovelace_00", "Ada_Lovelace_01"]
    with pytest.raises(InputError, match="no label that could be shown of the split 'val'; there are: training, test"):
        chosen(root, 9, "first", split="val")


def test_points_are_drawn_where_the_label_says(folder: Path) -> None:
    inventory = take_inventory(folder)
    entries = choose_entries(inventory, 1, "first")
    keypoints = entries[0].keypoints
    assert keypoints is not None
    for whole in (False, True):
        (tile,), (caption,) = label_tiles(inventory, entries, size=320, whole=whole, on_error=pytest.fail)
        assert caption == "a.png\ntraining"
        assert tile.shape == (320, 320, 3)
        assert len(np.unique(tile.reshape(-1, 3), axis=0)) > 100
        if whole:
            photo = np.kron(photo_of(0)[0], np.ones((2, 2, 1))).astype(int)
            changed = np.abs(tile.astype(int) - photo).max(axis=2) > 60
            for x, y in np.round((keypoints[[8, 30, 36]] + 0.5) * 2 - 0.5).astype(int):
                assert changed[y - 3 : y + 4, x - 3 : x + 4].any()
            assert not changed[:60].any()


def test_pictures_that_cannot_be_read_are_told(folder: Path) -> None:
    (folder / "b.png").write_text("no picture")
    inventory = take_inventory(folder)
    told: list[tuple[Path, ImageError]] = []
    tiles, _ = label_tiles(inventory, inventory.entries, on_error=lambda path, error: told.append((path, error)))
    assert len(tiles) == len(NAMES) - 1
    assert [path.name for path, _ in told] == ["b.png"]


def test_boxes(tmp_path: Path) -> None:
    root = write_wider(tmp_path, ["a.jpg", "2", "40 40 60 60 0 0 0 0 0 0", "5 5 0 9 0 0 0 0 0 0"])
    images.write(root / "WIDER_train" / "images" / "a.jpg", photo_of(0)[0])
    inventory = take_inventory(root)
    (tile,), _ = label_tiles(inventory, inventory.entries, size=80, on_error=pytest.fail)
    assert tile.shape == (80, 80, 3)
    assert tile[20, 35].astype(int)[0] - tile[20, 35].astype(int)[2] > 120  # the upper edge of the box is yellow
    with pytest.raises(InputError, match="is for keypoints"):
        choose_entries(inventory, 1, "odd")


def test_command(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "sheet.png"
    result = run("data", "show", folder, "--out", out, "--count", "6", "--columns", "3", "--size", "64")
    assert (result.exit_code, result.stdout, result.stderr) == (0, f"{out}: 6 labelled pictures of 8\n", "")
    assert images.read(out).shape == (16 + 2 * (64 + 40 + 16), 16 + 3 * (64 + 16), 3)
    (folder / "a.pts").write_text("no label")
    (folder / "b.png").write_text("no picture")
    result = run("data", "show", folder, "--out", out)
    assert result.exit_code == 1
    assert result.stdout == f"{out}: 6 labelled pictures of 7\n"
    assert "a.pts: no line with an opening brace" in result.stderr
    assert "b.png: this is no picture" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("nowhere", "--out", "sheet.png"), 1, "nowhere is not a folder"),
        (("faces", "--out", "sheet.gif"), 2, "unknown ending '.gif'"),
        (("faces", "--out", "nowhere/sheet.png"), 2, "the folder"),
        (("faces", "--out", "sheet.png", "--split", "val"), 2, "there are: training"),
    ],
)
def test_command_errors(
    folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: int, message: str
) -> None:
    monkeypatch.chdir(folder.parent)
    result = run("data", "show", *arguments)
    assert result.exit_code == code
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert [path.name for path in folder.parent.iterdir()] == ["faces"]
