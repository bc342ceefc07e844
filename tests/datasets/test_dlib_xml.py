from pathlib import Path

import numpy as np
import pytest

from facepoints.datasets import dlib_xml, read_keypoints
from facepoints.datasets.labelled import LabelledFace
from facepoints.errors import InputError, LabelError
from tests.datasets.layouts import photo_of, write_pts_folder

BOX = "<box top='100' left='0' width='68' height='68'>"
PARTS = "".join(f"<part name='{point:02}' x='{point}' y='{100 + point}'/>" for point in range(68))


def as_imglab(boxes: str, name: str = "a.jpg") -> str:
    """A list as imglab writes it."""
    return (
        "<?xml version='1.0' encoding='ISO-8859-1'?>\n"
        "<?xml-stylesheet type='text/xsl' href='image_metadata_stylesheet.xsl'?>\n"
        f"<dataset>\n<name>faces</name>\n<images>\n  <image file='{name}'>\n{boxes}\n  </image>\n</images>\n</dataset>"
    )


def test_reads_what_imglab_writes(tmp_path: Path) -> None:
    path = tmp_path / "faces.xml"
    box = "<box top='100' left='0' width='68' height='68'>"
    path.write_text(
        as_imglab(f"{box}{PARTS}</box><box top='1' left='1' width='9' height='9' ignore='1'/>", "sub\\a.jpg")
    )
    (face,) = dlib_xml.read(path)
    assert face.image == tmp_path / "sub" / "a.jpg"
    assert (face.source, face.group) == ("dlib", "a")
    np.testing.assert_array_equal(dlib_xml.read_boxed(path)[0].boxes, [[0, 100, 67, 167]])
    np.testing.assert_array_equal(face.keypoints, np.stack([np.arange(68), np.arange(100, 168)], axis=1))


def test_names_in_utf_8_under_a_header_that_says_latin_1(tmp_path: Path) -> None:
    (tmp_path / "Zoë.jpg").write_bytes(b"")
    (tmp_path / "faces.xml").write_bytes(as_imglab(f"{BOX}{PARTS}</box>", "Zoë.jpg").encode())
    assert dlib_xml.read(tmp_path / "faces.xml")[0].image == tmp_path / "Zoë.jpg"


@pytest.mark.parametrize(("whole", "error"), [(True, 0.5), (False, 0.0005)])
def test_round_trip(tmp_path: Path, whole: bool, error: float) -> None:
    faces = read_keypoints(write_pts_folder(tmp_path / "photos", ["a", "b"]))
    faces.append(LabelledFace(faces[0].image, photo_of(7)[1], "300w", "a"))
    path = tmp_path / "faces.xml"
    dlib_xml.write(path, faces, whole=whole)
    found = dlib_xml.read(path)
    # The two faces of one picture are in one entry.
    assert [face.image for face in found] == [faces[0].image, faces[0].image, faces[1].image]
    for face, same in zip(found, (faces[0], faces[2], faces[1]), strict=True):
        np.testing.assert_allclose(face.keypoints, same.keypoints, atol=error + 1e-5)
    dlib_xml.write(path, found, whole=whole)
    assert all((a.keypoints == b.keypoints).all() for a, b in zip(found, dlib_xml.read(path), strict=True))


def test_what_is_written(tmp_path: Path) -> None:
    points = np.stack([np.arange(68), np.arange(100, 168)], axis=1).astype(np.float32)
    dlib_xml.write(tmp_path / "faces.xml", [LabelledFace(tmp_path / "a & b.jpg", points, "x", "a")])
    text = (tmp_path / "faces.xml").read_text()
    assert '<image file="a &amp; b.jpg">' in text
    assert '<box top="100" left="0" width="68" height="68">' in text
    assert '<part name="67" x="67" y="167" />' in text


def test_a_picture_elsewhere_is_named_in_full(tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / "a.jpg").touch()
    face = LabelledFace(tmp_path / "a.jpg", photo_of(0)[1], "x", "a")
    dlib_xml.write(tmp_path / "lists" / "faces.xml", [face])
    assert dlib_xml.read(tmp_path / "lists" / "faces.xml")[0].image == tmp_path / "a.jpg"


def test_names_that_are_no_text(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written as XML"):
        dlib_xml.write(tmp_path / "faces.xml", [LabelledFace(tmp_path / "a\udcff.jpg", photo_of(0)[1], "x", "a")])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<dataset><images>", "no well-formed XML"),
        ("<other/>", "no list of dlib's imglab"),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]><dataset/>", "entities are not read"),
        ("<dataset><images><image/></images></dataset>", "picture 1 has no file name"),
        (as_imglab(f"{BOX}</box>"), "a.jpg: a box with 0 points"),
        (as_imglab(f"<box>{PARTS}</box>"), "a box without four numbers"),
        (as_imglab(f"{BOX.replace('68', '1', 1)}{PARTS}</box>"), "a box of 1 x 68 pixels holds no face"),
        (as_imglab(f"{BOX}{PARTS.replace('67', '68')}</box>"), "named 00 to 67"),
        (as_imglab(f"{BOX}{PARTS.replace(chr(39) + '7' + chr(39), chr(39) + chr(39), 1)}</box>"), "two numbers"),
        (as_imglab(f"{BOX}{PARTS.replace(chr(39) + '7' + chr(39), chr(39) + 'inf' + chr(39), 1)}</box>"), "finite"),
    ],
)
def test_damaged_lists(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "faces.xml").write_text(text)
    with pytest.raises(LabelError, match=message):
        dlib_xml.read(tmp_path / "faces.xml")


def test_no_list(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match=r"cannot read the labels .*faces\.xml"):
        dlib_xml.read(tmp_path / "faces.xml")
