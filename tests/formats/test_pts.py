from pathlib import Path

import numpy as np
import pytest

from facepoints import formats
from facepoints.errors import InputError, LabelError
from facepoints.faces import Faces
from facepoints.formats import read_pts, write_pts
from tests.random_faces import faces_of, mean_face

FACE = mean_face((100, 100), 60)
HEAD = ["version: 1", "n_points:  68", "{"]
POINTS = [f"{index}.5 {index * 2}" for index in range(1, 69)]


def test_file_counts_from_1_and_arrays_from_0(tmp_path: Path) -> None:
    path = tmp_path / "face.pts"
    path.write_text("\n".join([*HEAD, *POINTS, "}"]))
    points = read_pts(path)
    assert points.dtype == np.float32
    assert points[0].tolist() == [0.5, 1.0]
    assert points[67].tolist() == [67.5, 135.0]


def test_written_text(tmp_path: Path) -> None:
    path = tmp_path / "face.pts"
    write_pts(path, FACE)
    lines = path.read_text().splitlines()
    assert lines[:4] == ["version: 1", "n_points: 68", "{", "51.560 102.080"]
    assert lines[-1] == "}"
    np.testing.assert_allclose(read_pts(path), FACE, atol=0.0006)


@pytest.mark.parametrize(
    "text",
    [
        "\r\n".join([*HEAD, *POINTS, "}", ""]),
        "\ufeff" + "\n".join(["n_points: 68", "", "{", *(f"  {point}\t" for point in POINTS), "}", "", ""]),
    ],
    ids=["windows line ends", "byte order mark and blanks"],
)
def test_harmless_variants(tmp_path: Path, text: str) -> None:
    path = tmp_path / "face.pts"
    path.write_bytes(text.encode())
    assert read_pts(path).shape == (68, 2)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "no line with an opening brace"),
        (["version: 1", "n_points: 29", "{"], "line 2: 29 points; a face of this scheme has 68"),
        (["hello", "{"], "line 1: expected 'name: value'"),
        ([*HEAD, *POINTS], "no closing brace after 68 points; the file is truncated"),
        ([*HEAD, *POINTS[:50]], "no closing brace after 50 points"),
        ([*HEAD, *POINTS[:50], "}"], "50 points; a face of this scheme has 68"),
        ([*HEAD, "1 2", "3 x"], "line 5: expected two numbers, got '3 x'"),
        ([*HEAD, "1 2 3"], "line 4: expected two numbers, got '1 2 3'"),
        ([*HEAD, "1 nan"], "line 4: expected two finite numbers"),
    ],
)
def test_malformed(tmp_path: Path, lines: list[str], message: str) -> None:
    path = tmp_path / "face.pts"
    path.write_text("\n".join(lines))
    with pytest.raises(LabelError, match=rf"face\.pts.*{message}"):
        read_pts(path)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match=r"nothing\.pts: the file cannot be read"):
        read_pts(tmp_path / "nothing.pts")


def test_wrong_points(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"keypoints must have shape \(68, 2\)"):
        write_pts(tmp_path / "face.pts", FACE[:5])
    assert not list(tmp_path.iterdir())


def test_names_of_the_files(tmp_path: Path) -> None:
    one, two = faces_of(FACE), faces_of(FACE, FACE + 50)
    with formats.open_writer("pts", tmp_path) as writer:
        writer.write("photos/alone.jpg", 640, 480, one)
        writer.write("photos/pair.jpg", 640, 480, two)
        writer.write("photos/nobody.jpg", 640, 480, Faces.empty())
        writer.write("elsewhere/Alone.png", 640, 480, one)
        writer.write("pair_0.jpg", 640, 480, one)
    names = ["Alone-2.pts", "alone.pts", "pair_0-2.pts", "pair_0.pts", "pair_1.pts"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    np.testing.assert_allclose(read_pts(tmp_path / "pair_1.pts"), FACE + 50, atol=0.0006)


@pytest.mark.parametrize("destination", ["nowhere", None])
def test_needs_a_folder(tmp_path: Path, destination: str | None) -> None:
    with pytest.raises(InputError, match="needs an existing folder"):
        formats.PtsWriter(tmp_path / destination if destination else None)  # type: ignore[arg-type]
