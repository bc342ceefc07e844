from pathlib import Path

import cv2
import numpy as np
import pytest

from facepoints import filters, images
from facepoints.errors import InputError
from tests.filters.posed import faces_at, posed

PICTURE = 'image = "dot.png"\nanchor = "eyes"\nsize = 0.5\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A filter's folder with an orange, half transparent picture, and no filter.toml yet."""
    pixels = np.zeros((10, 20, 4), dtype=np.uint8)
    pixels[:] = (0, 128, 255, 128)  # BGRA
    cv2.imwrite(str(tmp_path / "dot.png"), pixels)
    (tmp_path / "note.txt").write_text("no picture")
    return tmp_path


def load(folder: Path, text: str) -> filters.Filter:
    (folder / "filter.toml").write_text(text, encoding="utf-8")
    return filters.load(folder)


def test_own_filter(folder: Path) -> None:
    own = load(folder, f'name = "dots"\n[[layers]]\n{PICTURE}lit = false\n')
    assert (own.name, own.description) == ("dots", "a filter of your own")
    image = np.full((320, 400, 3), 100, dtype=np.uint8)
    keypoints = posed((200, 160), 60)
    drawn = own.apply(image, faces_at(keypoints))
    column, row = np.round(keypoints[36:48].mean(axis=0)).astype(int)
    np.testing.assert_allclose(drawn[row, column], [178, 114, 50], atol=2)
    changed = (drawn != 100).any(axis=2)
    assert changed.any(axis=0).sum() == pytest.approx(30, abs=3)
    assert changed.any(axis=1).sum() == pytest.approx(15, abs=3)


def test_a_mark_before_the_text(folder: Path) -> None:
    assert load(folder, '\ufeffname = "dots"\n[[layers]]\nkind = "blur"').name == "dots"


def test_name_comes_from_the_folder(folder: Path) -> None:
    assert load(folder, f"[[layers]]\n{PICTURE}").name == folder.name


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name = sunny", ["filter.toml", "not valid TOML", "line 1"]),
        ('name = "nothing"', ["filter.toml", "at least one layer"]),
        ("layers = 3", ["at least one layer"]),
        (f'colour = "red"\n[[layers]]\n{PICTURE}', ["filter.toml: colour has no meaning here", "name"]),
        ('[[layers]]\nkind = "video"', ["layer 1", 'kind = "video"', '"picture", "lines", "blur", "pixelate"']),
        ('[[layers]]\nanchor = "eyes"\nsize = 1', ["layer 1", "image is missing"]),
        ('[[layers]]\nimage = "gone.png"', ['image = "gone.png"', "there is no"]),
        ('[[layers]]\nimage = "note.txt"', ["layer 1: image", "note.txt", "no picture"]),
        (f"[[layers]]\n{PICTURE}[[layers]]\nimage = 5", ["layer 2", "image = 5", "text in quotes"]),
        (f"[[layers]]\n{PICTURE}".replace('"eyes"', '"elbow"'), ['anchor = "elbow"', '"eyes"', "0 to 67"]),
        (f"[[layers]]\n{PICTURE}".replace('"eyes"', "[36, 68]"), ["anchor = [36, 68]", "0 to 67"]),
        (f"[[layers]]\n{PICTURE}".replace('"eyes"', "[true]"), ["anchor = [True]"]),
        (f"[[layers]]\n{PICTURE}".replace("0.5", "-1"), ["size = -1", "from 0.001 to 40"]),
        (f"[[layers]]\n{PICTURE}".replace("0.5", "nan"), ["size = nan"]),
        (f"[[layers]]\n{PICTURE}".replace("0.5", "[1, 2, 3]"), ["size = [1, 2, 3]", "or two"]),
        (f"[[layers]]\n{PICTURE}offset = [1, 2]", ["offset = [1, 2]", "3 numbers"]),
        (f'[[layers]]\n{PICTURE}mode = "dodge"', ['mode = "dodge"', '"normal", "multiply", "screen"']),
        (f'[[layers]]\n{PICTURE}behind = ["hair"]', ["behind", '"head", "nose"']),
        (f'[[layers]]\n{PICTURE}lit = "yes"', ['lit = "yes"', "true or false"]),
        (f'[[layers]]\n{PICTURE}shape = "curved"\nradius = 0.05', ["radius = 0.05", "around more than once"]),
        (f"[[layers]]\n{PICTURE}radius = 1", ["layer 1: radius has no meaning here"]),
        (f'[[layers]]\n{PICTURE}shape = "round"', ["radius is missing"]),
        (
            '[[layers]]\nimage = "dot.png"\nanchor = "eyes"\nshape = "round"\nradius = [3, 1]\nheight = 1',
            ["radius = [3, 1]", "steep"],
        ),
        ('[[layers]]\nkind = "lines"', ["colours is missing"]),
        ('[[layers]]\nkind = "lines"\ncolours = {ears = "#ff0000"}', ["colours", '"jaw"']),
        ('[[layers]]\nkind = "lines"\ncolours = {jaw = "red"}', ["colours", "#ff8800"]),
        ('[[layers]]\nkind = "blur"\ncells = 0', ["cells = 0", "whole number from 1 to 64"]),
        ('[[layers]]\nkind = "pixelate"\ncells = 2.5', ["cells = 2.5"]),
        ('[[layers]]\nkind = "blur"\nimage = "dot.png"', ["image has no meaning here", "cells"]),
    ],
)
def test_errors_say_what_is_wrong(folder: Path, text: str, words: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        load(folder, text)
    message = str(caught.value)
    assert str(folder) in message
    for word in words:
        assert word in message


def test_folder_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"unknown filter 'hats': neither a folder nor one of sunglasses, moustache"):
        filters.load("hats")
    with pytest.raises(InputError, match=r"has no filter\.toml"):
        filters.load(tmp_path)
    with pytest.raises(InputError, match="no such folder"):
        filters.load(__file__)
    with pytest.raises(InputError, match="not from int"):
        filters.load(3)  # type: ignore[arg-type]
    (tmp_path / "filter.toml").write_bytes(b'name = "caf\xe9"')
    with pytest.raises(InputError, match="UTF-8"):
        filters.load(tmp_path)


def test_artwork_must_be_png(folder: Path) -> None:
    images.write(folder / "photo.jpg", np.zeros((8, 8, 3), dtype=np.uint8))
    with pytest.raises(InputError, match=r"image: .*photo\.jpg: artwork must be a PNG file; this is JPEG"):
        load(folder, '[[layers]]\nimage = "photo.jpg"\nanchor = "eyes"\nsize = 1')


def test_turns_of_a_layer(folder: Path) -> None:
    """A flag that is one unit long, and where its free end is after each turn."""
    image = np.zeros((400, 400, 3), dtype=np.uint8)
    keypoints = posed((200, 200), 80)
    ends = {}
    for turn in ("[0, 0, 0]", "[0, 0, 90]", "[0, 60, 0]", "[0, 0, 180]"):
        flag = 'image = "dot.png"\nanchor = [27]\nsize = [1.0, 0.1]\npivot = [0.0, 0.5]\nlit = false\n'
        drawn = load(folder, f"[[layers]]\n{flag}turn = {turn}").apply(image, faces_at(keypoints))
        rows, columns = np.nonzero(drawn[..., 0] > 60)
        reach = np.stack([columns, rows], axis=1) - keypoints[27]
        ends[turn] = reach[np.abs(reach).max(axis=1).argmax()]
    np.testing.assert_allclose(ends["[0, 0, 0]"], [80, 0], atol=6)
    np.testing.assert_allclose(ends["[0, 0, 90]"], [0, 80], atol=6)
    np.testing.assert_allclose(ends["[0, 60, 0]"], [36, 0], atol=6)
    np.testing.assert_allclose(ends["[0, 0, 180]"], [-80, 0], atol=6)
