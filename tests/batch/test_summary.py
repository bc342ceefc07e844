from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from facepoints.batch.histogram import Histogram
from facepoints.batch.summary import EDGES, Failure, Summary, summarise
from facepoints.errors import InputError
from facepoints.faces import Faces
from tests.batch.tables import Row, faces_at, write_part

DAMAGED = [Row(f"broken {number}.jpg", error=("damaged", "the file is cut off")) for number in range(7)]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Eight pictures that were read in two parts, and nine that failed."""
    pose = [(-31.0, 0.0, 179.0), (12.0, 1.0, 0.0), (None, math.nan, 0.0)]
    rows = [Row("three.jpg", faces_at(3), pose=pose), Row("none.jpg", Faces.empty()), *DAMAGED[:4]]
    write_part(tmp_path, 0, rows)
    gone = Row("https://host/gone.jpg", error=("unreachable", "the host does not answer"))
    frames = [Row("clip.mp4", faces_at(1, score=1.0), frame=number) for number in range(6)]
    write_part(tmp_path, 1, [*frames, Row("clip.mp4", error=("damaged", "cut off"), frame=6), *DAMAGED[4:], gone])
    return tmp_path


def test_counts_and_text(out: Path) -> None:
    summary = summarise(out)
    assert (summary.pictures, summary.with_faces, summary.without_faces, summary.faces) == (17, 7, 1, 9)
    assert summary.failed == {"damaged": 8, "unreachable": 1}
    assert list(summary.failed) == ["damaged", "unreachable"]
    told = "17 pictures: 7 with faces, 1 without, 9 failed (8 damaged, 1 unreachable); 9 faces"
    assert summary.text() == told


def test_examples_are_the_first_five_of_each_kind_and_name_frames(out: Path) -> None:
    summary = summarise(out)
    first = [Failure(f"broken {number}.jpg", "the file is cut off") for number in range(4)]
    assert summary.examples == {
        "damaged": (*first, Failure("clip.mp4, frame 6", "cut off")),
        "unreachable": (Failure("https://host/gone.jpg", "the host does not answer"),),
    }


def test_histograms_count_every_face_once(out: Path) -> None:
    histograms = summarise(out).histograms
    assert histograms["faces_per_picture"].counts[:4] == (1, 6, 0, 1)
    assert histograms["faces_per_picture"].total == 8
    assert {histograms[name].total for name in ("size", "score")} == {9}
    # The best score stands on the upper edge of the last bin.
    assert histograms["score"].counts[-1] == 6
    side = float((faces_at(1).boxes[0, 2:] - faces_at(1).boxes[0, :2]).max())
    bin_of_size = int(np.searchsorted(EDGES["size"], side, side="right")) - 1
    assert histograms["size"].counts[bin_of_size] == 9
    assert histograms["yaw"].between(-35, -30).counts == (1,)
    assert {name: histograms[name].total for name in ("yaw", "pitch", "roll")} == {"yaw": 2, "pitch": 2, "roll": 3}


def test_no_angles_without_the_pose(tmp_path: Path) -> None:
    write_part(tmp_path, 0, [Row("one.jpg", faces_at(1))])
    summary = summarise(tmp_path)
    assert set(summary.histograms) == {"faces_per_picture", "size", "score"}
    assert summary.text() == "1 picture: 1 with faces, 0 without; 1 face"


def test_summary_survives_json(out: Path) -> None:
    summary = summarise(out)
    assert Summary.from_dict(json.loads(json.dumps(summary.to_dict()))) == summary


@pytest.mark.parametrize("broken", [{}, {"pictures": "many"}, {"histograms": {"size": {"edges": [1], "counts": [1]}}}])
def test_what_is_no_summary_is_refused(out: Path, broken: dict[str, object]) -> None:
    data = {**summarise(out).to_dict(), **broken} if broken else {}
    with pytest.raises(InputError, match="not a"):
        Summary.from_dict(data)


def test_values_beyond_the_edges_are_counted_in_the_outer_bins() -> None:
    values = np.array([-5, 0, 1, 1.99, 2, 3, 99, np.nan])
    histogram = Histogram.empty((0.0, 1.0, 2.0, 3.0)).with_values(values)
    assert histogram.counts == (2, 2, 3)
    assert histogram.with_values(np.zeros(0)) == histogram
    assert histogram.between(1, 3) == Histogram((1.0, 2.0, 3.0), (2, 3))


def test_parts_that_do_not_fit_are_refused(out: Path) -> None:
    write_part(out / "other", 1, [Row("one.jpg", faces_at(2))])
    (out / "other" / "faces" / "part-00001.parquet").replace(out / "faces" / "part-00001.parquet")
    with pytest.raises(
        InputError, match=r"part-00001\.parquet do not tell of the same faces. If .* delete images/part-00001"
    ):
        summarise(out)
