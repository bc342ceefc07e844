"""Damage for :mod:`fuzz`: bytes and texts that were files, changed so that readers get far before they notice."""

from __future__ import annotations

import random
import re
import struct
import zlib
from collections.abc import Callable, Sequence

__all__ = ["mutated"]

_NUMBERS = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 2**63, 2**64 - 1)
_WORDS = (
    b"0", b"-1", b"1e400", b"-1e39", b"1e-400", b"nan", b"inf", b"-Infinity", b"NaN", b"null", b"true", b"\"\"", b"''",
    b"[]", b"{}", b"9" * 20, b"9" * 400, b"9" * 5000, b"0x" + b"f" * 5000, b"0.5", b"1_0", b"\xd9\xa3", b"\xc2\xb2",
    b"\"" + b"a" * 300 + b"\"", b"\"a\\u0000b\"", b"\"\\ud800\"", b"../../x", b"/dev/zero", b"\0", b"", b"[" * 100_000,
    b"{\"a\":" * 50_000, b"{a=" * 5000, b"<!DOCTYPE x>", b"&amp;", b"&#0;", b"a" * 140_000, b"1979-05-27T07:32:00Z",
)  # fmt: skip
_NUMBER = re.compile(rb"-?\d+(\.\d+)?([eE][+-]?\d+)?")
_TOKEN = re.compile(rb"\"[^\"\n]*\"|[\w.+-]+")

Change = Callable[[random.Random, bytes, Sequence[bytes]], bytes]


def _place(chance: random.Random, data: bytes) -> int:
    """Half of the places are in the first bytes, where headers are, or in the last ones."""
    near = min(len(data), 256)
    return chance.choice(
        (chance.randrange(near + 1), chance.randrange(len(data) + 1), len(data) - chance.randrange(near + 1))
    )


def _flip(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        place = min(_place(chance, data), len(changed) - 1)
        if place >= 0:
            changed[place] ^= chance.choice((1 << chance.randrange(8), chance.randrange(256)))
    return bytes(changed)


def _number(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    layout = chance.choice("BHIQ")
    length = struct.calcsize(layout)
    value = chance.choice(_NUMBERS) & (256**length - 1)
    packed = struct.pack(chance.choice("<>") + layout, value)
    place = _place(chance, data)
    return data[:place] + packed + data[place + length :]


def _cut(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    return data[: _place(chance, data)]


def _drop(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    place = _place(chance, data)
    return data[:place] + data[place + chance.choice((1, 2, 4, 12, 100)) :]


def _repeat(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    place, length = _place(chance, data), chance.choice((1, 4, 12, 100, 1000))
    return data[:place] + data[place : place + length] * chance.choice((2, 2, 3, 50)) + data[place + length :]


def _insert(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    place = _place(chance, data)
    return data[:place] + chance.choice((chance.randbytes(8), b"\0" * 16, chance.choice(_WORDS))) + data[place:]


def _splice(chance: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    other = chance.choice(seeds)
    return data[: _place(chance, data)] + other[_place(chance, other) :]


def _token(pattern: re.Pattern[bytes]) -> Change:
    def change(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
        found = pattern.search(data, chance.randrange(len(data) + 1)) or pattern.search(data)
        if found is None:
            return data
        return data[: found.start()] + chance.choice(_WORDS) + data[found.end() :]

    return change


def _swap_tokens(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    found = [_TOKEN.search(data, chance.randrange(len(data) + 1)) for _ in range(2)]
    first, second = (
        sorted((match for match in found if match), key=lambda match: match.start())
        if all(found)
        else (
            None,
            None,
        )
    )
    if first is None or second is None or first.end() > second.start():
        return data
    return b"".join(
        (data[: first.start()], second[0], data[first.end() : second.start()], first[0], data[second.end() :])
    )


def _lines(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    lines = data.splitlines(keepends=True)
    if not lines:
        return data
    place = chance.randrange(len(lines))
    change = chance.randrange(3)
    if change == 0:
        del lines[place]
    elif change == 1:
        lines.insert(place, chance.choice(lines))
    else:
        chance.shuffle(lines)
    return b"".join(lines)


_BINARY: tuple[Change, ...] = (_flip, _flip, _number, _number, _cut, _drop, _repeat, _insert, _splice)
_TEXT: tuple[Change, ...] = (
    _flip, _cut, _drop, _repeat, _insert, _splice, _swap_tokens, _lines, _token(_NUMBER), _token(_NUMBER),
    _token(_TOKEN), _token(_TOKEN),
)  # fmt: skip


def mutated(chance: random.Random, seeds: Sequence[bytes], *, text: bool) -> bytes:
    """One of the seeds, changed one to four times; a PNG gets right checksums again in two of three cases.

    Args:
        chance: where all choices come from.
        seeds: contents of good files.
        text: whether words and lines are changed, too.
    """
    data = chance.choice(seeds)
    for _ in range(chance.choice((1, 1, 1, 2, 2, 4))):
        data = chance.choice(_TEXT if text else _BINARY)(chance, data, seeds)
    return _with_checksums(data) if data.startswith(b"\x89PNG") and chance.random() < 2 / 3 else data


def _with_checksums(png: bytes) -> bytes:
    parts, position = [png[:8]], 8
    while position + 12 <= len(png):
        (length,) = struct.unpack_from(">I", png, position)
        end = position + 8 + length
        if end + 4 > len(png):
            break
        body = png[position + 4 : end]
        parts.append(png[position : position + 4] + body + struct.pack(">I", zlib.crc32(body)))
        position = end + 4
    return b"".join(parts) + png[position:]
