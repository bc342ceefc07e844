from pathlib import Path

import numpy as np
import pytest

from facepoints import formats, images
from facepoints.errors import ImageError, InputError, LabelError
from facepoints.formats import write_pts
from tests.random_faces import mean_face

FACE = mean_face((30, 20), 12)


def folder(tmp_path: Path, *names: str) -> Path:
    """Files of these names: faces, or pictures of 64 x 48 pixels."""
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".pts":
            write_pts(path, FACE)
        else:
            images.write(path, np.zeros((48, 64, 3), dtype=np.uint8))
    return tmp_path


def read(path: Path, root: Path) -> list[tuple[str, int, int | None]]:
    """Name, number of faces and width of each picture."""
    results = list(formats.read_results(path))
    return [(Path(row.image).relative_to(root).as_posix(), len(row.faces), row.width) for row in results]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["b.pts", "b.png", "a/c.pts", "a/c.JPG"], [("a/c.JPG", 1, 64), ("b.png", 1, 64)]),
        (["a_0.pts", "a_1.pts", "a_10.pts", "a_2.pts", "a.png"], [("a.png", 4, 64)]),
        (["a_1.pts", "a_1.png", "a_2.pts", "a_2.png", "a.png"], [("a_1.png", 1, 64), ("a_2.png", 1, 64)]),
        (["clip.mp4#12.pts", "a_1.pts"], [("a_1", 1, None), ("clip.mp4#12", 1, None)]),
    ],
)
def test_whose_face_a_file_is(tmp_path: Path, names: list[str], expected: list[tuple[str, int, int | None]]) -> None:
    assert read(folder(tmp_path, *names), tmp_path) == expected


def test_the_faces_of_a_picture_are_in_order(tmp_path: Path) -> None:
    folder(tmp_path, "a.png")
    for face in range(11):
        write_pts(tmp_path / f"a_{face}.pts", FACE + face)
    ((_, faces),) = formats.read(tmp_path)
    np.testing.assert_allclose(faces.keypoints, FACE + np.arange(11)[:, None, None], atol=1e-3)
    np.testing.assert_allclose(faces.boxes[0], [*FACE.min(axis=0), *FACE.max(axis=0)], atol=1e-3)
    assert (faces.scores == 1).all()


def test_a_single_file(tmp_path: Path) -> None:
    folder(tmp_path, "a.pts", "a.png", "b.pts")
    assert read(tmp_path / "a.pts", tmp_path) == [("a.png", 1, 64)]


def test_size_of_a_picture_that_lies(tmp_path: Path) -> None:
    from PIL import Image

    folder(tmp_path, "a.pts")
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (64, 48)).save(tmp_path / "a.jpg", exif=exif)
    (row,) = formats.read_results(tmp_path)
    assert (row.width, row.height) == (48, 64)


def test_damaged(tmp_path: Path) -> None:
    path = folder(tmp_path, "a.pts") / "a.pts"
    (tmp_path / "a.png").write_text("no picture")
    with pytest.raises(ImageError, match=r"a\.png: this is no picture"):
        list(formats.read(tmp_path))
    (tmp_path / "a.png").unlink()
    write_pts(path, np.ones((68, 2)))
    with pytest.raises(InputError, match=r"a: the points of its \.pts file make no face"):
        list(formats.read(tmp_path))
    path.write_text("version: 1")
    with pytest.raises(LabelError, match=r"a\.pts: no line with an opening brace"):
        list(formats.read(tmp_path))
