from pathlib import Path

import numpy as np
import pytest

from facepoints import images
from facepoints.datasets import make_sample, read_keypoints
from facepoints.datasets.example_face import find_example
from facepoints.datasets.sample import SAMPLE_PEOPLE
from facepoints.errors import InputError
from facepoints.finder import FaceFinder
from facepoints.geometry import tight_boxes
from facepoints.scheme import OUTER_EYE_CORNERS
from tests.datasets.layouts import ASTRONAUT


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_sample(tmp_path_factory.mktemp("data") / "sample", 12, picture=ASTRONAUT)


def test_layout_and_people(sample: Path) -> None:
    training, test = read_keypoints(sample), read_keypoints(sample, "test")
    assert sorted(path.name for path in sample.iterdir()) == [
        "sample.json",
        "test",
        "test_frames_keypoints.csv",
        "training",
        "training_frames_keypoints.csv",
    ]
    assert tuple(face.group for face in [*training, *test]) == SAMPLE_PEOPLE
    for face in [*training, *test]:
        height, width = images.read(face.image).shape[:2]
        assert ((face.keypoints > 0) & (face.keypoints < (width, height))).all()


def test_labels_lie_on_the_faces(sample: Path) -> None:
    finder = FaceFinder()
    first, second = OUTER_EYE_CORNERS
    for face in read_keypoints(sample)[::3]:
        found = finder.fit(images.read(face.image), tight_boxes(face.keypoints[None])).keypoints[0]
        eyes = np.linalg.norm(face.keypoints[first] - face.keypoints[second])
        assert np.linalg.norm(found - face.keypoints, axis=1).mean() / eyes < 0.035


def test_people_differ_in_shape(sample: Path) -> None:
    faces = read_keypoints(sample)
    jaws = [face.keypoints[4, 0] - face.keypoints[12, 0] for face in faces]
    noses = [face.keypoints[27] - face.keypoints[33] for face in faces]
    ratios = [abs(jaw) / np.linalg.norm(nose) for jaw, nose in zip(jaws, noses, strict=True)]
    assert np.std(ratios) / np.mean(ratios) > 0.05


def test_same_seed_same_files_and_a_larger_set_begins_with_the_smaller(sample: Path, tmp_path: Path) -> None:
    more = make_sample(tmp_path / "more", 13, picture=ASTRONAUT)
    other = make_sample(tmp_path / "other", 12, seed=1, picture=ASTRONAUT)
    name = "training/Sample_Ash_00.jpg"
    assert (more / name).read_bytes() == (sample / name).read_bytes() != (other / name).read_bytes()
    assert (more / "training" / "Sample_Ash_01.jpg").is_file()


def test_a_set_that_is_there_is_kept_and_anything_else_is_not_touched(sample: Path, tmp_path: Path) -> None:
    picture = sample / "training" / "Sample_Ash_00.jpg"
    before = picture.stat().st_mtime_ns
    assert make_sample(sample, 12, picture=ASTRONAUT) == sample
    assert picture.stat().st_mtime_ns == before
    with pytest.raises(InputError, match="exists already"):
        make_sample(sample, 24, picture=ASTRONAUT)
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="exists already"):
        make_sample(tmp_path, 12, picture=ASTRONAUT)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "sample").mkdir()
    assert len(read_keypoints(make_sample(tmp_path / "sample", 12, picture=ASTRONAUT))) == 9
    assert [path.name for path in tmp_path.iterdir()] == ["sample"]


@pytest.mark.parametrize("count", [11, 1201])
def test_count_is_checked(tmp_path: Path, count: int) -> None:
    with pytest.raises(InputError, match=f"12 to 1200 pictures; got {count}"):
        make_sample(tmp_path / "sample", count)


def test_another_portrait_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="whose keypoints are known"):
        make_sample(tmp_path / "sample", 12, picture=ASTRONAUT.with_name("chelsea.png"))
    assert not list(tmp_path.iterdir())


def test_the_portrait_is_looked_for_upwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples" / "astronaut.png").write_bytes(b"")
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    assert find_example() == tmp_path / "examples" / "astronaut.png"


def test_without_the_portrait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("facepoints.datasets.example_face.__file__", str(tmp_path / "a" / "b" / "c" / "d.py"))
    with pytest.raises(InputError, match="comes with the repository"):
        find_example()
