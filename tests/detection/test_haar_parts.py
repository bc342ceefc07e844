from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from facepoints import FaceFinder
from facepoints.arrays import Image
from facepoints.detection import find_eyes, find_smiles
from facepoints.errors import InputError

FACE = (176.5, 65.5, 271.5, 160.5)


def holds(box: np.ndarray, point: np.ndarray) -> bool:
    return bool((box[:2] < point).all() and (point < box[2:]).all())


@pytest.mark.parametrize("factor", [1, 3])
def test_eyes_and_smile_of_the_astronaut(astronaut: Image, finder: FaceFinder, factor: int) -> None:
    picture = np.ascontiguousarray(astronaut.repeat(factor, axis=0).repeat(factor, axis=1))
    face = (np.array([FACE]) + 0.5) * factor - 0.5
    points = (finder.find(astronaut).keypoints[0] + 0.5) * factor - 0.5
    (eyes,), (smiles,) = find_eyes(picture, face), find_smiles(picture, face)
    assert (eyes.shape, eyes.dtype, smiles.shape) == ((2, 4), np.float32, (1, 4))
    assert holds(eyes[0], points[36:42].mean(axis=0))
    assert holds(eyes[1], points[42:48].mean(axis=0))
    assert holds(smiles[0], points[48:68].mean(axis=0))
    widths = (eyes[:, 2] - eyes[:, 0]) / factor
    assert ((widths > 12) & (widths < 40)).all(), "an eye is about a fifth of a face"


def test_an_entry_for_each_box(astronaut: Image) -> None:
    boxes = [FACE, (400, 400, 500, 500), (-900, -900, -800, -800), (10, 10, 10.001, 400), FACE]
    for find in (find_eyes, find_smiles):
        found = find(astronaut, boxes)
        assert [len(part) > 0 for part in found] == [True, False, False, False, True]
        assert all(part.shape == (len(part), 4) for part in found)
        np.testing.assert_array_equal(found[0], found[4])
        assert find(astronaut, []) == []


def test_face_partly_outside_the_picture(astronaut: Image) -> None:
    picture = np.ascontiguousarray(astronaut[:, 210:])  # the left eye is cut off
    (eyes,) = find_eyes(picture, np.array([FACE]) - (210, 0, 210, 0))
    (whole,) = find_eyes(astronaut, [FACE])
    assert len(eyes) == 1
    np.testing.assert_allclose(eyes[0] + (210, 0, 210, 0), whole[1], atol=4)


def test_several_threads(astronaut: Image) -> None:
    expected = find_eyes(astronaut, [FACE])[0]
    with ThreadPoolExecutor(4) as pool:
        for eyes in pool.map(lambda _: find_eyes(astronaut, [FACE])[0], range(8)):
            np.testing.assert_array_equal(eyes, expected)


def test_bad_input(astronaut: Image) -> None:
    for find in (find_eyes, find_smiles):
        with pytest.raises(InputError, match="scale_factor"):
            find(astronaut, [FACE], scale_factor=1)
        with pytest.raises(InputError, match="boxes"):
            find(astronaut, [(0, 0, 0, 5)])
        with pytest.raises(InputError, match="an image must"):
            find(astronaut[..., 0], [FACE])
