import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints.drawing import PALETTE, draw, draw_boxes, draw_keypoints
from facepoints.drawing.axes import AXIS_COLOURS
from facepoints.errors import InputError
from facepoints.faces import Faces
from facepoints.scheme import GROUPS
from tests.heads import seen, turn
from tests.random_faces import faces_of, mean_face

NOTHING = {"boxes": False, "keypoints": False, "edges": False, "scores": False}


def grey(width: int = 300, height: int = 300, value: int = 110) -> np.ndarray:
    return np.full((height, width, 3), value, dtype=np.uint8)


def changed(image: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    return (image != drawn).any(axis=2)


def test_picture_itself_stays_as_it_is() -> None:
    image = grey()
    drawn = draw(image, faces_of(mean_face((150, 120), 90)))
    assert (image == 110).all()
    assert drawn.shape == image.shape
    assert drawn.dtype == np.uint8
    assert changed(image, drawn).any()


def test_no_face_or_nothing_to_draw_is_a_copy() -> None:
    image = grey()
    for drawn in (draw(image, Faces.empty()), draw(image, faces_of(mean_face((150, 120), 90)), **NOTHING)):
        np.testing.assert_array_equal(drawn, image)
        assert not np.shares_memory(drawn, image)


@pytest.mark.parametrize("eye_distance", [40, 90, 400])
def test_points_lie_at_their_sub_pixel_places(eye_distance: int) -> None:
    """The centre of what a lone point changes is the point, for small (finely drawn) and large faces."""
    size = eye_distance * 4
    image = grey(size, size)
    keypoints = np.tile(mean_face((size / 2, size / 2), eye_distance)[:1], (68, 1))
    keypoints[1:] += [eye_distance * 1.5, 0.3]  # a face of two places keeps its size
    drawn = draw(image, faces_of(keypoints), **{**NOTHING, "keypoints": True})
    weight = np.abs(drawn.astype(float) - image).sum(axis=2)
    weight[:, size // 2 :] = 0  # the other 67 points
    rows, columns = np.indices(weight.shape)
    centre = [(columns * weight).sum() / weight.sum(), (rows * weight).sum() / weight.sum()]
    np.testing.assert_allclose(centre, keypoints[0], atol=0.15)


def test_each_group_has_its_colour() -> None:
    keypoints = mean_face((500, 450), 400)
    drawn = draw(grey(1000, 1000), faces_of(keypoints))
    for name, group in GROUPS.items():
        column, row = np.round(keypoints[group[1]]).astype(int)
        assert tuple(drawn[row, column]) == PALETTE[name], name


@pytest.mark.parametrize("part", ["boxes", "keypoints", "edges", "scores"])
def test_each_part_can_be_chosen(part: str) -> None:
    image = grey()
    assert changed(image, draw(image, faces_of(mean_face((150, 120), 90)), **{**NOTHING, part: True})).any()


def test_nothing_far_from_the_face_changes() -> None:
    image = grey(600, 400)
    touched = changed(image, draw(image, faces_of(mean_face((150, 150), 60)), scores=True))
    assert not touched[:, 260:].any()
    assert not touched[300:].any()


@pytest.mark.parametrize("background", [20, 235])
def test_points_stand_out_on_dark_and_light(background: int) -> None:
    image = grey(value=background)
    drawn = draw(image, faces_of(mean_face((150, 120), 120)), **{**NOTHING, "keypoints": True})
    contrast = np.abs(drawn.astype(int) - background).max(axis=2)
    assert (contrast > 120).sum() > 68 * 4


def test_drawing_looks_alike_at_any_scale() -> None:
    """The amount of colour grows with the area of the face, as far as whole-pixel line widths let it."""
    image = grey(900, 900, value=0)
    small, large = (
        draw(image, faces_of(mean_face((450, 350), distance)), boxes=False).sum() / distance**2
        for distance in (100, 450)
    )
    assert small == pytest.approx(large, rel=0.4)


@pytest.mark.parametrize("size", [(1, 1), (2, 40), (40, 2), (12, 12)])
@pytest.mark.parametrize("centre", [(0, 0), (-3, 8), (1e4, 1e4), (-1e9, 1e9)])
@pytest.mark.parametrize("eye_distance", [0.5, 10, 3000])
def test_tiny_pictures_and_faces_outside(size: tuple[int, int], centre: tuple[float, float], eye_distance: int) -> None:
    image = grey(*size)
    face = mean_face(centre, eye_distance)
    faces = Faces(np.array([[-9, -9, 5e3, 5e3]]), np.ones(1), face[None], np.ones((1, 68)))
    assert draw(image, faces, scores=True).shape == image.shape


def test_highest_score_lies_on_top() -> None:
    image, face = grey(600, 600), mean_face((300, 250), 200)
    faces = faces_of(face, face + np.array([4, 0]))
    first = faces[:1]
    column, row = np.round(face[30]).astype(int)
    both = draw(image, faces, boxes=False, edges=False)
    np.testing.assert_array_equal(both[row, column], draw(image, first, boxes=False, edges=False)[row, column])


def test_not_an_image() -> None:
    with pytest.raises(InputError, match="shape"):
        draw(np.zeros((5, 5), dtype=np.uint8), Faces.empty())


def test_boxes_of_parts() -> None:
    image = grey()
    drawn = draw_boxes(image, [[50, 60, 150, 120], [-40, 200, 30, 500]], PALETTE["left_eye"])
    rows, columns = np.nonzero(changed(image, drawn))
    assert (image == 110).all()
    assert (rows.min(), columns.min()) == (pytest.approx(58, abs=2), 0)
    assert not changed(image, drawn)[64:116, 54:146].any(), "only outlines"
    assert (drawn[60, 60:140] == PALETTE["left_eye"]).all(axis=1).mean() > 0.9
    assert not changed(image, draw_boxes(image, [], PALETTE["jaw"])).any()
    assert not changed(image, draw_boxes(image, [[400, 400, 500, 500]], PALETTE["jaw"])).any()
    with pytest.raises(InputError, match="boxes"):
        draw_boxes(image, [[5, 5, 5, 5]], PALETTE["jaw"])


def test_axes_stand_on_the_nose_and_point_as_the_head_does() -> None:
    keypoints = seen(turn(35, 0, 0), (0, 0, 400), (1000, 1000))[0]
    image = grey(1000, 1000)
    drawn = draw(image, faces_of(keypoints), **{**NOTHING, "pose": True})
    nose = keypoints[30]
    middles = {}
    for name, colour in AXIS_COLOURS.items():
        rows, columns = np.nonzero((drawn == colour).all(axis=2))
        assert len(rows) > 100, name
        middles[name] = np.array([columns.mean(), rows.mean()]) - nose
    assert middles["x"][0] > 20
    assert middles["y"][1] > 20
    assert middles["z"][0] > 20  # the face looks to the right
    assert abs(middles["z"][1]) < 15
    rows, columns = np.nonzero(changed(image, drawn))
    near = np.hypot(columns - nose[0], rows - nose[1]).min()
    assert near < 3


def test_axes_are_not_drawn_unasked_and_of_every_face_if_asked() -> None:
    first, second = (seen(np.eye(3), (x, 0, 1200), (1000, 500))[0] for x in (-250, 250))
    image = grey(1000, 500)
    faces = faces_of(first, second)
    assert not changed(image, draw(image, faces, **NOTHING)).any()
    touched = changed(image, draw(image, faces, **NOTHING, pose=True))
    assert touched[:, :450].any()
    assert touched[:, 550:].any()


@given(st.integers(0, 2**32 - 1))
def test_axes_of_whatever_points_can_be_drawn(seed: int) -> None:
    keypoints = np.random.default_rng(seed).uniform(-100, 400, (68, 2))
    assert draw(grey(), faces_of(keypoints), **NOTHING, pose=True).shape == (300, 300, 3)


def test_no_axes_without_a_pose() -> None:
    image, face = grey(), mean_face((150, 120), 90)
    line = faces_of(np.arange(136).reshape(68, 2))
    np.testing.assert_array_equal(draw(image, line, pose=True), draw(image, line))
    both = draw(image, faces_of(face, np.arange(136).reshape(68, 2)), pose=True)
    assert changed(both, draw(image, faces_of(face, np.arange(136).reshape(68, 2)))).any()  # the other face has axes


def test_keypoints_alone_are_drawn_as_those_of_a_face_without_its_box() -> None:
    image, face = grey(), mean_face((150, 120), 90)
    expected = draw(image, faces_of(face), boxes=False)
    np.testing.assert_array_equal(draw_keypoints(image, face), expected)
    np.testing.assert_array_equal(draw_keypoints(image, face[None]), expected)
    assert changed(image, draw_keypoints(image, face, edges=False)).sum() < changed(image, expected).sum()


@pytest.mark.parametrize("keypoints", [np.zeros((67, 2)), np.zeros((2, 3, 68, 2)), np.full((68, 2), np.nan)])
def test_what_are_no_keypoints_is_refused(keypoints: np.ndarray) -> None:
    with pytest.raises(InputError, match="keypoints must"):
        draw_keypoints(grey(), keypoints)
