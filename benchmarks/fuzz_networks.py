"""Networks for :mod:`fuzz`: ONNX files damaged in their structure, and checkpoints of training runs."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from fuzz_mutations import mutated

from facepoints.detection.session import DetectorSession
from facepoints.keypoints.session import KeypointSession
from facepoints.weights import available, resolve

__all__ = [
    "checkpoint_seeds",
    "damaged_checkpoint",
    "damaged_network",
    "read_checkpoint_file",
    "read_detector",
    "read_keypoint_network",
    "weights_seeds",
]

_VARINT, _EIGHT, _BYTES, _FOUR = 0, 1, 2, 5
"""Wire types of Protocol Buffers."""

_DEEPEST = 6
_NUMBERS = (0, 1, 2, 3, 7, 64, 127, 255, 2**15, 2**20, 2**31 - 1, 2**31, 2**32 - 1, 2**62, 2**63, 2**64 - 1)
_OPERATORS = (
    b"Loop", b"If", b"Scan", b"Resize", b"Reshape", b"Expand", b"Tile", b"ConstantOfShape", b"Pad", b"GatherND",
    b"Concat", b"ConvTranspose", b"LSTM", b"Cast", b"Slice", b"ScatterND", b"NonMaxSuppression", b"Where", b"x",
)  # fmt: skip

Field = tuple[int, int, Any]
"""Number, wire type, and an integer or bytes."""


# Files


def weights_seeds(name: str, _: Path) -> list[bytes]:
    """A shipped network."""
    return [available()[name].path.read_bytes()]


def read_keypoint_network(data: bytes, folder: Path) -> None:
    """Open and run it."""
    path = folder / "a.onnx"
    path.write_bytes(data)
    session = KeypointSession(resolve(path))
    session.run(np.zeros((1, session.size, session.size, 3), dtype=np.uint8))


def read_detector(data: bytes, folder: Path) -> None:
    """Open and run it."""
    path = folder / "a.onnx"
    path.write_bytes(data)
    DetectorSession(resolve(path, "detector")).run(np.zeros((64, 64, 3), dtype=np.uint8), 0.0)


def checkpoint_seeds(folder: Path) -> list[bytes]:
    """A checkpoint as a training run leaves it, but small."""
    import torch

    from facepoints.training.trained_module import CHECKPOINT_KEY, CHECKPOINT_KIND

    content = {
        "state_dict": {"network.a.weight": torch.ones(3, 4), "network.b": torch.tensor(3), "other": torch.zeros(2)},
        CHECKPOINT_KEY: {"network": "tiny", "rate": 0.1, "list": [1, None, True]},
        CHECKPOINT_KIND: "keypoints",
        "epoch": 3,
    }
    torch.save(content, folder / "a.ckpt")
    return [(folder / "a.ckpt").read_bytes()]


def read_checkpoint_file(data: bytes, folder: Path) -> None:
    """Read all that the weights of a checkpoint hold."""
    from facepoints.training.checkpoints import read_checkpoint

    path = folder / "a.ckpt"
    path.write_bytes(data)
    read_checkpoint(path)


# Damage


def damaged_network(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    """An ONNX file with one to four changed fields, wherever they are; in a quarter of the cases changed bytes instead,
    and in another quarter as well."""
    kind = chance.randrange(4)
    if kind == 0:
        return mutated(chance, seeds, text=False)
    data = chance.choice(seeds)
    for _ in range(chance.choice((1, 1, 2, 4))):
        data = _changed(chance, data, 0)
    return mutated(chance, [data], text=False) if kind == 1 else data


def damaged_checkpoint(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    """A checkpoint, which is a zip archive, with a changed file in it and right checksums; or changed bytes."""
    if chance.random() < 0.25:
        return mutated(chance, seeds, text=False)
    with zipfile.ZipFile(io.BytesIO(chance.choice(seeds))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice([*files, *(name for name in files if name.endswith(".pkl"))])
    files[name] = mutated(chance, [files[name]], text=chance.random() < 0.5)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _changed(chance: random.Random, message: bytes, depth: int) -> bytes:
    """A message with a change of one of its fields, or of one of theirs: the larger, the likelier."""
    fields = _fields(message)
    if not fields:
        return mutated(chance, [message], text=False)
    sizes = [1 + len(value).bit_length() if kind == _BYTES else 1 for _, kind, value in fields]
    (place,) = chance.choices(range(len(fields)), sizes)
    number, kind, value = fields[place]
    if kind == _BYTES and depth < _DEEPEST and _fields(value) and chance.random() < 0.85:
        fields[place] = (number, kind, _changed(chance, value, depth + 1))
    else:
        chance.choice(_CHANGES)(chance, fields, place)
    return b"".join(_packed(field) for field in fields)


def _drop(_: random.Random, fields: list[Field], place: int) -> None:
    del fields[place]


def _repeat(chance: random.Random, fields: list[Field], place: int) -> None:
    fields[place:place] = [fields[place]] * chance.choice((1, 1, 50))


def _swap(chance: random.Random, fields: list[Field], place: int) -> None:
    other = chance.randrange(len(fields))
    fields[place], fields[other] = fields[other], fields[place]


def _renumber(chance: random.Random, fields: list[Field], place: int) -> None:
    fields[place] = (chance.randrange(1, 30), *fields[place][1:])


def _take_of_another(chance: random.Random, fields: list[Field], place: int) -> None:
    """The value of another field of the same type: names of inputs, operators."""
    number, kind, _ = fields[place]
    fields[place] = (number, kind, chance.choice([value for _, other, value in fields if other == kind]))


def _new_value(chance: random.Random, fields: list[Field], place: int) -> None:
    number, kind, value = fields[place]
    if kind != _BYTES:
        fields[place] = (number, kind, chance.choice((*_NUMBERS, value + 1, value * 2 + 1, chance.randrange(64))))
    else:
        changed = mutated(chance, [value], text=False) if value else b"x"
        fields[place] = (number, kind, chance.choice((changed, changed, b"", chance.choice(_OPERATORS))))


_CHANGES: tuple[Callable[[random.Random, list[Field], int], None], ...] = (
    _drop, _repeat, _swap, _renumber, _take_of_another, _take_of_another, _new_value, _new_value, _new_value,
)  # fmt: skip


def _fields(message: bytes) -> list[Field]:
    """The fields of a message, or none where these bytes are no message."""
    fields: list[Field] = []
    place = 0
    try:
        while place < len(message):
            tag, place = _integer(message, place)
            number, kind = tag >> 3, tag & 7
            value: Any
            if kind == _VARINT:
                value, place = _integer(message, place)
            else:
                length = {_EIGHT: 8, _FOUR: 4}.get(kind)
                if length is None and kind == _BYTES:
                    length, place = _integer(message, place)
                if number == 0 or length is None or place + length > len(message):
                    return []
                value, place = message[place : place + length], place + length
                if kind != _BYTES:
                    value = int.from_bytes(value, "little")
            fields.append((number, kind, value))
    except IndexError:
        return []
    return fields


def _integer(data: bytes, place: int) -> tuple[int, int]:
    """A varint, and where the next thing begins."""
    value = shift = 0
    while True:
        byte = data[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return value, place
        if shift > 63:
            raise IndexError("no varint")


def _packed(field: Field) -> bytes:
    number, kind, value = field
    tag = _varint(number << 3 | kind)
    if kind == _VARINT:
        return tag + _varint(value)
    if kind == _BYTES:
        return tag + _varint(len(value)) + bytes(value)
    return tag + (struct.pack("<Q", value & (2**64 - 1)) if kind == _EIGHT else struct.pack("<I", value & (2**32 - 1)))


def _varint(value: int) -> bytes:
    value &= 2**64 - 1
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])
