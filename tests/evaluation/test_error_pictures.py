from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from facepoints.errors import InputError
from facepoints.evaluation.error_pictures import error_plot, error_sheet, error_tiles
from facepoints.evaluation.keypoints import evaluate_keypoints
from facepoints.evaluation.keypoints_result import KeypointEvaluation
from facepoints.report.comparison import FOUND_COLOUR
from tests.evaluation.shifted_finder import ShiftedFinder, labelled_face

SHIFTS: dict[int, float | None] = {10: 1.0, 20: 3.0, 30: None}


@pytest.fixture
def evaluation(tmp_path: Path) -> KeypointEvaluation:
    faces = [labelled_face(tmp_path / "people", f"{level}.png", level) for level in SHIFTS]
    return evaluate_keypoints(ShiftedFinder(SHIFTS), faces)


def test_tiles_say_whose_error_they_show(evaluation: KeypointEvaluation, tmp_path: Path) -> None:
    tiles = error_tiles(evaluation, "detector", [1, 2])
    assert [(headline, name) for _, headline, name in tiles] == [("NME 12.0 %", "20.png"), ("Not found", "30.png")]
    pink = [(picture == FOUND_COLOUR).all(axis=2).any() for picture, _, _ in tiles]
    assert pink == [True, False]
    assert error_tiles(evaluation, "true", [0], tmp_path)[0][2] == "people/10.png"


def test_a_sheet_has_a_row_for_each_so_many_faces(evaluation: KeypointEvaluation) -> None:
    one, two = (error_sheet(evaluation, "true", range(2), columns) for columns in (2, 1))
    assert one.shape[1] > 2 * 320 > two.shape[1] > 320
    assert two.shape[0] > 2 * 320
    with pytest.raises(InputError, match="needs tiles"):
        error_sheet(evaluation, "true", [])


def test_a_plot_has_a_curve_for_each_name_up_to_the_limit() -> None:
    svg = error_plot({"first": np.array([0.02, 0.3]), "second": np.array([0.02, np.inf])}, limit=0.5)
    first, second = re.findall(r'<polyline[^>]*points="([^"]*)"', svg)
    tops = [min(float(point.split(",")[1]) for point in curve.split()) for curve in (first, second)]
    assert tops[0] < tops[1]  # all faces of the first come in, half of the second never do
    assert ">50 %<" in svg
    assert "first" in svg
