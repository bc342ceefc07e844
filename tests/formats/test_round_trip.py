from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facepoints import formats
from facepoints.faces import Faces
from tests.random_faces import faces

NAMES = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=12)


def assert_equal(actual: Faces, expected: Faces) -> None:
    np.testing.assert_allclose(actual.boxes, expected.boxes, atol=0.006)
    np.testing.assert_allclose(actual.scores, expected.scores, atol=0.00006)
    np.testing.assert_allclose(actual.keypoints, expected.keypoints, atol=0.006)
    np.testing.assert_allclose(actual.keypoint_scores, expected.keypoint_scores, atol=0.00006)
    if expected.track_ids is None or len(expected) == 0:
        assert actual.track_ids is None
    else:
        np.testing.assert_array_equal(actual.track_ids, expected.track_ids)


@pytest.mark.parametrize("format_name", ["json", "jsonl", "csv", "coco"])
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(pictures=st.lists(st.tuples(NAMES, faces()), max_size=4))
def test_what_is_written_is_read_back(tmp_path: Path, format_name: str, pictures: list[tuple[str, Faces]]) -> None:
    path = tmp_path / f"result.{'json' if format_name == 'coco' else format_name}"
    with formats.open_writer(format_name, path) as writer:
        for name, found in pictures:
            writer.write(name, 640, 480, found)
    read = list(formats.read(path))
    expected = [picture for picture in pictures if len(picture[1]) or format_name != "csv"]
    assert [name for name, _ in read] == [name for name, _ in expected]
    for (_, actual), (_, original) in zip(read, expected, strict=True):
        assert_equal(actual, original)
