"""The pictures of samples, read once more for the report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from facepoints.arrays import Image
from facepoints.batch.folder import ResultFolder
from facepoints.batch.pictures import Picture, read_pictures
from facepoints.batch.plan import read_shard
from facepoints.batch.samples import Sample
from facepoints.batch.sources.entry import Entry, SourceOptions

__all__ = ["SampleReader"]


class SampleReader:
    """Gives the picture of a sample by its name and frame, or None if it can be had no more.

    Of a video or archive that is read from front to back the samples must be asked for in their order.

    Args:
        folder: of the results, with the plan still there.
        samples: whose pictures will be asked for.
        options: that the sources were read with.
    """

    def __init__(self, folder: ResultFolder, samples: Sequence[Sample], options: SourceOptions) -> None:
        self._folder, self._options = folder, options
        self._places = {(sample.image, sample.frame): sample.place for sample in samples}
        self._shard, self._entries = -1, list[Entry]()
        self._stream: Iterator[Picture] = iter(())
        self._next = 0

    def __call__(self, image: str, frame: int | None) -> Image | None:
        """The picture, RGB ``uint8`` ``(H, W, 3)``."""
        shard, row = self._places[image, frame]
        if shard != self._shard:
            self._shard, self._entries = shard, read_shard(self._folder.plan, shard)
            self._begin_stream()
        if not any(entry.holds_many for entry in self._entries):
            pictures = read_pictures(self._entries[row : row + 1], self._options)
        else:
            if row < self._next:  # an archive may hold two pictures of one name
                self._begin_stream()
            pictures = islice(self._stream, row - self._next, None)
            self._next = row + 1
        picture = next(iter(pictures), None)
        return None if picture is None else picture.image

    def _begin_stream(self) -> None:
        self._stream, self._next = read_pictures(self._entries, self._options), 0
