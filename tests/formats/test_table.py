import csv
import io
from pathlib import Path

import pytest

from facepoints import formats
from facepoints.errors import InputError
from facepoints.faces import Faces
from tests.random_faces import faces_of, mean_face

TWO_FACES = faces_of(mean_face((100, 100), 60), mean_face((300, 100), 50))


def written(*pictures: tuple[str, Faces]) -> str:
    stream = io.StringIO(newline="")
    with formats.open_writer("csv", stream) as writer:
        for name, found in pictures:
            writer.write(name, 640, 480, found)
    return stream.getvalue()


def test_a_row_a_face() -> None:
    rows = list(csv.DictReader(io.StringIO(written(("a,b.jpg", TWO_FACES), ("none.jpg", Faces.empty())))))
    assert [(row["image"], row["width"], row["height"], row["face"]) for row in rows] == [
        ("a,b.jpg", "640", "480", "0"),
        ("a,b.jpg", "640", "480", "1"),
    ]
    assert [rows[0][name] for name in ("x1", "y1", "score", "track_id", "point67_y")] == [
        "50.56", "83.86", "0.9", "-1", "149.44",
    ]  # fmt: skip


def test_header_stands_without_a_face() -> None:
    assert written().startswith("image,width,height,face,x1,y1,x2,y2,score,track_id,point0_x,point0_y,point0_score,")
    assert written().count("\n") == 1


def test_same_name_twice_stays_two_pictures(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(written(("a.jpg", TWO_FACES), ("a.jpg", TWO_FACES[:1])))
    assert [(name, len(found)) for name, found in formats.read(path)] == [("a.jpg", 2), ("a.jpg", 1)]


def test_malformed(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = written(("a.jpg", TWO_FACES)).splitlines()
    path.write_text("name,x,y\n1,2,3\n")
    with pytest.raises(InputError, match=r"a\.csv: this is no table of faces; it has no column 'image'"):
        list(formats.read(path))
    path.write_text("\n".join([lines[0], lines[1], lines[2].replace("0.9", "high")]))
    with pytest.raises(InputError, match=r"a\.csv, line 3: a number is missing or is none"):
        list(formats.read(path))
    path.write_text("\n".join([lines[0], lines[1][: len(lines[1]) // 2]]))
    with pytest.raises(InputError, match=r"a\.csv, line 2: a number is missing or is none"):
        list(formats.read(path))


@pytest.mark.parametrize(
    "name", ["a\rb.jpg", "\r", "a\r\nb", "\n", '"', 'say "cheese".jpg', "a,b", " a ", "'a", "1.5", "größe.jpg"]
)
def test_any_name_is_read_back(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.csv"
    with formats.open_writer("csv", path) as writer:
        writer.write(name, 640, 480, TWO_FACES)
    assert [(read, len(found)) for read, found in formats.read(path)] == [(name, 2)]


def test_details_have_columns_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    columns = formats.detail_columns({"pose": {"yaw": 0, "roll": 0}, "blinks": 0})
    assert columns == ("pose_yaw", "pose_roll", "blinks")
    with formats.open_writer("csv", path, details=columns) as writer:
        writer.write("a.jpg", 640, 480, TWO_FACES, [{"pose": {"yaw": 1.5, "roll": -2}, "blinks": 3}, {"more": 1}])
        writer.write("b.jpg", 640, 480, TWO_FACES[:1])
    rows = list(csv.DictReader(io.StringIO(path.read_text())))
    assert [[row[name] for name in columns] for row in rows] == [["1.5", "-2", "3"], ["", "", ""], ["", "", ""]]
    assert [(name, len(found)) for name, found in formats.read(path)] == [("a.jpg", 2), ("b.jpg", 1)]
