from pathlib import Path

import pytest

from facepoints.arrays import Image
from tests.video.webcam.astronaut import astronaut_frame


@pytest.fixture(scope="session")
def frame(astronaut_path: Path) -> Image:
    """A frame with the astronaut's face; not to be written to."""
    image = astronaut_frame(astronaut_path)
    image.flags.writeable = False
    return image
