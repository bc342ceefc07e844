"""Networks that reach beyond their file, or need not end, are refused before ONNX Runtime sees them."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facepoints import weights
from facepoints.errors import WeightsError
from facepoints.weights.structure import check_structure


def field(number: int, content: bytes) -> bytes:
    """A field of Protocol Buffers with less than 128 bytes; numbers from 16 take two bytes."""
    tag = number << 3 | 2
    head = bytes([tag]) if tag < 128 else bytes([tag & 127 | 128, tag >> 7])
    return head + bytes([len(content)]) + content


OTHER_FILE = field(13, field(1, b"location") + field(2, b"../x"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (field(7, field(5, OTHER_FILE)), "another file"),
        (field(7, field(15, field(2, OTHER_FILE))), "another file"),
        (field(7, field(1, field(5, field(5, OTHER_FILE)))), "another file"),
        (field(25, field(7, field(5, field(10, OTHER_FILE)))), "another file"),
        (field(7, b"") + field(7, field(5, OTHER_FILE)), "another file"),
        (field(7, field(1, field(5, field(6, b"")))), "loops or branches"),
        (field(7, field(1, field(5, field(11, b"")))), "loops or branches"),
        (b"no network", "no ONNX network"),
        (field(7, b"abcdef")[:-1], "no ONNX network"),
        (field(7, b"\x0b"), "no ONNX network"),
        (b"\x08" + b"\xff" * 11, "no ONNX network"),
    ],
)
def test_refused(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "mine.onnx").write_bytes(content)
    with pytest.raises(WeightsError, match=rf"mine\.onnx .*{words}"):
        weights.resolve(tmp_path / "mine.onnx")


@pytest.mark.parametrize("name", weights.available())
def test_the_shipped_ones_pass(name: str) -> None:
    check_structure(weights.available()[name].path)


def test_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.onnx").mkdir()
    with pytest.raises(WeightsError, match=r"a\.onnx cannot be read"):
        weights.resolve(tmp_path / "a.onnx")


@settings(max_examples=50)
@given(content=st.binary(max_size=60))
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.onnx"
    path.write_bytes(content)
    with suppress(WeightsError):
        check_structure(path)
