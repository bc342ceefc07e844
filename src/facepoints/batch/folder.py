"""The folder of a run's results: what lies where, and which parts are finished."""

from __future__ import annotations

import re
import secrets
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from facepoints.report.folder import make_folder

__all__ = ["ResultFolder"]

_PART = re.compile(r"part-(\d{5,})\.parquet")
_MARKER = re.compile(r"(\d+)\.json")


@dataclass(frozen=True)
class ResultFolder:
    """Paths in the folder of a run.

    A part is finished when its table of images is there: that one is put under its name last.

    Attributes:
        root: the folder, absolute.
    """

    root: Path

    @property
    def images(self) -> Path:
        """Folder of the tables with a row a picture."""
        return self.root / "images"

    @property
    def faces(self) -> Path:
        """Folder of the tables with a row a face."""
        return self.root / "faces"

    @property
    def part(self) -> Path:
        """Folder of all that is unfinished; it goes when the run is done."""
        return self.root / ".part"

    @property
    def plan(self) -> Path:
        """Folder of the list of pictures, cut into parts."""
        return self.part / "plan"

    @property
    def running(self) -> Path:
        """Folder with a marker for each part that a worker is at."""
        return self.part / "running"

    @property
    def record(self) -> Path:
        """What the run was asked to do, with which networks, and whether it is done."""
        return self.root / "run.json"

    @property
    def summary(self) -> Path:
        """The summary as JSON."""
        return self.root / "summary.json"

    @property
    def report(self) -> Path:
        """The report as HTML."""
        return self.root / "report.html"

    def make(self) -> None:
        """Make the folders.

        Raises:
            InputError: one cannot be made, or written to.
        """
        for folder in (self.root, self.images, self.faces, self.part, self.running):
            make_folder(folder)

    def image_table(self, shard: int) -> Path:
        """The table of pictures of a part."""
        return self.images / f"part-{shard:05}.parquet"

    def face_table(self, shard: int) -> Path:
        """The table of faces of a part."""
        return self.faces / f"part-{shard:05}.parquet"

    def marker(self, shard: int) -> Path:
        """The marker of a part that a worker is at."""
        return self.running / f"{shard:05}.json"

    def temporary(self, name: str) -> Path:
        """A new path for something unfinished."""
        return self.part / f"{name}.{secrets.token_hex(6)}.tmp"

    def is_finished(self, shard: int) -> bool:
        """Whether a part is done."""
        return self.image_table(shard).exists()

    def finished(self) -> set[int]:
        """The parts that are done."""
        return _numbers(self.images, _PART)

    def marked(self) -> dict[int, Path]:
        """The markers of parts that a worker is at, or was at when it ended."""
        return {shard: self.marker(shard) for shard in sorted(_numbers(self.running, _MARKER))}

    def forsake(self) -> None:
        """Delete the folders of a run that could not begin, those that hold nothing else."""
        shutil.rmtree(self.part, ignore_errors=True)
        with suppress(OSError):  # not empty
            for folder in (self.images, self.faces, self.root):
                folder.rmdir()

    def sweep(self) -> None:
        """Delete what workers that were killed have left. No worker may be running."""
        for path in self.part.glob("*.tmp"):
            path.unlink(missing_ok=True)


def _numbers(folder: Path, pattern: re.Pattern[str]) -> set[int]:
    if not folder.is_dir():
        return set()
    matches = (pattern.fullmatch(path.name) for path in folder.iterdir())
    return {int(match[1]) for match in matches if match}
