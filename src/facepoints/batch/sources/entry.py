"""The line of a manifest, and what a user can say about sources."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

__all__ = ["Entry", "Frames", "SourceOptions"]

Frames = int | Literal["key"] | None
"""Of videos: every so many-th frame, the key frames, or no videos at all."""


@dataclass(frozen=True)
class Entry:
    """One picture, or one thing that holds many and is read from front to back.

    Attributes:
        kind: "file", "member" (of a zip or tar archive), "row" (bytes in a Parquet file), "video", or "stream" (an
            archive that can only be read from front to back: a compressed or a remote tar).
        name: what the results call it: the path as the user wrote it, with forward slashes; the URL; archive and
            member; what stands in the name column of a Parquet file, or ``file.parquet#17``.
        place: local path, or URL, of what to open. Bytes of the path that are no text are kept as ``os.fsdecode`` does.
        member: its name in the archive.
        index: in a tar, where its bytes begin; in a zip, where its header begins; in Parquet, the row, from 0.
        size: in bytes when unpacked, where known.
        pictures: how many to expect; None where nobody knows.
    """

    kind: str
    name: str
    place: str
    member: str | None = None
    index: int | None = None
    size: int | None = None
    pictures: int | None = 1

    @property
    def holds_many(self) -> bool:
        """Whether it holds any number of pictures, and is read from front to back."""
        return self.kind in ("video", "stream")


@dataclass(frozen=True)
class SourceOptions:
    """What holds for all sources of a run.

    Attributes:
        frames: of videos, every so many-th (1: every one), ``"key"`` for the key frames, or None to leave videos out.
        column: of Parquet files, the one with the pictures; None to find it.
        left_out: a folder in which nothing is searched: the one for the results.
    """

    frames: Frames = None
    column: str | None = None
    left_out: Path | None = None
