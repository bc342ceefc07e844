"""What tests of several modules need: the shipped finder, the example picture, and the folder of real faces."""

import os
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
