from pathlib import Path

import numpy as np
import pytest

from facepoints.datasets.hard_negatives import mine, without_faces
from facepoints.datasets.wider import LabelledPicture
from facepoints.errors import ImageError
from tests.datasets.layouts import ASTRONAUT

FACES = np.array([[100, 100, 200, 200]], dtype=np.float32)


@pytest.mark.parametrize(
    ("box", "kept"),
    [
        ([0, 0, 50, 50], True),
        ([0, 100, 100, 200], True),  # beside the face, sharing an edge
        ([0, 100, 101, 200], False),
        ([120, 120, 140, 140], False),  # a part of the face
        ([50, 50, 300, 300], False),  # around it
        ([120, 200, 140, 240], True),
    ],
)
def test_only_boxes_that_touch_no_face_are_kept(box: list[float], kept: bool) -> None:
    boxes = np.array([box], dtype=np.float32)
    assert len(without_faces(boxes, FACES)) == kept


def test_all_boxes_are_kept_where_there_is_no_face() -> None:
    boxes = np.array([[0, 0, 5, 5], [1, 1, 9, 9]], dtype=np.float32)
    np.testing.assert_array_equal(without_faces(boxes, np.zeros((0, 4))), boxes)


def test_mining_leaves_the_labelled_face_out(tmp_path: Path) -> None:
    everything = np.array([[0, 0, 512, 512]], dtype=np.float32)
    nothing = np.zeros((0, 4), dtype=np.float32)
    pictures = [
        LabelledPicture(ASTRONAUT, nothing, np.zeros(0, dtype=bool)),
        LabelledPicture(ASTRONAUT, everything, np.zeros(1, dtype=bool)),
        LabelledPicture(tmp_path / "missing.jpg", nothing, np.zeros(0, dtype=bool)),
    ]
    failed: list[Path] = []

    def note(path: Path, error: ImageError) -> None:
        failed.append(path)

    found = mine(pictures, 64, note)
    assert len(found) > 0
    assert set(found.groups) == {"background/astronaut"}
    assert max(len(image) for image in found.images) <= 64
    assert len(mine(pictures[1:], 64, note)) == 0
    assert [path.name for path in failed] == ["missing.jpg", "missing.jpg"]
