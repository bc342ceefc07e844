import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints import FaceFinder
from facepoints.analysis import FACE_MODEL, Poses, head_pose
from facepoints.analysis.pose import MIN_DISTANCE
from facepoints.arrays import Image
from facepoints.errors import InputError
from facepoints.scheme import GROUPS, mirrored
from tests import heads
from tests.heads import SIZE, seen, turn
from tests.random_faces import mean_face

NOSE_TIP, LEFT_EYE, RIGHT_EYE = 30, 36, 45
CHOSEN = np.repeat(np.arange(68), [0] * 17 + [1] * 10 + [2] * 9 + [3, 0, 0, 3, 0, 0] * 2 + [0] * 20)
CAMERA = np.array([[640, 0, 319.5], [0, 640, 239.5], [0, 0, 1]])


def angles_of(keypoints: np.ndarray, size: tuple[int, int] = SIZE) -> np.ndarray:
    return head_pose(keypoints, size).angles()[0]


@given(heads.angles)
def test_known_angles_come_back(angles: tuple[float, float, float]) -> None:
    poses = head_pose(seen(turn(*angles)), SIZE)
    np.testing.assert_allclose(turn(*poses.angles()[0]), turn(*angles), atol=2e-3)


@given(heads.angles, heads.places)
def test_known_rotation_and_place_come_back(angles: tuple[float, float, float], place: tuple[float, ...]) -> None:
    poses = head_pose(seen(turn(*angles), place), SIZE)
    np.testing.assert_allclose(poses.rotations[0], turn(*angles), atol=2e-3)
    np.testing.assert_allclose(poses.translations[0], place, rtol=2e-3, atol=1)
    assert poses.focal_lengths.tolist() == [640]


@given(heads.angles, heads.places)
def test_projection_lies_on_the_points(angles: tuple[float, float, float], place: tuple[float, ...]) -> None:
    points = seen(turn(*angles), place)
    np.testing.assert_allclose(head_pose(points, SIZE).project(FACE_MODEL, SIZE), points, atol=0.2)


@given(st.integers(0, 2**32 - 1), heads.angles)
def test_pose_is_that_of_solvepnp(seed: int, angles: tuple[float, float, float]) -> None:
    """On points that fit no head exactly; started from the truth instead of from our own guess."""
    points = seen(turn(*angles)) + np.random.default_rng(seed).normal(0, 0.7, (1, 68, 2))
    truth = cv2.Rodrigues(turn(*angles))[0], np.array([[0.0], [0], [800]])
    _, vector, place = cv2.solvePnP(FACE_MODEL[CHOSEN], points[0, CHOSEN], CAMERA, None, *truth, useExtrinsicGuess=True)
    poses = head_pose(points, SIZE)
    np.testing.assert_allclose(poses.rotations[0], cv2.Rodrigues(vector)[0], atol=2e-3)
    np.testing.assert_allclose(poses.translations[0], place[:, 0], rtol=2e-3, atol=1)


def test_no_head_behind_the_camera() -> None:
    """Here OpenCV's own start ends behind the camera, with the head inside out."""
    points = seen(turn(-25, -18, -31)) + np.random.default_rng(10443).normal(0, 0.7, (1, 68, 2))
    _, _, place = cv2.solvePnP(FACE_MODEL[CHOSEN], points[0, CHOSEN], CAMERA, None)
    poses = head_pose(points, SIZE)
    assert place[2, 0] < 0 < poses.translations[0, 2]
    np.testing.assert_allclose(poses.angles()[0], (-25, -18, -31), atol=3)


@pytest.mark.parametrize(
    ("angles", "nose_moves"),
    [((30, 0, 0), (1, 0)), ((-30, 0, 0), (-1, 0)), ((0, 30, 0), (0, -1)), ((0, -30, 0), (0, 1))],
)
def test_signs_as_seen_in_the_picture(angles: tuple[float, float, float], nose_moves: tuple[int, int]) -> None:
    frontal, turned = seen(turn(0, 0, 0))[0], seen(turn(*angles))[0]
    moves = turned[NOSE_TIP] - frontal[NOSE_TIP]
    assert np.sign(np.trunc(moves / 5)).tolist() == list(nose_moves)  # perspective adds a pixel


def test_positive_roll_is_clockwise() -> None:
    points = seen(turn(0, 0, 20))[0]
    assert points[RIGHT_EYE, 1] > points[LEFT_EYE, 1]
    # The same sign and size as in the flat mean face of the other modules.
    flat = mean_face((320, 240), 80, roll=np.radians(20))
    assert angles_of(flat[None])[2] == pytest.approx(20, abs=0.5)


@given(heads.angles, heads.places)
def test_mirrored_picture_changes_signs_of_yaw_and_roll(
    angles: tuple[float, float, float], place: tuple[float, ...]
) -> None:
    points = seen(turn(*angles), place)
    yaw, pitch, roll = angles_of(points)
    np.testing.assert_allclose(turn(*angles_of(mirrored(points, SIZE[0]))), turn(-yaw, pitch, -roll), atol=2e-3)


@given(heads.angles, heads.places, st.floats(-180, 180))
def test_rolled_picture_changes_roll_alone(
    angles: tuple[float, float, float], place: tuple[float, ...], by: float
) -> None:
    square = (600, 600)
    points = seen(turn(*angles), place, square)
    rolled = (points - 299.5) @ turn(0, 0, by)[:2, :2].T + 299.5
    yaw, pitch, roll = angles_of(points, square)
    np.testing.assert_allclose(turn(*angles_of(rolled, square)), turn(yaw, pitch, roll + by), atol=3e-3)


@pytest.mark.parametrize("focal_length", [450, 640, 1300, 5000])
@pytest.mark.parametrize("angles", [(0, 0, 0), (25, 10, -20), (-40, -15, 5)])
def test_the_true_camera_hardly_matters(focal_length: float, angles: tuple[float, float, float]) -> None:
    points = seen(turn(*angles), (0, 0, focal_length), focal_length=focal_length)
    np.testing.assert_allclose(angles_of(points), angles, atol=3)


@pytest.mark.parametrize("angles", [(0, 0, 0), (25, 10, -20), (-40, -15, 5)])
def test_a_crop_of_the_picture_says_the_same(angles: tuple[float, float, float]) -> None:
    points = seen(turn(*angles), (250, -120, 1000))
    low = points[0].min(axis=0) - 20
    crop = tuple(int(side) for side in np.ceil(points[0].max(axis=0) + 20 - low))
    np.testing.assert_allclose(angles_of(points - low, crop), angles_of(points), atol=3)


def test_who_looks_into_the_camera_has_no_yaw_at_the_edge_either() -> None:
    place = np.array([350.0, 0, 800])
    towards_camera = turn(-np.degrees(np.arctan2(place[0], place[2])), 0, 0)
    poses = head_pose(seen(towards_camera, tuple(place)), SIZE)
    np.testing.assert_allclose(poses.angles()[0], 0, atol=0.2)
    np.testing.assert_allclose(poses.rotations[0], towards_camera, atol=2e-3)


def test_a_face_that_fills_the_picture_is_not_taken_to_be_near() -> None:
    points = seen(np.eye(3), (0, -40, 2000), (200, 200), focal_length=2000)
    poses = head_pose(points, (200, 200))
    assert poses.translations[0, 2] == pytest.approx(MIN_DISTANCE, rel=0.05)
    assert poses.focal_lengths[0] > 200
    np.testing.assert_allclose(poses.angles()[0], 0, atol=2.5)


@given(st.integers(0, 2**32 - 1), st.floats(0, 0.05))
def test_bad_points_do_not_flip_a_frontal_head(seed: int, noise: float) -> None:
    points = seen(turn(5, -5, 3)) + np.random.default_rng(seed).normal(0, noise * 72, (1, 68, 2))  # eyes 72 px apart
    poses = head_pose(points, SIZE)
    assert np.abs(poses.angles()).max() < 40
    assert poses.translations[0, 2] > 0


@given(st.integers(0, 2**32 - 1))
def test_any_points_give_numbers(seed: int) -> None:
    points = np.random.default_rng(seed).uniform(0, 480, (3, 68, 2))
    poses = head_pose(points, SIZE)
    for values in (poses.angles(), poses.rotations, poses.translations):
        assert np.isfinite(values).all()
    np.testing.assert_allclose(np.linalg.det(poses.rotations), 1, atol=1e-6)


def test_lids_mouth_and_jaw_do_not_matter() -> None:
    points = seen(turn(20, 10, 5))
    moved = points.copy()
    for group in ("jaw", "outer_lip", "inner_lip"):
        moved[:, list(GROUPS[group])] += 15
    moved[:, [37, 38, 43, 44]] += 6
    np.testing.assert_array_equal(angles_of(moved), angles_of(points))


def test_faces_do_not_depend_on_each_other() -> None:
    points = np.concatenate([seen(turn(20, 10, 5)), seen(turn(-50, 0, 90), (100, 50, 3000))])
    together = head_pose(points, SIZE)
    for row in range(2):
        np.testing.assert_allclose(together.angles()[row], angles_of(points[row : row + 1]), atol=1e-5)
    assert len(together) == 2
    assert repr(together) == "<Poses: 2, yaw, pitch, roll (20, 10, 5), (-49, 3, 88)>"


def test_no_face() -> None:
    poses = head_pose(np.empty((0, 68, 2)), SIZE)
    assert len(poses) == 0
    assert repr(poses) == "<Poses: 0>"
    assert poses.project(FACE_MODEL, SIZE).shape == (0, 68, 2)


def test_points_behind_the_camera_are_nowhere() -> None:
    poses = Poses(*(np.zeros((3, 1), dtype=np.float32)), np.eye(3)[None], np.array([[0.0, 0, 100]]), np.array([500.0]))
    found = poses.project([[0, 0, 0], [0, 0, -100], [0, 0, -150]], (101, 101))
    assert found[0, 0].tolist() == [50, 50]
    assert np.isnan(found[0, 1:]).all()


@pytest.mark.parametrize(
    ("keypoints", "size", "message"),
    [
        (np.zeros((68, 2)), SIZE, r"keypoints must have shape \(n, 68, 2\)"),
        (np.full((1, 68, 2), np.nan), SIZE, "finite"),
        (seen(np.eye(3)), (640,), "size must be the picture's width and height"),
        (seen(np.eye(3)), (640, 0), "size must be"),
        (seen(np.eye(3)), (640.5, 480), "size must be"),
        (seen(np.eye(3)), 640, "size must be"),
    ],
)
def test_wrong_use(keypoints: np.ndarray, size: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        head_pose(keypoints, size)  # type: ignore[arg-type]


def test_a_face_without_a_pose_costs_the_others_nothing() -> None:
    face = seen(np.eye(3))[0]
    in_one_place, on_a_line = np.full((68, 2), 7.0), np.arange(136).reshape(68, 2)
    poses = head_pose(np.stack([in_one_place, face, on_a_line]), SIZE)
    assert poses.known.tolist() == [False, True, False]
    np.testing.assert_array_equal(poses.angles()[1], head_pose(face[None], SIZE).angles()[0])
    for values in (poses.angles(), poses.rotations, poses.translations, poses.focal_lengths):
        assert np.isnan(values[[0, 2]]).all()
    assert np.isnan(poses.project(np.zeros((1, 3)), SIZE)[[0, 2]]).all()


def test_a_real_face(astronaut: Image, finder: FaceFinder) -> None:
    """She looks a little to the picture's right of the camera, her head upright."""
    size = (astronaut.shape[1], astronaut.shape[0])
    found = angles_of(finder.find(astronaut).keypoints[:1], size)
    np.testing.assert_allclose(found, (0, 1, 3), atol=2.5)
    flipped = np.ascontiguousarray(astronaut[:, ::-1])
    np.testing.assert_allclose(angles_of(finder.find(flipped).keypoints[:1], size), found * [-1, 1, -1], atol=2)
    for by in (-25, 25):
        rolled = cv2.warpAffine(astronaut, cv2.getRotationMatrix2D((255.5, 255.5), -by, 1), size)
        np.testing.assert_allclose(
            angles_of(finder.find(np.asarray(rolled, dtype=np.uint8)).keypoints[:1], size), found + [0, 0, by], atol=2.5
        )
