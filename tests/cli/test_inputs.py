"""Files, folders and globs of a command line."""

from pathlib import Path, PurePath

import pytest

from facepoints.cli.inputs import Picture, UniqueNames, find_pictures


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of (empty) pictures and other files, which is also the current folder."""
    for name in (
        "b.JPG",
        "a.png",
        "a.jpg",
        "sub/a.webp",
        "sub/deep/c.v1.tiff",
        ".hidden.png",
        ".cache/d.png",
        "notes.txt",
    ):
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(pictures: list[Picture]) -> list[tuple[str, str]]:
    return [(picture.name, picture.stem.as_posix()) for picture in pictures]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["photos/a.png"], [("photos/a.png", "a")]),
        (["photos/notes.txt"], [("photos/notes.txt", "notes")]),
        (
            ["photos"],
            [
                ("photos/a.jpg", "a"),
                ("photos/a.png", "a-2"),
                ("photos/b.JPG", "b"),
                ("photos/sub/a.webp", "sub/a"),
                ("photos/sub/deep/c.v1.tiff", "sub/deep/c.v1"),
            ],
        ),
        (["photos/*.png"], [("photos/a.png", "a")]),
        (["photos/**/a.*"], [("photos/a.jpg", "a"), ("photos/a.png", "a-2"), ("photos/sub/a.webp", "a-3")]),
        (
            ["photos/sub", "photos/a.jpg"],
            [("photos/sub/a.webp", "a"), ("photos/sub/deep/c.v1.tiff", "deep/c.v1"), ("photos/a.jpg", "a-2")],
        ),
        (["photos/a.png", "photos/a.png", "photos/../photos/a.png", "photos/*.png"], [("photos/a.png", "a")]),
    ],
)
def test_finds(tree: Path, arguments: list[str], expected: list[tuple[str, str]]) -> None:
    pictures, failures = find_pictures(arguments)
    assert names(pictures) == expected
    assert failures == []


def test_results_of_an_earlier_run_are_no_inputs(tree: Path) -> None:
    for out in (Path("photos/sub"), tree / "photos" / "sub"):
        pictures, failures = find_pictures(["photos"], out)
        assert [stem for _, stem in names(pictures)] == ["a", "a-2", "b"]
        assert failures == []
    # A folder that is asked for by name is searched.
    assert len(find_pictures(["photos/sub"], Path("photos/sub"))[0]) == 2


@pytest.mark.parametrize(
    ("argument", "reason"),
    [
        ("nowhere.png", "no such file or folder"),
        ("", "no such file or folder"),
        ("x" * 5000, "no such file or folder"),
        ("empty", "no picture in this folder"),
        ("photos/*.bmp", "no picture matches this pattern"),
        ("photos/*.txt", "no picture matches this pattern"),
    ],
)
def test_names_what_is_missing_and_goes_on(tree: Path, argument: str, reason: str) -> None:
    pictures, failures = find_pictures([argument, "photos/a.png"])
    assert names(pictures) == [("photos/a.png", "a")]
    assert [failure.name for failure in failures] == [argument]
    assert failures[0].reason.startswith(reason)


def test_a_file_whose_name_looks_like_a_glob(tree: Path) -> None:
    (tree / "a[1].png").touch()
    pictures, failures = find_pictures(["a[1].png"])
    assert (names(pictures), failures) == ([("a[1].png", "a[1]")], [])


def test_a_folder_that_cannot_be_listed_is_named(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    scandir = os.scandir

    def refuse(path: str) -> object:
        if Path(path).name == "deep":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    pictures, failures = find_pictures(["photos/sub"])
    assert names(pictures) == [("photos/sub/a.webp", "a")]
    assert [str(failure) for failure in failures] == [
        f"{Path('photos/sub/deep')}: this folder cannot be listed: Permission denied"
    ]


def test_unique_names_ignore_case_and_step_over_taken_numbers() -> None:
    unique = UniqueNames()
    claimed = [unique.claim(PurePath(name)).as_posix() for name in ("a", "A", "a-2", "d/a", "a", "d/A")]
    assert claimed == ["a", "A-2", "a-2-2", "d/a", "a-3", "d/A-2"]
