import pytest

pytest.importorskip("torch")

from facepoints.datasets.crops import FaceCrops, merge
from facepoints.datasets.self_training import UNLABELLED
from facepoints.errors import InputError
from facepoints.training.splits import split_crops
from tests.training.samples import face_crops
from tests.training.tiny_run import tiny_config


def unlabelled(count: int) -> FaceCrops:
    crops = face_crops(count, background=False)
    names = [f"{UNLABELLED}/{row}" for row in range(count)]
    return FaceCrops(crops.images, crops.keypoints, crops.boxes, [UNLABELLED] * count, names)


def test_labels_of_a_network_are_never_validated_on() -> None:
    training, validation = split_crops(merge([face_crops(12), unlabelled(8)]), tiny_config())
    assert list(training.sources).count(UNLABELLED) == 8
    assert UNLABELLED not in validation
    assert len(validation["300w"]) + list(training.sources).count("300w") == 12


def test_they_alone_are_not_enough() -> None:
    with pytest.raises(InputError, match="too few people or photos to train on some and validate on others"):
        split_crops(unlabelled(12), tiny_config())
