from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")

from facepoints.errors import InputError, WeightsError  # noqa: E402
from facepoints.training import sharing, teacher  # noqa: E402
from facepoints.training.fit import _dead_zones  # noqa: E402
from facepoints.training.sharing import Place  # noqa: E402
from facepoints.training.teacher import check_teacher, fingerprint, softened  # noqa: E402
from tests.training.samples import face_crops  # noqa: E402
from tests.training.tiny_run import tiny_config  # noqa: E402

CONFIG = tiny_config(teacher="tiny", teacher_share=0.5)


def test_without_a_teacher_labels_stay_as_they_are() -> None:
    crops = face_crops(3)
    assert softened(crops, tiny_config(), progress_bar=False) == (crops, {})
    assert fingerprint(tiny_config()) == {}


def test_the_processes_of_a_run_share_the_faces(monkeypatch: pytest.MonkeyPatch) -> None:
    crops = face_crops(5)
    expected, expected_styles = softened(crops, CONFIG, progress_bar=False)
    looked_at: list[list[int]] = []
    told: list[Any] = []

    def teach(*arguments: Any, rows: list[int], **others: Any) -> Any:
        looked_at.append(rows)
        return original(*arguments, rows=rows, **others)

    def gather(own: Any) -> Any:
        told.append(own[0])
        # The first process hears nothing yet, so its result is nonsense; the second hears both.
        both = told * 2 if len(told) == 1 else told
        return [sharing._interleave(both)[: len(expected.images) - 2]]

    original = teacher.teach
    monkeypatch.setattr(teacher, "teach", teach)
    monkeypatch.setattr(teacher, "gather_lists", gather)
    for rank in (0, 1):
        monkeypatch.setattr(sharing, "place", lambda rank=rank: Place(rank, 2))
        got, styles = softened(crops, CONFIG, progress_bar=False)
    assert looked_at == [[0, 2, 4], [1, 3]]
    np.testing.assert_array_equal(got.keypoints, expected.keypoints)
    np.testing.assert_array_equal(styles["300w"], expected_styles["300w"])


def test_labels_that_a_teacher_moves_keep_a_part_of_their_dead_zone() -> None:
    assert _dead_zones(tiny_config(dead_zone=0.5)) == {"ytf": 0.5}
    assert _dead_zones(tiny_config(dead_zone=0.5, teacher="tiny", teacher_share=0.8)) == {"ytf": pytest.approx(0.1)}


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"teacher_share": 1.5}, InputError, "teacher_share must be from 0 to 1; got 1.5"),
        ({"teacher": "nobody"}, InputError, "there are no weights 'nobody'"),
        ({"teacher": "missing.onnx"}, WeightsError, "missing"),
    ],
)
def test_no_such_teacher(changes: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        check_teacher(tiny_config(**changes))
