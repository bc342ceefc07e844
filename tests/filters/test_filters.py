import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facepoints import filters
from facepoints.errors import InputError
from facepoints.faces import Faces
from facepoints.scheme import mirrored
from tests.filters.posed import faces_at, posed
from tests.random_faces import faces as any_faces

WORN = ("sunglasses", "moustache", "straw-hat", "cat", "mask")
PRIVACY = ("blur", "pixelate", "cover")


def grey(width: int = 400, height: int = 320, value: int = 190) -> np.ndarray:
    return np.full((height, width, 3), value, dtype=np.uint8)


def changed(name: str, image: np.ndarray, faces: Faces) -> np.ndarray:
    return (filters.load(name).apply(image, faces) != image).any(axis=2)


def bounds(mask: np.ndarray) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero(mask)
    return columns.min(), rows.min(), columns.max(), rows.max()


def test_names_and_nothing_else_ship() -> None:
    assert set(filters.NAMES) == {*WORN, *PRIVACY}
    for name in filters.NAMES:
        assert filters.load(name).name == name


@pytest.mark.parametrize("name", filters.NAMES)
def test_picture_stays_and_no_face_is_a_copy(name: str) -> None:
    image = np.random.default_rng(1).integers(0, 256, (320, 400, 3), dtype=np.uint8)
    before = image.copy()
    drawn = filters.load(name).apply(image, faces_at(posed()))
    assert (image == before).all()
    assert drawn.shape == image.shape
    assert (drawn != image).any()
    untouched = filters.load(name).apply(image, Faces.empty())
    assert (untouched == image).all()
    assert not np.shares_memory(untouched, image)


@pytest.mark.parametrize("name", filters.NAMES)
@given(faces=any_faces(), seed=st.integers(0, 9))
@settings(max_examples=12)
def test_any_faces_are_taken(name: str, faces: Faces, seed: int) -> None:
    """Outside the picture, huge, tiny, and points that are no face: no error, no wrong shape."""
    image = np.random.default_rng(seed).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    assert filters.load(name).apply(image, faces).shape == (40, 60, 3)


@pytest.mark.parametrize("name", filters.NAMES)
@pytest.mark.parametrize("pose", [{}, {"yaw": 40, "roll": -30}, {"yaw": -65, "pitch": 15}])
def test_follows_a_face_that_moves(name: str, pose: dict[str, float]) -> None:
    """The same face elsewhere, by whole pixels, looks the same."""
    keypoints, way = posed((200, 220), 50, **pose), np.array([96, 48])
    first = filters.load(name).apply(grey(600, 500), faces_at(keypoints))
    second = filters.load(name).apply(grey(600, 500), faces_at(keypoints + way))
    moved = np.roll(first, way[::-1], axis=(0, 1)).astype(int)
    assert np.abs(moved - second).mean() < 0.25


@pytest.mark.parametrize("name", [name for name in WORN if name != "straw-hat"])
def test_mirrored_face_wears_the_mirror_image(name: str) -> None:
    """Where it is, that is: not up to the reflections in the glasses and the single hairs."""
    keypoints = posed((200, 200), 60, yaw=35, roll=20)
    one = changed(name, grey(), faces_at(keypoints))
    other = changed(name, grey(), faces_at(mirrored(keypoints, 400)))
    assert np.logical_xor(one, other[:, ::-1]).sum() < 0.06 * one.sum()


@pytest.mark.parametrize("name", WORN)
@pytest.mark.parametrize("roll", [-40, 40, 180])
def test_rolls_with_the_head(name: str, roll: float) -> None:
    upright, leaning = (changed(name, grey(600, 600), faces_at(posed((300, 300), 60, roll=r))) for r in (0, roll))
    places = [np.argwhere(mask)[:, ::-1] - 300 for mask in (upright, leaning)]
    assert len(places[1]) == pytest.approx(len(places[0]), rel=0.04)
    cosine, sine = np.cos(np.radians(roll)), np.sin(np.radians(roll))
    turned = places[0].mean(axis=0) @ np.array([[cosine, sine], [-sine, cosine]])
    np.testing.assert_allclose(places[1].mean(axis=0), turned, atol=2)


@pytest.mark.parametrize("unit", [4, 12, 60, 400])
def test_glasses_cover_the_eyes_at_any_size(unit: float) -> None:
    keypoints = posed((6 * unit, 5 * unit), unit)
    image = grey(12 * unit, 10 * unit)
    x1, y1, x2, y2 = bounds(
        np.abs(filters.load("sunglasses").apply(image, faces_at(keypoints)).astype(int) - 190).max(2) > 60
    )
    eyes = keypoints[36:48]
    assert x1 <= eyes[:, 0].min() + 0.5
    assert x2 >= eyes[:, 0].max() - 1
    assert y1 <= eyes[:, 1].min() + 0.5
    assert y2 >= eyes[:, 1].max() - 1
    assert x2 - x1 == pytest.approx(1.65 * unit, rel=0.15, abs=2)


def test_things_are_where_they_belong() -> None:
    keypoints = posed((200, 200), 60)
    reach = {name: bounds(changed(name, grey(400, 400), faces_at(keypoints))) for name in WORN}
    assert reach["straw-hat"][1] < keypoints[17:27, 1].min() - 60
    assert keypoints[33, 1] - 12 < reach["moustache"][1] < reach["moustache"][3] < keypoints[57, 1]
    assert reach["cat"][1] < keypoints[17:27, 1].min() - 60
    assert reach["mask"][3] == pytest.approx(keypoints[8, 1], abs=16)


def test_arm_of_the_glasses_shows_on_the_near_side_alone() -> None:
    """Turned to the picture's right, the side on the left is near."""
    spans = {}
    for yaw in (-40, 0, 40):
        keypoints = posed((200, 160), 60, yaw=yaw)
        x1, _, x2, _ = bounds(changed("sunglasses", grey(), faces_at(keypoints)))
        spans[yaw] = keypoints[36, 0] - x1, x2 - keypoints[45, 0]
    assert spans[40][0] > spans[0][0] + 15
    assert spans[40][1] < spans[0][1] + 5
    assert spans[-40] == pytest.approx(spans[40][::-1], abs=3)


def test_nose_hides_what_is_behind_it() -> None:
    image, keypoints = grey(), posed((200, 160), 80, yaw=55)
    drawn = filters.load("sunglasses").apply(image, faces_at(keypoints))
    for points, dark in (([28, 29, 30, 33], False), ([37, 40], True), ([43, 46], True)):
        column, row = np.round(keypoints[points].mean(axis=0)).astype(int)
        assert (np.abs(drawn[row, column].astype(int) - 190).max() > 60) == dark, points


def test_near_face_covers_what_a_far_one_wears() -> None:
    near, far = posed((150, 200), 90), posed((215, 150), 45)
    image = grey()
    both = filters.load("straw-hat").apply(image, faces_at(far, near))
    alone = filters.load("straw-hat").apply(image, faces_at(near))
    inner = np.round(near[27:68]).astype(int)
    assert (both[inner[:, 1], inner[:, 0]] == alone[inner[:, 1], inner[:, 0]]).all()
    assert (both != alone).any()
    swapped = filters.load("straw-hat").apply(image, faces_at(near, far))
    assert (both == swapped).all()


def test_stack_draws_in_the_order_of_the_layers() -> None:
    names = ["straw-hat", "sunglasses", "mask"]
    image, faces = grey(), faces_at(posed((200, 200), 60))
    one, other = (filters.stack([filters.load(name) for name in order]) for order in (names, names[::-1]))
    assert (one.apply(image, faces) == other.apply(image, faces)).all()
    assert one.name == "straw-hat+sunglasses+mask"
    assert filters.stack([filters.load("cat")]) is filters.load("cat")
    with pytest.raises(InputError, match="at least one"):
        filters.stack([])


def test_artwork_is_darker_in_a_dark_picture() -> None:
    faces = faces_at(posed((200, 200), 60))
    bright, dark = (filters.load("straw-hat").apply(grey(400, 400, value), faces) for value in (230, 20))
    crown = (slice(90, 105), slice(170, 230))
    assert dark[crown].mean() < 0.7 * bright[crown].mean()


def test_wrong_input() -> None:
    with pytest.raises(InputError, match="uint8"):
        filters.load("cat").apply(np.zeros((9, 9, 3)), Faces.empty())  # type: ignore[arg-type]
    with pytest.raises(InputError, match="Faces"):
        filters.load("cat").apply(grey(), None)  # type: ignore[arg-type]
