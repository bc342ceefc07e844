"""What tests of several modules need: the shipped finder, the example picture, real faces, a network to train."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from facepoints import FaceFinder, images
from facepoints.arrays import Image

ROOT = Path(__file__).parents[1]

settings.register_profile("untimed", deadline=None)  # a busy machine must not fail a test
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def astronaut_path() -> Path:
    return ROOT / "examples" / "astronaut.png"


@pytest.fixture(scope="session")
def astronaut(astronaut_path: Path) -> Image:
    """512 x 512 pixels with one face; not to be written to."""
    image = images.read(astronaut_path)
    image.flags.writeable = False
    return image


@pytest.fixture(scope="session")
def finder() -> FaceFinder:
    """The default one."""
    return FaceFinder()


@pytest.fixture(scope="session")
def real_faces() -> Path:
    """The folder that the environment variable FACEPOINTS_DATA names."""
    folder = os.environ.get("FACEPOINTS_DATA", "")
    if not folder:
        pytest.skip("FACEPOINTS_DATA is not set")
    return Path(folder)


@pytest.fixture
def tiny_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Makes the network ``tiny`` known, and keeps PyTorch to one thread: on busy machines more are slower by far."""
    import torch

    from facepoints.training.networks import NETWORKS
    from tests.training.tiny_run import TINY

    monkeypatch.setitem(NETWORKS, "tiny", TINY)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
