"""How far a run is: finished parts, and what the workers are at."""

from __future__ import annotations

from facepoints.batch.folder import ResultFolder
from facepoints.batch.marker import read_marker
from facepoints.batch.parts import count_rows
from facepoints.batch.tables import Counts

__all__ = ["Tally"]


class Tally:
    """Counts the rows of finished parts, each once.

    Args:
        folder: of the results.
        run: the life of the driver: what workers of an earlier one had begun is done anew.

    Raises:
        InputError: a table of a finished part is missing or damaged.
    """

    def __init__(self, folder: ResultFolder, run: str) -> None:
        self._folder, self._run = folder, run
        self._counted: dict[int, Counts] = {}
        self._total = Counts()
        self.refresh()

    @property
    def finished(self) -> set[int]:
        """The parts that are counted."""
        return set(self._counted)

    @property
    def total(self) -> Counts:
        """What they come to."""
        return self._total

    def add(self, shard: int, counts: Counts) -> None:
        """Count a part that a worker has just finished."""
        if shard not in self._counted:
            self._counted[shard] = counts
            self._total += counts

    def refresh(self) -> None:
        """Count the parts that are finished and nobody has told of, by their tables."""
        for shard in self._folder.finished() - self._counted.keys():
            tables = self._folder.image_table(shard), self._folder.face_table(shard)
            images, faces = map(count_rows, tables)
            self.add(shard, Counts(images, faces))

    def now(self) -> Counts:
        """The pictures and faces so far, those of unfinished parts included."""
        markers = (read_marker(path) for shard, path in self._folder.marked().items() if shard not in self._counted)
        ours = [marker for marker in markers if marker is not None and marker.run == self._run]
        return sum((Counts(marker.done, marker.faces) for marker in ours), self._total)
