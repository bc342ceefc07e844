"""Inputs that go wrong, from Python and through ``facepoints detect``: a clear error or a right result, nothing else.

What :mod:`facepoints.images` makes of every kind of file stands in ``test_images.py``; here it is the whole way.
"""

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import PIL.Image
import pytest

import facepoints
from facepoints import FaceFinder, Faces, images
from facepoints.arrays import Image
from facepoints.errors import ImageError, InputError, WeightsError
from tests.cli.conftest import run, tree
from tests.keypoints.test_session import OTHER_NETWORK

_ORIENTATION = 0x0112

_STORED = {
    1: None,
    2: PIL.Image.Transpose.FLIP_LEFT_RIGHT,
    3: PIL.Image.Transpose.ROTATE_180,
    4: PIL.Image.Transpose.FLIP_TOP_BOTTOM,
    5: PIL.Image.Transpose.TRANSPOSE,
    6: PIL.Image.Transpose.ROTATE_90,
    7: PIL.Image.Transpose.TRANSVERSE,
    8: PIL.Image.Transpose.ROTATE_270,
}
"""How a camera stores an upright picture that it marks with this orientation."""


@pytest.fixture(scope="module")
def portrait(astronaut: Image) -> Image:
    """The astronaut's head: 240 pixels wide, 256 high, so that a turned picture differs in shape."""
    return np.ascontiguousarray(astronaut[0:256, 104:344])


@pytest.fixture(scope="module")
def expected(portrait: Image, finder: FaceFinder) -> Faces:
    faces = finder.find(portrait)
    assert len(faces) == 1
    return faces


def assert_same_face(faces: Faces, expected: Faces, pixels: float = 1e-3) -> None:
    assert len(faces) == 1
    assert np.linalg.norm(faces.keypoints[0] - expected.keypoints[0], axis=1).mean() <= pixels


@pytest.mark.parametrize("orientation", _STORED)
def test_exif_orientation(
    tmp_path: Path, portrait: Image, expected: Faces, finder: FaceFinder, orientation: int
) -> None:
    picture = PIL.Image.fromarray(portrait)
    turn = _STORED[orientation]
    exif = PIL.Image.Exif()
    exif[_ORIENTATION] = orientation
    path = tmp_path / "photo.png"
    (picture if turn is None else picture.transpose(turn)).save(path, exif=exif)
    assert facepoints.read(path).shape == (256, 240, 3)
    assert_same_face(finder.find(path), expected)


def _as_16_bits(image: Image) -> bytes:
    return cv2.imencode(".png", image[..., ::-1].astype(np.uint16) * 257)[1].tobytes()


def _as_grey(image: Image) -> bytes:
    return cv2.imencode(".png", cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))[1].tobytes()


def _with_alpha(image: Image) -> bytes:
    return cv2.imencode(".png", cv2.cvtColor(image, cv2.COLOR_RGB2BGRA))[1].tobytes()


def _as_cmyk(image: Image) -> bytes:
    return _saved(PIL.Image.fromarray(image).convert("CMYK"), "JPEG", quality=95)


def _as_grey_jpeg(image: Image) -> bytes:
    return _saved(PIL.Image.fromarray(image).convert("L"), "JPEG", quality=95)


def _saved(picture: PIL.Image.Image, kind: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("encode", "pixels"),
    [(_as_16_bits, 0.001), (_with_alpha, 0.001), (_as_grey, 1.5), (_as_grey_jpeg, 1.5), (_as_cmyk, 1.5)],
)
def test_kinds_of_pixels(
    tmp_path: Path,
    portrait: Image,
    expected: Faces,
    finder: FaceFinder,
    encode: Callable[[Image], bytes],
    pixels: float,
) -> None:
    data = encode(portrait)
    path = tmp_path / "photo.jpg"
    path.write_bytes(data)
    for source in (data, path):
        assert_same_face(finder.find(source), expected, pixels)
    result = run("detect", path)
    assert (result.exit_code, result.stderr) == (0, "")
    assert_same_face(Faces.from_dict(json.loads(result.stdout)), expected, pixels + 0.02)


BAD_FILES: dict[str, tuple[Callable[[Image], bytes] | None, str]] = {
    "missing.jpg": (None, "no such file"),
    "empty.png": (lambda image: b"", "the file is empty"),
    "letter.jpg": (lambda image: b"Dear diary, today I took a photo", "this is no picture, whatever its name says"),
    "half.jpg": (lambda image: images.encode(image, ".jpg")[:4000], "the file is truncated"),
    "half.png": (lambda image: images.encode(image, ".png")[:-9], "the file is truncated"),
    "film.jpg": (lambda image: bytes(4) + b"ftypisom" + bytes(20), "video files are not read"),
}
"""How to make each file, and what its error says."""


def make_bad_files(folder: Path, image: Image) -> None:
    for name, (make, _) in BAD_FILES.items():
        if make is not None:
            (folder / name).write_bytes(make(image))


def test_bad_files_from_python(tmp_path: Path, portrait: Image, finder: FaceFinder) -> None:
    make_bad_files(tmp_path, portrait)
    for name, (_, message) in BAD_FILES.items():
        for read in (finder.find, facepoints.find, facepoints.read, lambda path: finder.fit(path, [[0, 0, 9, 9]])):
            with pytest.raises(ImageError, match=rf"{name}: .*{message}"):
                read(tmp_path / name)
    with pytest.raises(ImageError, match=r"letter\.jpg"):
        finder.find_batch([portrait, tmp_path / "letter.jpg"])
    with pytest.raises(ImageError, match="this is a folder"):
        finder.find(tmp_path)
    with pytest.raises(ImageError, match="picture from memory: this is no picture"):
        finder.find(b"no picture at all")


@pytest.mark.parametrize("options", [[], ["--draw"], ["--format", "csv"], ["--format", "pts"]])
def test_other_files_of_a_run_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, portrait: Image, options: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("photos").mkdir()
    Path("empty").mkdir()
    make_bad_files(Path("photos"), portrait)
    images.write("photos/a.png", portrait)
    images.write("photos/one.png", portrait[:1, :1])
    images.write("photos/z.png", portrait)
    result = run("detect", "photos", "photos/missing.jpg", "empty", "--out", "found", *options)
    assert result.exit_code == 1
    assert "3 pictures, 2 faces" in result.stdout
    lines = result.stderr.splitlines()
    for name, (_, message) in BAD_FILES.items():
        assert [message in line for line in lines if name in line] == [True], name
    assert any(line.startswith("Error: empty: no picture in this folder") for line in lines)
    assert len(lines) == len(BAD_FILES) + 1
    names = {
        (): ["a.json", "one.json", "z.json"],
        ("--draw",): ["a.json", "a.png", "one.json", "one.png", "z.json", "z.png"],
        ("--format", "csv"): ["faces.csv"],
        ("--format", "pts"): ["a.pts", "z.pts"],
    }
    assert tree(Path("found")) == names[tuple(options)]


@pytest.mark.parametrize(
    ("option", "content", "message"),
    [
        ("--keypoints", None, "there is no weights file"),
        ("--keypoints", b"these are no weights", "is no ONNX network"),
        ("--keypoints", OTHER_NETWORK, "is an ONNX network, but no keypoint network of facepoints"),
    ],
)
def test_wrong_weights_write_nothing(
    tmp_path: Path, astronaut_path: Path, option: str, content: bytes | None, message: str
) -> None:
    path = tmp_path / "mine.onnx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(WeightsError, match=rf"mine\.onnx.*|{message}"):
        FaceFinder(keypoints=path)
    result = run("detect", astronaut_path, option, path, "--draw", "--out", tmp_path / "found")
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert "mine.onnx" in result.stderr
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "found").exists()


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.full((9, 9, 3), np.nan), "must be uint8 with values from 0 to 255; this array is float64"),
        (np.zeros((9, 9, 3), dtype=np.float32), "this array is float32"),
        (np.zeros((9, 9, 3), dtype=np.uint16), "this array is uint16"),
        (np.zeros((9, 9, 3), dtype=bool), "this array is bool"),
        (np.zeros((9, 9), dtype=np.uint8), r"must have shape \(height, width, 3\).*\(9, 9\)"),
        (np.zeros((9, 9, 4), dtype=np.uint8), r"this array has shape \(9, 9, 4\)"),
        (np.zeros((3, 9, 9), dtype=np.uint8), r"this array has shape \(3, 9, 9\)"),
        (np.zeros((1, 9, 9, 3), dtype=np.uint8), r"this array has shape \(1, 9, 9, 3\)"),
        (np.zeros((0, 9, 3), dtype=np.uint8), r"this array has shape \(0, 9, 3\)"),
        ([[[0, 0, 0]]], "must be a numpy array .*, not list"),
        (None, "not NoneType"),
        (7, "not int"),
        (PIL.Image.new("RGB", (9, 9)), "not Image"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, PIL.Image.Image) else str(value),
)
def test_arrays_that_are_no_image(finder: FaceFinder, image: Any, message: str) -> None:
    for call in (
        finder.find,
        facepoints.find,
        lambda image: finder.find_batch([image]),
        lambda image: finder.fit(image, [[0, 0, 5, 5]]),
        lambda image: facepoints.draw(image, Faces.empty()),
        lambda image: facepoints.align(image, Faces.empty()),
    ):
        with pytest.raises(InputError, match=message):
            call(image)


@pytest.mark.parametrize("function", [facepoints.draw, facepoints.align])
def test_what_is_no_faces(portrait: Image, expected: Faces, function: Callable[..., Image]) -> None:
    for faces, message in ((expected[0], r"not one Face; .*faces\[:1\]"), (None, "not NoneType")):
        with pytest.raises(InputError, match=message):
            function(portrait, faces)


@pytest.mark.parametrize(
    ("boxes", "message"),
    [
        ([[512, 0, 600, 50]], r"box 0, \[512.0, 0.0, 600.0, 50.0\], lies outside the picture of 512 x 512 pixels"),
        ([[0, 0, 9, 9], [0, 512, 9, 600]], "box 1, .* lies outside the picture"),
        ([[-50, 0, -1, 50]], "lies outside"),
        ([[0, -50, 50, -1]], "lies outside"),
        ([[0, 0, 9, np.nan]], "boxes must be finite numbers; got NaN or infinity"),
        ([[0, 0, 9, np.inf]], "boxes must be finite"),
        ([[0, 0, 1e39, 9]], "boxes must be finite"),
        ([[9, 0, 9, 9]], "x2 > x1 and y2 > y1; box 0 is"),
        ([[9, 9, 0, 0]], "x2 > x1 and y2 > y1; box 0 is"),
        ([0, 0, 9, 9], r"boxes must have shape \(n, 4\); got \(4,\)"),
        ([[0, 0, 9]], r"boxes must have shape \(n, 4\); got \(1, 3\)"),
        ([[[0, 0, 9, 9]]], r"boxes must have shape \(n, 4\); got \(1, 1, 4\)"),
        ([[0, 0, 9, 9], [0, 0, 9]], "boxes must be an array of numbers"),
        ([["a", "b", "c", "d"]], "boxes must be an array of numbers"),
        (None, "boxes must"),
    ],
)
def test_boxes_that_are_none(astronaut: Image, finder: FaceFinder, boxes: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        finder.fit(astronaut, boxes)


def test_box_partly_outside(portrait: Image, finder: FaceFinder) -> None:
    faces = finder.fit(portrait, [[60, -10, 180, 180], [239, 0, 300, 50]])
    assert faces.scores[0] > 0.5 > 0.1 > faces.scores[1]


_DETECT = """
import pathlib, sys
from facepoints.cli import app
app(["detect", sys.argv[1]], standalone_mode=False)
status = pathlib.Path("/proc/self/status")  # Linux
if status.exists():
    print(*[line.split()[1] for line in status.read_text().splitlines() if "VmHWM" in line], file=sys.stderr)
"""
"""Runs the command and prints the peak of its memory in kB, where that can be told."""


def test_very_large_photo(tmp_path: Path, astronaut: Image, finder: FaceFinder) -> None:
    factor, left, top = 3, 5000, 3000
    photo = np.full((9000, 12000), 127, dtype=np.uint8)
    large = cv2.resize(cv2.cvtColor(astronaut, cv2.COLOR_RGB2GRAY), None, fx=factor, fy=factor)
    photo[top : top + len(large), left : left + len(large)] = large
    path = tmp_path / "large.jpg"
    path.write_bytes(cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes())
    done = subprocess.run(
        [sys.executable, "-c", _DETECT, str(path)], capture_output=True, text=True, check=True, timeout=120
    )
    found = json.loads(done.stdout)
    assert (found["width"], found["height"]) == (12000, 9000)
    face = Faces.from_dict(found)[0]  # in so many pixels something small may look like a face, too
    points = finder.find(astronaut).keypoints[0]
    apart = (face.keypoints - (left, top) + 0.5) / factor - 0.5 - points
    assert np.linalg.norm(apart, axis=1).mean() < 0.04 * np.linalg.norm(points[36] - points[45])
    if done.stderr:
        assert int(done.stderr) < 1_000_000, "the picture alone has 324,000"


def test_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, finder: FaceFinder) -> None:
    def refuse(path: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ImageError, match=r"secret\.png: the file cannot be read: Permission denied"):
        finder.find(tmp_path / "secret.png")
