import numpy as np
import pytest

from facepoints.arrays import Image
from facepoints.datasets.example_face import EXAMPLE_FACE
from facepoints.datasets.expressions import ACTIONS, ExpressionSet, random_expressions
from facepoints.datasets.sitter import Sitter
from facepoints.errors import InputError
from facepoints.training.expressions import ExpressionClassifier, expression_features, train_expressions
from tests.heads import SIZE, seen, turn


@pytest.fixture(scope="module")
def classifier() -> ExpressionClassifier:
    return train_expressions(random_expressions(1500, seed=0))


def test_it_learns_what_other_faces_do(classifier: ExpressionClassifier) -> None:
    others = random_expressions(300, seed=1)

    right = (classifier.probabilities(others.keypoints, others.size) > 0.5) == others.labels

    assert (right.mean(axis=0) > 0.85).all()
    assert classifier.losses[-1] < classifier.losses[0] / 3
    assert classifier.actions == ACTIONS


@pytest.mark.parametrize(
    ("strengths", "does"),
    [
        ({}, {"smile"}),
        ({"smile": -1.0}, set()),
        ({"mouth open": 0.9}, {"smile", "mouth open"}),
        ({"smile": -1.0, "brows raised": 1.2}, {"brows raised"}),
        ({"eyes closed": 1.0}, {"smile", "eyes closed"}),
    ],
)
def test_a_real_face_that_acts(
    classifier: ExpressionClassifier, astronaut: Image, strengths: dict[str, float], does: set[str]
) -> None:
    keypoints = Sitter(astronaut, EXAMPLE_FACE).keypoints(strengths)

    probabilities = classifier.probabilities(keypoints[None], (512, 512))[0]

    assert {action for action, value in zip(ACTIONS, probabilities, strict=True) if value > 0.5} == does


def test_features_hardly_depend_on_pose_and_size() -> None:
    straight = expression_features(seen(turn(0, 0, 0)), SIZE)
    turned = expression_features(seen(turn(20, -10, 30), (50, -40, 1500)), SIZE)

    assert turned == pytest.approx(straight, abs=0.01)


def test_the_same_seed_gives_the_same_classifier() -> None:
    few = random_expressions(60)

    first, again = (train_expressions(few, epochs=2, seed=3).probabilities(few.keypoints, few.size) for _ in range(2))

    assert (first == again).all()


def test_no_face_at_all(classifier: ExpressionClassifier) -> None:
    assert classifier.probabilities(np.empty((0, 68, 2)), SIZE).shape == (0, 4)


@pytest.mark.parametrize(("count", "epochs"), [(0, 5), (10, 0)])
def test_nothing_to_train(count: int, epochs: int) -> None:
    faces = random_expressions(10)

    with pytest.raises(InputError, match="training needs examples and epochs"):
        train_expressions(ExpressionSet(faces.keypoints[:count], faces.labels[:count]), epochs=epochs)
