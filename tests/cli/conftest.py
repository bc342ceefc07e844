"""A finder that is told by the picture what to find, so that these tests are about the command line alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from facepoints import images
from facepoints.arrays import Floats, Image
from facepoints.cli import app
from facepoints.detection import Detections
from facepoints.faces import Faces
from facepoints.finder_settings import FinderSettings
from facepoints.images import ReducedImage
from facepoints.keypoints import KeypointEstimator
from facepoints.scheme import MEAN_FACE


class NobodyDetector:
    """Finds nobody: who else than the tracker's faces is hidden is no matter of the command line."""

    default_min_score = 0.6

    def detect(self, image: Image, min_face: int) -> Detections:
        return Detections.empty()


class CountingFinder:
    """Finds as many faces as the first pixel's red value says."""

    detector = NobodyDetector()
    min_face, min_score = 20, 0.6
    reduction = 1

    def __init__(self) -> None:
        self.estimator = KeypointEstimator("compact-int8")

    def combined_scores(self, found: Detections, *scores: object) -> Floats:
        return found.scores

    def find(self, image: Image | ReducedImage) -> Faces:
        count = int((image.pixels if isinstance(image, ReducedImage) else image)[0, 0, 0])
        keypoints = np.stack([MEAN_FACE * 10 + (20 + 5 * face, 20) for face in range(count)] or [MEAN_FACE])[:count]
        boxes = np.array([[10 + face, 10, 40 + face, 40] for face in range(count)]).reshape(count, 4)
        return Faces(boxes, np.linspace(0.9, 0.5, count), keypoints, np.full((count, 68), 0.8))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[FinderSettings]:
    """Replaces the finder; the list collects the options it was asked for with."""
    collected: list[FinderSettings] = []

    def make(options: FinderSettings) -> CountingFinder:
        collected.append(options)
        return CountingFinder()

    monkeypatch.setattr(FinderSettings, "make", make)
    return collected


@pytest.fixture
def photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with pictures of 2, 1 and 0 faces, two of the same name, and a damaged one; its parent is current."""
    folder = tmp_path / "photos"
    (folder / "sub").mkdir(parents=True)
    for name, faces in (("two.png", 2), ("one.png", 1), ("sub/one.png", 0)):
        image = np.full((48, 64, 3), 200, dtype=np.uint8)
        image[0, 0, 0] = faces
        images.write(folder / name, image)
    (folder / "broken.jpg").write_text("no picture")
    monkeypatch.chdir(tmp_path)
    return folder


def run(*arguments: str | Path) -> Result:
    """Run a command line; nothing but an exit may come out of it."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result


def tree(folder: Path) -> list[str]:
    """All files below a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def contents(folder: Path) -> dict[str, bytes]:
    """What is in each file below a folder."""
    return {name: (folder / name).read_bytes() for name in tree(folder)}


@contextmanager
def full_beyond(size: int) -> Iterator[None]:
    """In the block the system refuses to make a file larger than this, as a full disk does."""
    resource = pytest.importorskip("resource", reason="Windows has no such limit")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)  # Python ignores the signal that comes with it
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
