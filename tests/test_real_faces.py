"""Guards against regressions on real faces; the measured figures stand in the model card."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from facepoints import FaceFinder
from facepoints.datasets import LabelledFace, read_keypoints, wider
from facepoints.evaluation.contestants import choose
from facepoints.evaluation.detector import evaluate_detectors
from facepoints.evaluation.detector_result import SizeRange
from facepoints.geometry import tight_boxes
from facepoints.images import SUFFIXES


def pictures(folder: Path) -> list[Path]:
    if not folder.is_dir():
        pytest.skip(f"no {folder.name} in FACEPOINTS_DATA")
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)


def some(faces: Sequence[LabelledFace], count: int) -> list[LabelledFace]:
    """``count`` faces, spread evenly over all."""
    return [faces[index] for index in np.linspace(0, len(faces) - 1, count).astype(int)]


def mean_error(finder: FaceFinder, faces: Sequence[LabelledFace]) -> float:
    """NME by outer-eye distance with the true boxes, in per cent."""
    errors = []
    for face in faces:
        found = finder.fit(face.image, tight_boxes(face.keypoints[None])).keypoints[0]
        distance = np.linalg.norm(face.keypoints[36] - face.keypoints[45])
        errors.append(np.linalg.norm(found - face.keypoints, axis=1).mean() / distance)
    return 100 * float(np.mean(errors))


@pytest.mark.parametrize(("name", "count"), [("obamas", 2), ("the_beatles", 4), ("mona_lisa", 1)])
def test_number_of_faces_in_photos(real_faces: Path, finder: FaceFinder, name: str, count: int) -> None:
    paths = {path.stem: path for path in pictures(real_faces / "photos")}
    assert len(finder.find(paths[name])) == count


def test_cats(real_faces: Path) -> None:
    found = [len(faces) for faces in FaceFinder("haar-cat").find_batch(pictures(real_faces / "cats"))]
    assert sum(count > 0 for count in found) >= 7


def test_held_out_people_of_youtube_faces(real_faces: Path, finder: FaceFinder) -> None:
    listing = real_faces / "ytf" / "people_heldout.txt"
    if not listing.is_file():
        pytest.skip("no ytf/people_heldout.txt in FACEPOINTS_DATA")
    people = listing.read_text(encoding="utf-8").split("\n")
    faces = read_keypoints(listing.parent, "training", people={person.strip() for person in people if person.strip()})
    assert mean_error(finder, some(faces, 40)) <= 4.8


def test_lfpw_test_faces(real_faces: Path, finder: FaceFinder) -> None:
    folder = real_faces / "300w" / "lfpw" / "testset"
    if not folder.is_dir():
        pytest.skip("no 300w/lfpw/testset in FACEPOINTS_DATA")
    assert mean_error(finder, some(read_keypoints(folder), 40)) <= 4.3


def test_haar_on_some_pictures_of_wider(real_faces: Path) -> None:
    if not wider.is_wider(real_faces / "wider"):
        pytest.skip("no wider in FACEPOINTS_DATA")
    pictures = wider.read(real_faces / "wider", "val")[5::12]
    detectors, _ = choose(["haar-1.2-2"])
    evaluation = evaluate_detectors(detectors, pictures, complete=True, scored_by="detector", min_face=48)
    figures = evaluation.figures("haar-1.2-2", 0.4, SizeRange(64))
    assert len(evaluation.pictures) == 10
    assert figures.average_precision >= 0.6
