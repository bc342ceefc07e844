"""The blocks of code of a Markdown page.

Two HTML comments, which no reader sees, say how a block is tested. Before a block that cannot be run (it needs a
camera, or hours)::

    <!-- not run: needs a camera -->

and for what a page takes for granted, Python that runs at that place::

    <!-- setup:
    frames = [(0.0, facepoints.read("photo.jpg"))]
    -->

A block whose fence names a file, such as ``toml title="clown/filter.toml"``, is written to that file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NOT_RUN = re.compile(r"<!-- *not run: *(?P<reason>\S.*?) *-->")
_SETUP = re.compile(r"<!-- *setup: *$")
_FENCE = re.compile(r"(?P<indent> *)(?P<ticks>```+) *(?P<language>\w*)(?P<rest>.*)$")
_TITLE = re.compile(r'title="([^"]+)"')

SETUP = "setup"


@dataclass(frozen=True)
class Block:
    """One block of code.

    Attributes:
        language: as its fence says; empty if it says none, ``SETUP`` for what only tests see.
        code: its lines.
        line: number of its first line, from 1.
        title: the file that it is, or None.
        not_run: why it is not run, or None.
    """

    language: str
    code: str
    line: int
    title: str | None = None
    not_run: str | None = None


def blocks_of(text: str) -> list[Block]:
    """All blocks of a page, in their order.

    Raises:
        ValueError: a fence or a comment that does not end, or a remark that no block follows.
    """
    return list(_parse(text.splitlines()))


def _parse(lines: list[str]) -> Iterator[Block]:
    number, reason = 0, None
    while number < len(lines):
        line = lines[number]
        number += 1
        if found := _NOT_RUN.fullmatch(line.strip()):
            reason = found["reason"]
        elif _SETUP.fullmatch(line.strip()):
            end = _line_of("-->", lines, number)
            yield Block(SETUP, "\n".join(lines[number:end]), number + 1)
            number = end + 1
        elif fence := _FENCE.fullmatch(line):
            end = _line_of(fence["ticks"], lines, number)
            indent = len(fence["indent"])
            title = _TITLE.search(fence["rest"])
            code = "\n".join(row[indent:] for row in lines[number:end])
            yield Block(fence["language"], code, number + 1, title[1] if title else None, reason)
            number, reason = end + 1, None
        elif reason is not None and line.strip():
            raise ValueError(f"line {number}: a block of code must follow 'not run: {reason}'")
    if reason is not None:
        raise ValueError(f"line {number}: a block of code must follow 'not run: {reason}'")


def _line_of(mark: str, lines: list[str], start: int) -> int:
    for number in range(start, len(lines)):
        if lines[number].strip() == mark:
            return number
    raise ValueError(f"line {start}: what begins here does not end with {mark}")
