from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from facepoints.datasets import LabelledFace
from facepoints.errors import InputError
from facepoints.evaluation.keypoints import evaluate_keypoints
from facepoints.evaluation.summary import summary_table
from facepoints.faces import Faces
from tests.evaluation.shifted_finder import ShiftedFinder, labelled_face

# Outer eyes are 50 pixels apart: 1 pixel to the right is an NME of 2 %.
SHIFTS: dict[int, float | None] = {10: 1.0, 20: 3.0, 30: None}


@pytest.fixture
def faces(tmp_path: Path) -> list[LabelledFace]:
    return [labelled_face(tmp_path, f"{level}.png", level) for level in SHIFTS]


def test_true_and_detector_boxes_are_told_apart(faces: list[LabelledFace]) -> None:
    evaluation = evaluate_keypoints(ShiftedFinder(SHIFTS), faces)
    assert evaluation.errors("true") == pytest.approx([0.02, 0.06, 0.0], abs=1e-6)
    assert evaluation.errors("detector") == pytest.approx([0.04, 0.12, np.inf], abs=1e-6)
    assert evaluation.missed("detector").tolist() == [2]
    assert evaluation.missed("true").tolist() == []
    assert evaluation.worst("true", 2).tolist() == [1, 0]
    assert evaluation.worst("detector", 16).tolist() == [1, 0]


def test_a_missed_face_is_a_failure_but_not_in_the_mean(faces: list[LabelledFace]) -> None:
    summary = evaluate_keypoints(ShiftedFinder(SHIFTS), faces).summary("detector")
    assert (summary.faces, summary.found, summary.missed) == (3, 2, 1)
    assert summary.nme == pytest.approx(0.08, abs=1e-6)
    assert summary.nme_median == pytest.approx(0.08, abs=1e-6)
    assert summary.failure_rate_8 == pytest.approx(2 / 3)
    assert summary.failure_rate_10 == pytest.approx(2 / 3)
    assert summary.auc_8 == pytest.approx(0.5 / 3, abs=1e-5)
    assert set(summary.regions) == {"jaw", "brows", "eyes", "nose", "mouth"}
    assert summary.regions["nose"] == pytest.approx(0.08, abs=1e-6)


def test_a_table_of_summaries_has_a_row_each(faces: list[LabelledFace]) -> None:
    evaluation = evaluate_keypoints(ShiftedFinder(SHIFTS), faces)
    titles, rule, *rows = summary_table({boxes: evaluation.summary(boxes) for boxes in evaluation.found}).splitlines()
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in (titles, *rows)]
    assert rule == "| --- |" + " --: |" * 8
    assert cells[0][:3] == ["", "Faces found", "NME, mean"]
    assert [row[:3] for row in cells[1:]] == [["true", "3 of 3", "2.67 %"], ["detector", "2 of 3", "8.00 %"]]


def test_the_tight_box_of_the_points_is_1_6_eye_distances_large(faces: list[LabelledFace]) -> None:
    evaluation = evaluate_keypoints(ShiftedFinder(SHIFTS), faces[:1], ["true"])
    # The mean face is 1.648 x 1.591 eye distances.
    assert evaluation.box_errors("true") == pytest.approx([0.02 / np.sqrt(1.648 * 1.591)], rel=1e-4)


def test_a_face_found_elsewhere_is_no_match(faces: list[LabelledFace]) -> None:
    half_a_face = 25.0  # find() doubles it: the boxes overlap by less than 0.3
    evaluation = evaluate_keypoints(ShiftedFinder({10: half_a_face}), faces[:1], ["detector"])
    assert evaluation.missed("detector").tolist() == [0]


def test_a_picture_that_cannot_be_read_is_named_and_the_others_go_on(faces: list[LabelledFace], tmp_path: Path) -> None:
    (tmp_path / "text.jpg").write_text("no picture")
    gone = LabelledFace(tmp_path / "gone.jpg", faces[0].keypoints, "300w", "gone")
    text = LabelledFace(tmp_path / "text.jpg", faces[0].keypoints, "300w", "text")
    flat = LabelledFace(faces[0].image, np.zeros((68, 2), dtype=np.float32), "300w", "flat")
    steps: list[tuple[int, int]] = []
    evaluation = evaluate_keypoints(
        ShiftedFinder(SHIFTS), [gone, faces[0], text, flat], progress=lambda done, total: steps.append((done, total))
    )
    assert evaluation.images == (faces[0].image,)
    assert [failed.image.name for failed in evaluation.failed] == ["gone.jpg", "text.jpg", "10.png"]
    assert "no such file" in evaluation.failed[0].reason
    assert "outer eye corners" in evaluation.failed[2].reason
    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_result_as_json_has_null_for_missed_faces(faces: list[LabelledFace]) -> None:
    data = json.loads(json.dumps(evaluate_keypoints(ShiftedFinder(SHIFTS), faces).to_dict(), allow_nan=False))
    assert data["summaries"]["true"]["nme"] == pytest.approx(0.08 / 3, abs=1e-6)
    assert [face["nme"]["detector"] for face in data["faces"]] == [0.04, 0.12, None]
    assert [face["keypoint_score"]["detector"] for face in data["faces"]] == [1, 1, None]
    assert data["calibration"]["detector"]["counts"] == [2 * 68]
    assert data["failed"] == []


def test_scores_are_those_of_the_matching_face(faces: list[LabelledFace]) -> None:
    class Doubtful(ShiftedFinder):
        def fit(self, image: np.ndarray, boxes: np.ndarray) -> Faces:
            return replace(super().fit(image, boxes), keypoint_scores=np.full((1, 68), 0.25))

        def find(self, image: np.ndarray) -> Faces:
            found = super().find(image)
            return replace(found, keypoint_scores=found.keypoint_scores * np.array([[1.0], [0.5]])[: len(found)])

    scores = evaluate_keypoints(Doubtful(SHIFTS), faces).scores
    assert scores["true"].tolist() == [[0.25] * 68] * 3
    assert scores["detector"][:2].tolist() == [[0.5] * 68] * 2
    assert np.isnan(scores["detector"][2]).all()


def test_figures_of_a_run_that_found_nobody_are_null(faces: list[LabelledFace]) -> None:
    class Blind(ShiftedFinder):
        def find(self, image: np.ndarray) -> Faces:
            return Faces.empty()

    data = evaluate_keypoints(Blind(SHIFTS), faces, ["detector"]).to_dict()
    summary = data["summaries"]["detector"]
    assert (summary["found"], summary["nme"], summary["failure_rate_8"], summary["auc_8"]) == (0, None, 1.0, 0.0)
    assert set(summary["regions"].values()) == {None}
    calibration = data["calibration"]["detector"]
    assert (calibration["counts"], calibration["calibration_error"], calibration["face_correlation"]) == (
        [],
        None,
        None,
    )


def test_wrong_use_is_refused(faces: list[LabelledFace], tmp_path: Path) -> None:
    finder = ShiftedFinder(SHIFTS)
    with pytest.raises(InputError, match="boxes must be one or more of true, detector; got haar"):
        evaluate_keypoints(finder, faces, ["haar"])  # type: ignore[list-item]
    with pytest.raises(InputError, match="no labelled faces"):
        evaluate_keypoints(finder, [])
    gone = LabelledFace(tmp_path / "gone.jpg", faces[0].keypoints, "300w", "gone")
    with pytest.raises(InputError, match=r"none of the 1 faces could be evaluated.*no such file"):
        evaluate_keypoints(finder, [gone])
