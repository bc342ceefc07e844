from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from facepoints import images
from facepoints.evaluation.detector import evaluate_detectors
from facepoints.evaluation.detector_report import detector_report, write_detector_report
from facepoints.evaluation.detector_result import DetectorEvaluation, FailedPicture
from facepoints.evaluation.detector_table import figure_tables
from tests.evaluation.scripted_detector import ScriptedDetector, contestant, labelled_picture

LARGE, SMALL, AWAY = [10, 10, 80, 90], [100, 10, 120, 34], [10, 110, 50, 150]
SCRIPT = {10: [(LARGE, 0.9), (AWAY, 0.6)], 20: [(AWAY, 0.8)]}
SETTINGS = {"Data": "pictures", "Date": "2026-01-01"}


def evaluate(folder: Path, *, complete: bool) -> DetectorEvaluation:
    pictures = [labelled_picture(folder, 10, [LARGE]), labelled_picture(folder, 20, [SMALL])]
    both = [contestant("first", ScriptedDetector(SCRIPT)), contestant("blind", ScriptedDetector({}))]
    return evaluate_detectors(both, pictures, complete=complete, scored_by="detector")


def words_of(html: str) -> str:
    return re.sub(r"<[^>]*>", " ", html)


def test_all_files_are_written_and_agree(tmp_path: Path) -> None:
    out = tmp_path / "new" / "report"
    written = write_detector_report(
        evaluate(tmp_path / "data", complete=True), [0.5, 0.4], out, tmp_path / "data", SETTINGS
    )
    names = ["missed.png", "precision_recall.svg", "report.html", "report.json", "unmatched.png"]
    assert [path.name for path in written] == names
    assert sorted(out.iterdir()) == written
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert report["settings"] == SETTINGS
    assert list(report["detectors"]) == ["first", "blind"]
    figures = report["detectors"]["first"]["figures"]
    assert len(figures) == 2 * 5
    # Hit, false, false among two faces.
    assert figures[0] == {
        "iou": 0.5,
        "sizes": "16+ px",
        "average_precision": 0.5,
        "recall_at_1_false_box_in_10_pictures": 0.5,
        "faces": 2,
        "found": 1,
        "recall": 0.5,
        "false_boxes": 2,
    }
    assert report["pictures"][0]["width"] == 200
    html = (out / "report.html").read_text(encoding="utf-8")
    assert (out / "precision_recall.svg").read_text(encoding="utf-8") in html
    assert html.count("<figure>") == (1 + 2) + (2 + 0)
    for expected in ("First: AP 50.0 %", "Blind: AP 0.0 %", "Missed faces, Blind", "10.png", "Score 0.80", "24 px"):
        assert expected in words_of(html)
    assert "<script" not in html
    assert not re.search(r"(src|href)=\"(?!data:)", html)


def test_one_labelled_face_a_picture_has_no_precision(tmp_path: Path) -> None:
    evaluation = evaluate(tmp_path / "data", complete=False)
    written = write_detector_report(evaluation, [0.3], tmp_path / "out", tmp_path / "data", SETTINGS)
    assert [path.name for path in written] == ["missed.png", "report.html", "report.json", "unmatched.png"]
    first = detector_report(evaluation, [0.3], SETTINGS)["detectors"]["first"]
    assert first["figures"] == [{"iou": 0.3, "sizes": "all", "faces": 2, "found": 1, "recall": 0.5, "other_boxes": 2}]
    html = words_of((tmp_path / "out" / "report.html").read_text(encoding="utf-8"))
    assert "1 of 2" in html
    assert "some may be faces" in html
    assert "recision" not in html.replace("no average precision", "")


def test_perfect_run_has_no_contact_sheets(tmp_path: Path) -> None:
    evaluation = evaluate_detectors(
        [contestant("one", ScriptedDetector({10: [(LARGE, 0.9)]}))],
        [labelled_picture(tmp_path, 10, [LARGE])],
        complete=True,
        scored_by="detector",
    )
    written = write_detector_report(evaluation, [0.5], tmp_path / "out", tmp_path, SETTINGS)
    assert [path.name for path in written] == ["precision_recall.svg", "report.html", "report.json"]


def test_pictures_without_a_face_that_counts(tmp_path: Path) -> None:
    evaluation = evaluate_detectors(
        [contestant("one", ScriptedDetector({}))],
        [labelled_picture(tmp_path, 10, [])],
        complete=True,
        scored_by="detector",
    )
    written = write_detector_report(evaluation, [0.5], tmp_path / "out", tmp_path, SETTINGS)
    assert [path.name for path in written] == ["report.html", "report.json"]
    figures = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))["detectors"]["one"]["figures"]
    assert {each["average_precision"] for each in figures} == {None}


def test_pictures_that_failed_are_named_on_the_page(tmp_path: Path) -> None:
    whole = evaluate(tmp_path / "data", complete=True)
    failed = (FailedPicture(tmp_path / "gone.jpg", "there is no such file"),)
    partly = DetectorEvaluation(whole.pictures, whole.sizes, whole.complete, whole.found, failed)
    write_detector_report(partly, [0.5], tmp_path / "out", tmp_path, SETTINGS)
    html = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "in no figure: 1 of the pictures" in html
    assert "gone.jpg: there is no such file" in html


def test_sheet_shows_the_boxes(tmp_path: Path) -> None:
    evaluation = evaluate(tmp_path / "data", complete=True)
    write_detector_report(evaluation, [0.5], tmp_path / "out", tmp_path / "data", SETTINGS)
    assert images.read(tmp_path / "out" / "unmatched.png").shape[1] > 2 * 240


@pytest.mark.parametrize(
    ("complete", "parts", "row"), [(True, 7, ["50.0 %", "0.0 %"]), (False, 3, ["1 of 2", "0 of 2"])]
)
def test_tables_side_by_side(tmp_path: Path, complete: bool, parts: int, row: list[str]) -> None:
    tables = figure_tables(evaluate(tmp_path, complete=complete), [0.5, 0.4])
    assert len(tables) == parts
    assert tables[0].rows[0][1] == row
    assert tables[-1].rows[0] == ("Default threshold", ["0.5", "0.5"])
