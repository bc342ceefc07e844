from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from facepoints import images
from facepoints.evaluation.keypoints import evaluate_keypoints
from facepoints.evaluation.keypoints_report import write_keypoint_report
from facepoints.evaluation.keypoints_result import FailedFace, KeypointEvaluation
from tests.evaluation.shifted_finder import ShiftedFinder, labelled_face

SHIFTS: dict[int, float | None] = {10: 1.0, 20: 3.0, 30: None}
SETTINGS = {"Data": "faces", "Date": "2026-01-01"}


@pytest.fixture
def evaluation(tmp_path: Path) -> KeypointEvaluation:
    faces = [labelled_face(tmp_path / "data", f"<{level}>.png", level) for level in SHIFTS]
    return evaluate_keypoints(ShiftedFinder(SHIFTS), faces)


def test_all_files_are_written_and_agree(evaluation: KeypointEvaluation, tmp_path: Path) -> None:
    out = tmp_path / "new" / "report"
    written = write_keypoint_report(evaluation, out, tmp_path / "data", SETTINGS)
    assert [path.name for path in written] == ["ced.svg", "reliability.svg", "report.html", "report.json", "worst.png"]
    assert sorted(out.iterdir()) == written
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert report["settings"] == SETTINGS
    assert report["summaries"]["detector"]["nme"] == pytest.approx(0.08, abs=1e-6)
    html = (out / "report.html").read_text(encoding="utf-8")
    text = re.sub(r"<[^>]*>", " ", html)
    for expected in (
        "8.00 %",
        "2 of 3",
        "1 missed",
        "NME 6.0 %",
        "&lt;20&gt;.png",
        "Missed faces, detector",
        "Date",
        "Expected calibration error",
    ):
        assert expected in text
    assert html.count("<figure>") == 3 + 2 + 1
    for name in ("ced.svg", "reliability.svg"):
        assert (out / name).read_text(encoding="utf-8") in html
    assert images.read(out / "worst.png").shape[1] > 3 * 320


def test_faces_that_failed_are_named_on_the_page(evaluation: KeypointEvaluation, tmp_path: Path) -> None:
    failed = (FailedFace(tmp_path / "gone.jpg", "there is no such file"),)
    partly = replace(evaluation, failed=failed)
    write_keypoint_report(partly, tmp_path / "out", tmp_path, SETTINGS)
    html = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "in no figure: 1 of the labelled faces" in html
    assert "gone.jpg: there is no such file" in html


def test_run_that_found_nobody_still_has_a_report(tmp_path: Path) -> None:
    faces = [labelled_face(tmp_path, "30.png", 30)]
    evaluation = evaluate_keypoints(ShiftedFinder(SHIFTS), faces, ["detector"])
    written = write_keypoint_report(evaluation, tmp_path / "out", tmp_path, SETTINGS)
    assert [path.name for path in written] == ["ced.svg", "report.html", "report.json"]
    assert "Missed faces" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
