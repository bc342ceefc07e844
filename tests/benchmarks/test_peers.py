"""The comparison with peers, with a worker of the test's own in place of theirs."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from facepoints.geometry import roll_of
from tests.benchmarks.conftest import FOLDER
from tests.random_faces import mean_face

WORKER = """
import sys
sys.path.insert(0, {workers!r})
from serving import Engine, serve

class Peer(Engine):
    versions = {{"peer": "1.2"}}

    def detect(self, image):
        print("noise that must not reach the answers")
        height, width = image.shape[:2]
        return [{{"box": [0, 0, width, height], "score": float(image[0, 0, 1])}}]

    def fit(self, image, boxes):
        raise ValueError("no points in " + str(len(boxes)))

serve(Peer())
"""


@pytest.fixture(autouse=True)
def folder_of_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(FOLDER / "peers"))


def test_a_worker_answers_what_its_peer_does_and_says_what_it_cannot(tmp_path: Path) -> None:
    from worker import Picture, Worker, WorkerFailedError

    script = tmp_path / "peer.py"
    script.write_text(WORKER.format(workers=str(FOLDER / "peers" / "workers")), encoding="utf-8")
    image = np.zeros((3, 5, 3), dtype=np.uint8)
    image[0, 0] = 10, 20, 30
    picture = Picture(tmp_path / "picture.rgb").show(image)
    with Worker([sys.executable, str(script)], tmp_path, tmp_path / "log") as worker:
        assert worker.ready["versions"] == {"peer": "1.2"}
        answer = worker.ask("detect", picture, repeat=3)
        assert answer["faces"] == [{"box": [0, 0, 5, 3], "score": 20.0}]
        assert len(answer["ms"]) == 3
        assert worker.ask("find", picture) == {"missing": True}
        with pytest.raises(WorkerFailedError, match="no points in 2"):
            worker.ask("fit", picture, boxes=[[0, 0, 1, 1]] * 2)
        assert worker.ask("memory")["megabytes"] > 1
    assert worker.process.returncode == 0
    assert "noise" in (tmp_path / "log").read_text(encoding="utf-8")


def test_a_worker_that_dies_is_an_error_that_names_its_log(tmp_path: Path) -> None:
    from worker import Worker, WorkerFailedError

    with pytest.raises(WorkerFailedError, match=r"see .*the\.log"):
        Worker([sys.executable, "-c", "raise SystemExit(3)"], tmp_path, tmp_path / "the.log")


def test_offsets_fitted_on_faces_undo_a_shift_that_turns_and_grows_with_the_face() -> None:
    from offsets import apply_offsets, fit_offsets

    # Faces of several sizes and turns, each with noise of its own.
    random = np.random.default_rng(0)
    found = np.stack([mean_face((200, 100), 30 + 5 * number, 0.1 * number - 0.5) for number in range(12)])
    found += random.normal(size=found.shape)
    way = np.random.default_rng(1).normal(size=(68, 2)) * 0.05
    labels = apply_offsets(found, way)
    assert np.ptp([roll_of(face) for face in found]) > 0.1
    np.testing.assert_allclose(fit_offsets(found[:6], labels[:6]), way, atol=1e-9)
    np.testing.assert_allclose(apply_offsets(found, fit_offsets(found[:6], labels[:6])), labels, atol=1e-6)


def test_offsets_follow_the_face_when_it_is_turned() -> None:
    from offsets import apply_offsets

    sideways = np.tile([1.0, 0.0], (68, 1))
    upright, lying = mean_face((0, 0), 60.0), mean_face((0, 0), 60.0, np.pi / 2)
    way = (apply_offsets(upright[None], sideways)[0] - upright)[0]
    assert way[0] > 60
    assert abs(way[1]) < 0.1 * way[0]
    # Turned clockwise by 90 degrees, to the right becomes down.
    down = (apply_offsets(lying[None], sideways)[0] - lying)[0]
    assert down[1] > 60
    assert abs(down[0]) < 0.1 * down[1]


@pytest.mark.parametrize(("count", "lines", "side"), [(1, 480, 240), (5, 480, 106.5), (20, 240, 30)])
def test_boxes_of_a_montage_lie_in_its_picture(count: int, lines: int, side: float) -> None:
    from pictures import SHAPES
    from timing import face_boxes

    width, height = SHAPES[lines]
    boxes = np.array(face_boxes(width, height, count))
    assert len(boxes) == count
    assert boxes.min() >= 0
    assert (boxes[:, 2] <= width).all()
    assert (boxes[:, 3] <= height).all()
    np.testing.assert_allclose(boxes[:, 2:] - boxes[:, :2], side)


def test_tables_show_what_is_missing_as_missing(tmp_path: Path) -> None:
    from tables import markdown

    row = {"lines": 480, "faces": 1, "threads": 1, "fit": None}
    results = {
        "contestants": {"A": {"versions": {"a": "1"}, "settings": "plain", "megabytes": 12.3}},
        "left_out": {"B": "nothing answers"},
        "times": {
            "date": "2026-01-01",
            "load": 0.0,
            "rows": [
                {"contestant": "A", "detect": 5.25, "find": 7.0, "found": 1, **row},
                {"contestant": "C", "detect": 6.5, "find": None, "found": None, **row},
            ],
        },
    }
    text = markdown(json.loads(json.dumps(results)))
    assert "| A | a 1 | plain | 12 MB |" in text
    assert "**B is left out**: nothing answers." in text
    pipeline, detector, points = text.split("1 thread**")[1:4]
    assert "| A | 7 (1) |" in pipeline
    assert "| C |" not in pipeline
    assert "| C | 6.5 |" in detector
    assert "| A |" not in points


def test_small_boxes_beside_the_one_labelled_face_do_not_count() -> None:
    from accuracy import _candidates

    found = [{"box": [0, 0, 10, 30], "score": 0.9}, {"box": [0, 0, 10, 20], "score": 0.8}]
    for least, scores in ((0.0, [0.9, 0.8]), (25.0, [0.9]), (40.0, [])):
        boxes, kept = _candidates(found, least)
        assert kept.tolist() == scores
        assert boxes.shape == (len(scores), 4)
    assert _candidates([], 5.0)[0].shape == (0, 4)


def test_mesh_table_is_that_of_the_guide() -> None:
    mesh: dict[str, object] = {}
    exec((FOLDER / "peers" / "workers" / "mesh_68.py").read_text(encoding="utf-8"), mesh)
    guide = (FOLDER.parent / "docs" / "guides" / "moving.md").read_text(encoding="utf-8")
    table: dict[str, object] = {}
    exec("NEAREST = {" + guide.split("NEAREST = {", 1)[1].split("}", 1)[0] + "}", table)
    assert mesh["NEAREST"] == tuple(number for group in table["NEAREST"].values() for number in group)
