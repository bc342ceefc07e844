from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from facepoints.datasets.wider import LabelledPicture
from facepoints.errors import InputError, WeightsError
from facepoints.evaluation.contestants import Contestant
from facepoints.evaluation.detector import evaluate_detectors
from facepoints.evaluation.detector_result import DetectorEvaluation, SizeRange
from tests.evaluation.scripted_detector import ScriptedDetector, contestant, labelled_picture

LARGE, SMALL, TINY = [10, 10, 80, 90], [100, 10, 115, 30], [150, 10, 160, 22]  # 80, 20 and 12 px
INVALID, NOTHING = [100, 100, 140, 140], [10, 110, 50, 150]

SCRIPT = {
    10: [(LARGE, 0.9), (SMALL, 0.3), (TINY, 0.8), (INVALID, 0.7), (NOTHING, 0.6)],
    20: [(NOTHING, 0.4)],
}
EVERY = SizeRange(16)


@pytest.fixture
def pictures(tmp_path: Path) -> list[LabelledPicture]:
    return [
        labelled_picture(tmp_path, 10, [LARGE, SMALL, TINY], [INVALID]),
        labelled_picture(tmp_path, 20, [LARGE]),
        labelled_picture(tmp_path, 30, []),
    ]


def evaluate(pictures: list[LabelledPicture], *contestants: Contestant, complete: bool = True) -> DetectorEvaluation:
    return evaluate_detectors(contestants, pictures, complete=complete, scored_by="detector", min_face=16)


def test_figures_of_a_run_worked_out_by_hand(pictures: list[LabelledPicture]) -> None:
    evaluation = evaluate(pictures, contestant("one", ScriptedDetector(SCRIPT)))
    figures = evaluation.figures("one", 0.5, EVERY)
    # Three faces count. The tiny and the invalid one are dropped; then hit, false (0.6), false (0.4), hit (0.3).
    assert (figures.faces, figures.found, figures.false_boxes) == (3, 1, 1)
    assert figures.recall == pytest.approx(1 / 3)
    assert figures.average_precision == pytest.approx(1 / 3 * 1 + 1 / 3 * 2 / 4)
    # 0.1 false boxes a picture are none at all in three pictures.
    assert figures.recall_at_few_false == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("sizes", "faces", "found"),
    [
        (SizeRange(16), 3, 1),
        (SizeRange(32), 2, 1),
        (SizeRange(16, 32), 1, 0),
        (SizeRange(80), 2, 1),
        (SizeRange(0), 4, 2),
    ],
)
def test_faces_count_by_the_longer_side_of_their_box(
    pictures: list[LabelledPicture], sizes: SizeRange, faces: int, found: int
) -> None:
    figures = evaluate(pictures, contestant("one", ScriptedDetector(SCRIPT))).figures("one", 0.5, sizes)
    # The false box counts among faces of any size.
    assert (figures.faces, figures.found, figures.false_boxes) == (faces, found, 1)


def test_names_of_sizes() -> None:
    assert [str(sizes) for sizes in (SizeRange(0), SizeRange(16), SizeRange(16, 32))] == ["all", "16+ px", "16-32 px"]


def test_where_no_face_is_of_a_size_the_figures_are_nan(pictures: list[LabelledPicture]) -> None:
    figures = evaluate(pictures, contestant("one", ScriptedDetector(SCRIPT))).figures("one", 0.5, SizeRange(500))
    assert figures.faces == 0
    assert np.isnan([figures.average_precision, figures.recall, figures.recall_at_few_false]).all()


def test_labelled_boxes_without_area_do_not_count(tmp_path: Path) -> None:
    picture = labelled_picture(tmp_path, 10, [LARGE, [20, 30, 20, 70]])
    assert evaluate([picture], contestant("one", ScriptedDetector(SCRIPT))).figures("one", 0.5, EVERY).faces == 1


def test_missed_faces_and_unmatched_boxes_at_the_default_threshold(pictures: list[LabelledPicture]) -> None:
    evaluation = evaluate(pictures, contestant("one", ScriptedDetector(SCRIPT)))
    assert [(index, box.tolist()) for index, box in evaluation.missed("one", 0.5)] == [(1, LARGE), (0, SMALL)]
    assert [(index, box.tolist()) for index, box, _ in evaluation.unmatched("one", 0.5)] == [(0, NOTHING)]


def test_where_every_box_is_meant_the_threshold_is_zero(pictures: list[LabelledPicture]) -> None:
    evaluation = evaluate(pictures, contestant("all", ScriptedDetector(SCRIPT), all_count=True))
    assert evaluation.found["all"].min_score == 0
    figures = evaluation.figures("all", 0.5, EVERY)
    assert (figures.found, figures.false_boxes) == (2, 2)
    assert [score for _, _, score in evaluation.unmatched("all", 0.5)] == pytest.approx([0.6, 0.4])


def test_all_detectors_see_the_same_pictures_once_and_the_first_one_to_warm_up(
    pictures: list[LabelledPicture],
) -> None:
    detectors = [ScriptedDetector(SCRIPT), ScriptedDetector({})]
    threads = cv2.getNumThreads()
    evaluation = evaluate(pictures, contestant("one", detectors[0]), contestant("two", detectors[1]))
    assert cv2.getNumThreads() == threads
    assert list(evaluation.found) == ["one", "two"]
    for detector in detectors:
        assert detector.looked == [(10, 16), (10, 16), (20, 16), (30, 16)]
    assert evaluation.found["two"].milliseconds.shape == (3,)
    assert (evaluation.found["two"].milliseconds > 0).all()
    assert evaluation.figures("two", 0.5, EVERY).average_precision == 0


def test_one_labelled_face_a_picture(tmp_path: Path) -> None:
    script = {10: [(LARGE, 0.9), (LARGE, 0.6), (NOTHING, 0.7), (NOTHING, 0.2)], 20: [(SMALL, 0.9)]}
    pictures = [labelled_picture(tmp_path, level, [LARGE]) for level in (10, 20)]
    evaluation = evaluate(pictures, contestant("one", ScriptedDetector(script)), complete=False)
    (sizes,) = evaluation.size_ranges
    figures = evaluation.figures("one", 0.3, sizes)
    # A second box on the face matches none, nor does the one beside the other face.
    assert (figures.faces, figures.found, figures.false_boxes) == (2, 1, 3)


def test_a_picture_that_fails_is_left_out_for_all_detectors(pictures: list[LabelledPicture], tmp_path: Path) -> None:
    class Picky(ScriptedDetector):
        def detect(self, image: np.ndarray, min_face: int):  # type: ignore[no-untyped-def]
            if image[0, 0, 0] == 30:
                raise InputError("no grey pictures, please")
            return super().detect(image, min_face)

    text = LabelledPicture(tmp_path / "text.jpg", np.zeros((0, 4), dtype=np.float32), np.zeros(0, dtype=bool))
    text.image.write_text("no picture")
    steps: list[tuple[int, int]] = []
    evaluation = evaluate_detectors(
        [contestant("one", ScriptedDetector(SCRIPT)), contestant("picky", Picky(SCRIPT))],
        [text, *pictures],
        complete=True,
        scored_by="detector",
        progress=lambda done, total: steps.append((done, total)),
    )
    assert [failed.image.name for failed in evaluation.failed] == ["text.jpg", "30.png"]
    assert evaluation.failed[1].reason == "Picky: no grey pictures, please"
    assert [picture.image.name for picture in evaluation.pictures] == ["10.png", "20.png"]
    assert {len(found.boxes) for found in evaluation.found.values()} == {2}
    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_wrong_use_is_refused(pictures: list[LabelledPicture]) -> None:
    with pytest.raises(InputError, match="no detectors"):
        evaluate(pictures)
    with pytest.raises(InputError, match="no pictures"):
        evaluate([], contestant("one", ScriptedDetector(SCRIPT)))
    pictures[0].image.write_text("no picture")
    with pytest.raises(InputError, match="none of the 1 pictures could be evaluated; the first: "):
        evaluate(pictures[:1], contestant("one", ScriptedDetector(SCRIPT)))


def test_missing_weights_stop_the_run_before_it_starts(pictures: list[LabelledPicture]) -> None:
    def make() -> ScriptedDetector:
        raise WeightsError("the weights are missing")

    with pytest.raises(WeightsError, match="the weights are missing"):
        evaluate(pictures, Contestant("one", "One", make, lambda: ""))


def test_the_finder_combines_scores_and_drops_what_is_found_twice(astronaut_path: Path) -> None:
    face = [175.0, 70.0, 275.0, 185.0]
    detector = ScriptedDetector(
        {154: [(face, 0.9), ([170.0, 75.0, 270.0, 180.0], 0.8), ([20.0, 20.0, 90.0, 90.0], 0.9)]}
    )
    picture = LabelledPicture(astronaut_path, np.array([face], dtype=np.float32), np.zeros(1, dtype=bool))
    one = contestant("one", detector, all_count=True)
    evaluation = evaluate_detectors([one], [picture], complete=True, scored_by="finder", min_face=20)
    found = evaluation.found["one"]
    assert len(found.boxes[0]) == 2
    assert found.min_score == detector.default_min_score
    assert found.scores[0][0] > found.min_score > found.scores[0][1]
    figures = evaluation.figures("one", 0.5, EVERY)
    assert (figures.faces, figures.found, figures.false_boxes) == (1, 1, 0)


def test_a_box_outside_the_picture_names_its_detector(astronaut_path: Path) -> None:
    picture = LabelledPicture(astronaut_path, np.zeros((0, 4), dtype=np.float32), np.zeros(0, dtype=bool))
    stray = contestant("stray", ScriptedDetector({154: [([600.0, 0.0, 650.0, 50.0], 0.9)]}))
    with pytest.raises(InputError, match=r"the first: Stray: box 0, .* lies outside the picture"):
        evaluate_detectors([stray], [picture], complete=True, scored_by="finder")
