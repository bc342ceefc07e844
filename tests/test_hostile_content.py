"""Whatever a file holds, its reader gets to the end or refuses it with an error for people, and says nothing else.

``benchmarks/fuzz.py`` does this at length, for more readers.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facepoints import filters, formats, images
from facepoints.errors import FacepointsError
from facepoints.faces import Faces
from tests.random_faces import faces_of, mean_face

RAMP = np.arange(16 * 16 * 3, dtype=np.uint8).reshape(16, 16, 3)
PICTURES = [images.encode(RAMP, suffix) for suffix in (".jpg", ".png", ".webp", ".bmp", ".tif")]
ART = Path(filters.__file__).parent / "art"
FILTERS = [path.read_bytes() for path in sorted(ART.glob("*/filter.toml"))]
WORDS = (b"nan", b"-1", b"1e400", b"9" * 400, b'"', b"[", b"]", b"{}", b"null", b"true", b",", b"\n", b"\0", b"\xff")

RESULTS = ("json", "jsonl", "csv", "pts", "coco")


@st.composite
def damaged(draw: st.DrawFn, good: Sequence[bytes]) -> bytes:
    """One of these files with one to three changed places, or any bytes."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=200))
    data = draw(st.sampled_from(good))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(data)))
        piece = draw(st.binary(max_size=12) | st.sampled_from(WORDS))
        data = data[:start] + piece + data[start + draw(st.sampled_from((0, 1, 4, len(piece), len(data)))) :]
    return data


@settings(max_examples=60)
@given(data=damaged(PICTURES))
def test_pictures(data: bytes) -> None:
    with suppress(FacepointsError):
        assert images.read(data).dtype == np.uint8


@cache
def good_results(name: str, folder: Path) -> bytes:
    """A small file of this kind."""
    faces = faces_of(mean_face((30, 40), 12), mean_face((80, 40), 9))
    if name == "pts":
        formats.write_pts(folder / name, faces.keypoints[0])
        return (folder / name).read_bytes()
    with formats.open_writer(name, folder / name) as writer:
        writer.write("a.jpg", 640, 480, faces)
        writer.write("b.mp4", 640, 480, faces[:1], frame=3, time=0.12)
    return (folder / name).read_bytes()


def faces_in(path: Path, kind: str) -> Iterator[Faces]:
    if kind == "coco":
        yield from (faces for _, faces in formats.read_coco(path))
    else:
        yield from (result.faces for result in formats.read_results(path))


@pytest.mark.parametrize("name", RESULTS)
@settings(max_examples=40)
@given(data=st.data())
def test_results(tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject) -> None:
    folder = tmp_path_factory.getbasetemp()
    path = folder / f"damaged.{name}"
    path.write_bytes(data.draw(damaged([good_results(name, folder)])))
    with suppress(FacepointsError):
        for faces in faces_in(path, name):
            assert np.isfinite(faces.keypoints).all()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a filter, with a small picture in place of each of the artworks, and no filter.toml yet."""
    folder = tmp_path_factory.mktemp("filter")
    for name in {path.name for path in ART.glob("*/*.png")}:
        images.write_rgba(folder / name, np.dstack([RAMP, RAMP[..., 0]]))
    return folder


@settings(max_examples=25)
@given(data=damaged(FILTERS))
def test_filters(folder: Path, data: bytes) -> None:
    (folder / "filter.toml").write_bytes(data)
    with suppress(FacepointsError):
        worn = filters.load(folder).apply(RAMP, faces_of(mean_face((8, 8), 4)))
        assert worn.shape == RAMP.shape
