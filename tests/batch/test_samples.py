from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from facepoints.arrays import Image
from facepoints.batch.sample_tiles import sample_tiles
from facepoints.batch.samples import GROUPS, Sample, choose_samples
from facepoints.errors import InputError
from facepoints.faces import Faces
from tests.batch.tables import Row, faces_at, write_part


def names(samples: list[Sample], group: str) -> list[str]:
    return [sample.image for sample in samples if sample.group == group]


def collection(out: Path) -> list[Row]:
    """40 pictures with one face, of falling score and growing size, 20 without, 5 groups, a video and a failure."""
    rows = [
        Row(f"one {number:02}.jpg", faces_at(1, score=0.99 - number / 100, eye_distance=20 + number))
        for number in range(40)
    ]
    rows += [Row(f"none {number:02}.jpg", Faces.empty()) for number in range(20)]
    rows += [Row(f"group of {count}.jpg", faces_at(count)) for count in (2, 5, 3, 6, 4)]
    rows += [Row("clip.mp4", faces_at(1), frame=frame) for frame in (10, 20)]
    rows += [Row("bad.jpg", error=("damaged", "cut off"))]
    shuffled = [rows[index] for index in np.random.default_rng(7).permutation(len(rows))]
    for part in range(3):
        write_part(out, part, shuffled[part::3])
    return rows


def test_each_group_shows_what_it_promises(tmp_path: Path) -> None:
    collection(tmp_path)
    samples = choose_samples(tmp_path, seed=3)
    assert {name: len(names(samples, name)) for name in GROUPS} == {name: group.count for name, group in GROUPS.items()}
    assert names(samples, "largest") == [f"group of {count}.jpg" for count in (6, 5, 4, 3)]
    assert names(samples, "lowest") == [f"one {number:02}.jpg" for number in range(39, 31, -1)]
    assert names(samples, "smallest") == [f"one {number:02}.jpg" for number in range(8)]
    assert all(name.startswith("none") for name in names(samples, "without"))
    assert len(set(names(samples, "without"))) == 8


def test_samples_have_the_faces_of_their_pictures(tmp_path: Path) -> None:
    rows = {(row.image, row.frame): row for row in collection(tmp_path)}
    for sample in choose_samples(tmp_path):
        faces = rows[sample.image, sample.frame].faces
        assert faces is not None
        assert len(sample.faces) == len(faces)
        assert np.array_equal(sample.faces.boxes, faces.boxes)
        assert np.array_equal(sample.faces.scores, faces.scores)
        assert np.array_equal(sample.faces.keypoints, faces.keypoints)
        assert np.array_equal(sample.faces.keypoint_scores, faces.keypoint_scores)
        assert sample.size == (640, 480)


def test_lots_are_drawn_from_the_whole_collection_by_the_seed(tmp_path: Path) -> None:
    collection(tmp_path)
    first, same, other = (names(choose_samples(tmp_path, seed=seed), "found") for seed in (1, 1, 2))
    assert first == same
    assert set(first) != set(other)
    often: dict[str, int] = {}
    for seed in range(10):
        for sample in choose_samples(tmp_path, seed):
            if sample.group == "found":
                key = f"{sample.image} {sample.frame}"
                often[key] = often.get(key, 0) + 1
    # 12 of 47 ten times: 2.6 times each on average, with a standard deviation of 1.4.
    assert len(often) > 40
    assert max(often.values()) < 8


def test_a_crowd_is_shown_once_by_its_lowest_face_even_if_it_spans_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd = faces_at(30)
    scores = np.linspace(0.9, 0.3, 30, dtype=np.float32)
    crowd = Faces(crowd.boxes, scores, crowd.keypoints, crowd.keypoint_scores)
    write_part(tmp_path, 0, [Row("none.jpg", Faces.empty()), Row("crowd.jpg", crowd), Row("one.jpg", faces_at(1, 0.6))])
    monkeypatch.setattr("facepoints.batch.parts._BATCH_ROWS", 7)
    lowest = [sample for sample in choose_samples(tmp_path) if sample.group == "lowest"]
    assert [(sample.image, sample.face) for sample in lowest] == [("crowd.jpg", 29), ("one.jpg", 0)]


def test_tables_of_different_runs_are_refused(tmp_path: Path) -> None:
    write_part(tmp_path, 0, [Row("a.jpg", faces_at(1)), Row("b.jpg", faces_at(1))])
    write_part(tmp_path / "other", 0, [Row("b.jpg", faces_at(1)), Row("c.jpg", faces_at(1))])
    faces = tmp_path / "faces" / "part-00000.parquet"
    (tmp_path / "other" / "faces" / faces.name).replace(faces)
    with pytest.raises(InputError, match="do not tell of the same faces"):
        choose_samples(tmp_path)


def reader(asked: list[tuple[str, int | None]], **others: Image | None) -> Callable[[str, int | None], Image | None]:
    def read(name: str, frame: int | None) -> Image | None:
        asked.append((name, frame))
        return others.get(name.partition(".")[0], np.full((480, 640, 3), 90, dtype=np.uint8))

    return read


def test_tiles_are_drawn_from_pictures_that_are_read_once_and_in_order(tmp_path: Path) -> None:
    write_part(tmp_path, 0, [Row("b.jpg", faces_at(2)), Row("a.jpg", Faces.empty())])
    write_part(tmp_path, 1, [Row("clip.mp4", faces_at(1, score=0.71), frame=30)])
    asked: list[tuple[str, int | None]] = []
    tiles = sample_tiles(choose_samples(tmp_path), reader(asked))
    assert asked == [("b.jpg", None), ("a.jpg", None), ("clip.mp4", 30)]
    (empty, headline, caption) = tiles["without"][0]
    assert (empty.shape, headline, caption) == ((384, 512, 3), "0 faces", "a.jpg")
    assert np.ptp(empty) == 0
    assert [tile[1] for tile in tiles["lowest"]] == ["Score 0.71", "Score 0.90"]
    face, _, caption = tiles["lowest"][0]
    assert (face.shape, caption) == ((256, 256, 3), "clip.mp4, frame 30 at 1.20 s")
    assert np.ptp(face) > 100
    side = float((faces_at(1).boxes[0, 2:] - faces_at(1).boxes[0, :2]).max())
    assert [tile[1] for tile in tiles["smallest"]] == [f"{side:.0f} px"] * 2
    # Groups are shown larger: here the whole picture.
    assert (tiles["largest"][0][0].shape, tiles["largest"][0][1]) == ((480, 640, 3), "2 faces")


def test_a_drawing_stays_on_its_face_when_the_picture_is_made_smaller(tmp_path: Path) -> None:
    write_part(tmp_path, 0, [Row("large.jpg", faces_at(1, eye_distance=60), size=(2048, 1024))])
    black = np.zeros((1024, 2048, 3), dtype=np.uint8)
    ((tile, _, _),) = sample_tiles(choose_samples(tmp_path), lambda name, frame: black)["found"]
    assert tile.shape == (256, 512, 3)
    ys, xs = np.nonzero(tile.max(axis=2) > 100)
    box = faces_at(1, eye_distance=60).boxes[0] / 4
    assert np.abs(np.array([xs.min(), ys.min(), xs.max(), ys.max()]) - box).max() < 3


def test_what_is_gone_or_has_changed_is_left_out(tmp_path: Path) -> None:
    write_part(tmp_path, 0, [Row(name, faces_at(1)) for name in ("gone.jpg", "changed.jpg", "there.jpg")])
    changed = np.zeros((100, 100, 3), dtype=np.uint8)
    tiles = sample_tiles(choose_samples(tmp_path), reader([], gone=None, changed=changed))
    assert [caption for _, _, caption in tiles["found"]] == ["there.jpg"]
