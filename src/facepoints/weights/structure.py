"""What is looked for in an ONNX file of unknown origin before ONNX Runtime opens it.

ONNX can name other files, whose bytes then take part in the network: older versions of ONNX Runtime read any file of
the disk (https://github.com/microsoft/onnxruntime/pull/26776). And it has loops, which need not end. Networks of faces
need neither, so files with them are refused. A network can still be made to take any time and memory, by its sizes: see
SECURITY.md.

ONNX files are messages of Protocol Buffers; numbers of fields are those of onnx/onnx.proto.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from facepoints.errors import WeightsError

__all__ = ["check_structure"]

_WITHIN = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "function": {7: "node", 11: "attribute"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 10: "tensor", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {},
}
"""Which fields of a message hold which messages; only those that lead to what is refused."""

_REFUSED = {
    ("tensor", 13): "it takes numbers from another file",
    ("attribute", 6): "it has loops or branches",
    ("attribute", 11): "it has loops or branches",
}

_VARINT, _EIGHT, _BYTES, _FOUR = 0, 1, 2, 5
"""Wire types: how a field is stored."""


def check_structure(path: Path) -> None:
    """Check an ONNX file for what no network of faces needs; a missing one passes.

    Raises:
        WeightsError: the file cannot be read, is no ONNX, takes data from elsewhere, or has loops or branches.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise WeightsError(f"the weights {path} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    try:
        reason = _reason_against(memoryview(content), "model")
    except (IndexError, ValueError) as error:
        raise WeightsError(f"{path} is no ONNX network, or damaged") from error
    if reason:
        raise WeightsError(f"the network {path} is refused: {reason}. Make one with `facepoints export`")


def _reason_against(message: memoryview, kind: str) -> str | None:
    """The first of ``_REFUSED`` in a message and those within it."""
    for number, content in _fields(message):
        reason = _REFUSED.get((kind, number))
        within = _WITHIN[kind].get(number)
        if reason is None and within is not None and content is not None:
            reason = _reason_against(content, within)
        if reason is not None:
            return reason
    return None


def _fields(message: memoryview) -> Iterator[tuple[int, memoryview | None]]:
    """Number and content of each field; None for the content of a number.

    Raises:
        IndexError: the message ends within a field.
        ValueError: it has a field that Protocol Buffers do not know.
    """
    place = 0
    while place < len(message):
        tag, place = _varint(message, place)
        number, stored = tag >> 3, tag & 7
        if number == 0 or tag >= 2**32:
            raise ValueError(f"field {number}")
        content = None
        if stored == _VARINT:
            _, place = _varint(message, place)
        elif stored == _BYTES:
            length, place = _varint(message, place)
            content = message[place : place + length]
            place += length
        elif stored in (_EIGHT, _FOUR):
            place += 8 if stored == _EIGHT else 4
        else:
            raise ValueError(f"wire type {stored}")
        if place > len(message):
            raise IndexError(place)
        yield number, content


def _varint(message: memoryview, place: int) -> tuple[int, int]:
    """A number of variable length, and the place behind it."""
    value = 0
    for shift in range(0, 70, 7):
        byte = message[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
    raise ValueError("a number of more than ten bytes")
