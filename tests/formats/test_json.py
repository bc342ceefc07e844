import io
import json
from pathlib import Path

import numpy as np
import pytest

from facepoints import formats
from facepoints.errors import InputError
from facepoints.faces import Faces
from tests.random_faces import faces_of, mean_face

ONE_FACE = faces_of(mean_face((100, 100), 60))


def written(format_name: str, names: list[str]) -> str:
    stream = io.StringIO()
    with formats.open_writer(format_name, stream) as writer:
        for name in names:
            writer.write(name, 320, 240, ONE_FACE)
    assert not stream.closed
    return stream.getvalue()


def test_one_picture_is_the_object_of_the_contract() -> None:
    content = json.loads(written("json", ["a.jpg"]))
    assert (content["image"], content["width"], content["height"]) == ("a.jpg", 320, 240)
    (face,) = content["faces"]
    assert set(face) == {"box", "score", "keypoints"}
    assert face["box"] == pytest.approx([50.56, 83.86, 149.44, 179.32])
    assert [len(point) for point in face["keypoints"]] == [3] * 68


@pytest.mark.parametrize("count", [0, 2, 3])
def test_several_pictures_are_an_array(count: int) -> None:
    names = [f"{index}.jpg" for index in range(count)]
    assert [row["image"] for row in json.loads(written("json", names))] == names


def test_interrupted_stream_is_valid() -> None:
    stream = io.StringIO()

    def stop_halfway() -> None:
        with formats.open_writer("json", stream) as writer:
            writer.write("a.jpg", 320, 240, ONE_FACE)
            writer.write("b.jpg", 320, 240, ONE_FACE)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop_halfway()
    assert len(json.loads(stream.getvalue())) == 2


def test_lines_are_complete_at_once() -> None:
    stream = io.StringIO()
    with formats.open_writer("jsonl", stream) as writer:
        writer.write("a.jpg", 320, 240, Faces.empty())
        assert json.loads(stream.getvalue()) == {"image": "a.jpg", "width": 320, "height": 240, "faces": []}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.json", "{", r"a\.json: this is not valid JSON"),
        ("a.json", "[3]", r"a\.json: each picture must be an object"),
        ("a.json", '{"image": "x"}', r"a\.json: not a facepoints result"),
        ("a.json", '{"image": "x", "faces": [{}]}', r"a\.json: not a facepoints result"),
        ("a.jsonl", '{"image": "x", "faces": []}\n\n{"faces": []}\n', r"a\.jsonl, line 3: each picture must"),
        ("a.jsonl", '{"image": "x", "faces": []}\nno\n', r"a\.jsonl, line 2: this is not valid JSON"),
    ],
)
def test_malformed(tmp_path: Path, name: str, text: str, message: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        list(formats.read(path))


@pytest.mark.parametrize("format_name", ["json", "jsonl"])
def test_details_stand_in_the_face_and_are_passed_over_when_read(tmp_path: Path, format_name: str) -> None:
    path = tmp_path / f"a.{format_name}"
    faces = faces_of(mean_face((100, 100), 60), mean_face((300, 100), 50))
    with formats.open_writer(format_name, path) as writer:
        writer.write("a.jpg", 640, 480, faces, [{"pose": {"yaw": 1.5}}, {}])
    rows = json.loads(path.read_text())["faces"]
    assert [row.get("pose") for row in rows] == [{"yaw": 1.5}, None]
    [(_, found)] = formats.read(path)
    np.testing.assert_allclose(found.keypoints, faces.keypoints, atol=0.01)
