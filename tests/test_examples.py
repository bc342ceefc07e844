"""The pictures that come with the repository are good for what the documentation does with them."""

from pathlib import Path

import numpy as np
import pytest

from facepoints import FaceFinder, images

# Middles of the faces in group.jpg, by eye.
GROUP = [(268, 238), (640, 180), (980, 212), (583, 560), (820, 564), (403, 666)]


@pytest.mark.parametrize("keypoints", ["compact", "tiny"])
def test_six_people_and_no_cat(astronaut_path: Path, keypoints: str) -> None:
    faces = FaceFinder(keypoints=keypoints).find(images.read(astronaut_path.with_name("group.jpg")))

    middles = (faces.boxes[:, :2] + faces.boxes[:, 2:]) / 2
    assert len(faces) == len(GROUP)
    for place in GROUP:
        assert np.linalg.norm(middles - place, axis=1).min() < 20
