from pathlib import Path

import numpy as np
import pytest

from facepoints import FaceFinder
from facepoints.datasets.crops import FaceCrops, merge
from facepoints.datasets.self_training import SURE, UNLABELLED, label_faces, label_styles, soften, style_offsets, teach
from facepoints.errors import InputError
from facepoints.keypoints import KeypointEstimator
from facepoints.scheme import POINT_COUNT
from tests.datasets.layouts import ASTRONAUT
from tests.random_faces import mean_face
from tests.training.samples import face_crops


def eyes_of(crops: FaceCrops) -> np.ndarray:
    return np.linalg.norm(crops.keypoints[:, 36] - crops.keypoints[:, 45], axis=1)[:, None, None]


@pytest.fixture(scope="module")
def astronaut() -> FaceCrops:
    return label_faces([ASTRONAUT], FaceFinder(min_score=SURE), 192, lambda path, error: pytest.fail(str(error)))


def test_the_sure_faces_of_each_picture(astronaut: FaceCrops) -> None:
    assert list(astronaut.sources) == [UNLABELLED]
    assert list(astronaut.groups) == ["unlabelled/astronaut"]
    crop = astronaut.images[0]
    fitted = FaceFinder().fit(crop, astronaut.boxes).keypoints
    assert np.abs(fitted - astronaut.keypoints).mean() < 0.02 * eyes_of(astronaut)


def test_pictures_without_a_face_and_broken_ones(tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    named: list[Path] = []
    cat = ASTRONAUT.with_name("chelsea.png")
    crops = label_faces([cat, broken], FaceFinder(min_score=SURE), 192, lambda path, error: named.append(path))
    assert len(crops) == 0
    assert named == [broken]


def test_the_teacher_agrees_with_itself_from_all_sides(astronaut: FaceCrops) -> None:
    taught = teach(astronaut, [KeypointEstimator()])
    assert np.abs(taught - astronaut.keypoints).mean() < 0.02 * eyes_of(astronaut)
    np.testing.assert_array_equal(taught, teach(astronaut, [KeypointEstimator()]))


def test_background_is_not_taught() -> None:
    crops = face_crops(2)
    taught = teach(crops, [KeypointEstimator()])
    assert np.isnan(taught[2:]).all()
    assert np.isfinite(taught[:2]).all()


def test_what_is_said_of_a_face_does_not_depend_on_the_others() -> None:
    crops, teachers = face_crops(4), [KeypointEstimator("tiny")]
    whole, part = teach(crops, teachers), teach(crops, teachers, rows=[1, 3])
    np.testing.assert_array_equal(part[[1, 3]], whole[[1, 3]])
    assert np.isnan(part[[0, 2, 4, 5]]).all()


def shifted(crops: FaceCrops, by: float) -> np.ndarray:
    """What a teacher says who sees all points ``by`` outer-eye distances further right along the eyes."""
    return crops.keypoints + style_offsets(np.tile(np.float32([by, 0]), (POINT_COUNT, 1)), crops.keypoints)


def test_a_style_is_no_error() -> None:
    crops = face_crops(6)
    taught = shifted(crops, 0.1)
    np.testing.assert_allclose(label_styles(crops, taught)["300w"], np.tile([-0.1, 0], (POINT_COUNT, 1)), atol=1e-5)
    softened = soften(crops, taught, 1.0)
    np.testing.assert_allclose(softened.keypoints, crops.keypoints, atol=1e-3)
    assert np.isnan(softened.keypoints[6:]).all()


@pytest.mark.parametrize("roll", [0.0, 0.7, np.pi])
def test_a_style_turns_with_the_face(roll: float) -> None:
    face = mean_face((60, 50), 40, roll).astype(np.float32)
    style = np.zeros((POINT_COUNT, 2), dtype=np.float32)
    style[8] = (0.1, 0.2)  # the chin's point lies to the right and lower
    offsets = style_offsets(style, face)
    cosine, sine = np.cos(roll), np.sin(roll)
    expected = 40 * np.array([0.1 * cosine - 0.2 * sine, 0.1 * sine + 0.2 * cosine])
    np.testing.assert_allclose(offsets[8], expected, atol=1e-4)
    assert not offsets[:8].any()
    crops = face_crops(1, background=False)
    turned = FaceCrops(crops.images, face[None] + offsets, crops.boxes, crops.sources, crops.groups)
    np.testing.assert_allclose(label_styles(turned, face[None])["300w"], style, atol=1e-5)


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_labels_move_towards_the_teacher_s(share: float) -> None:
    crops = face_crops(7, background=False)
    taught = shifted(crops, 0.1)
    taught[2, 30] += (0, 8)
    moved = soften(crops, taught, share).keypoints - crops.keypoints
    np.testing.assert_allclose(moved[2, 30], [0, 8 * share], atol=1e-3)
    moved[2, 30] = 0
    np.testing.assert_allclose(moved, 0, atol=1e-3)


def test_labels_of_a_network_get_the_mean_style_of_the_others() -> None:
    labelled, more = face_crops(6, background=False), face_crops(2, background=False)
    more = FaceCrops(more.images, more.keypoints + 5, more.boxes, [UNLABELLED] * 2, list(more.groups))
    crops = merge([labelled, more])
    taught = np.concatenate([shifted(labelled, -0.1), more.keypoints - 5])
    styles = label_styles(crops, taught)
    np.testing.assert_allclose(styles[UNLABELLED], styles["300w"])
    softened = soften(crops, taught, 0.0)
    expected = taught[6:] + style_offsets(np.tile(np.float32([0.1, 0]), (POINT_COUNT, 1)), more.keypoints)
    np.testing.assert_allclose(softened.keypoints[6:], expected, atol=1e-3)
    np.testing.assert_allclose(softened.boxes[6:, 0], expected[..., 0].min(axis=1), atol=1e-3)


def test_wrong_share() -> None:
    crops = face_crops(2)
    with pytest.raises(InputError, match=r"between 0 and 1; got 1\.5"):
        soften(crops, crops.keypoints, 1.5)
