from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from facepoints import FaceFinder
from facepoints.arrays import Image
from facepoints.batch import finding
from facepoints.batch.finding import Looked, find_all, finder_of
from facepoints.batch.pictures import Picture, Problem
from facepoints.batch.settings import BatchSettings
from facepoints.detection import Detections
from facepoints.errors import InputError
from facepoints.finder_settings import FinderSettings
from facepoints.keypoints import Estimate
from tests.datasets.layouts import photo_of

PLAIN = BatchSettings()
DAMAGED = Problem("damaged", "cut off")


def picture(number: int, image: Image | None = None, ms: float = 2.0) -> Picture:
    return Picture(f"{number}.jpg", None, None, photo_of(number)[0] if image is None else image, None, ms)


def blank(height: int, width: int) -> Image:
    return np.full((height, width, 3), 128, dtype=np.uint8)


def looked_at(finder: FaceFinder, pictures: Sequence[Picture], settings: BatchSettings = PLAIN) -> list[Looked]:
    return [looked for batch in find_all(finder, pictures, settings) for looked in batch]


def test_the_same_as_one_by_one(finder: FaceFinder, astronaut: Image) -> None:
    both = np.concatenate([astronaut[:320, 60:380], astronaut[:320, 60:380]], axis=1)
    pictures = [*(picture(number) for number in range(18)), picture(18, blank(90, 60)), picture(19, both)]
    pictures.insert(5, Picture("broken.jpg", None, None, None, DAMAGED, 1.5))
    looked = looked_at(finder, pictures)
    assert [one.picture for one in looked] == pictures
    assert [len(one.faces) for one in looked] == [1] * 5 + [0] + [1] * 13 + [0, 2]
    for one in looked:
        if one.picture.image is None:
            assert (one.problem, one.ms) == (DAMAGED, 1.5)
            continue
        expected = finder.find(one.picture.image)
        np.testing.assert_allclose(one.faces.keypoints, expected.keypoints, atol=1e-3)
        np.testing.assert_allclose(one.faces.boxes, expected.boxes, atol=1e-3)
        np.testing.assert_allclose(one.faces.scores, expected.scores, atol=1e-5)
        assert one.problem is None
        assert one.ms > one.picture.ms


def test_details_are_told_where_they_were_asked_for(finder: FaceFinder) -> None:
    pictures = [picture(0), picture(1, blank(50, 50)), picture(2)]
    assert [one.details for one in looked_at(finder, pictures)] == [[{}], [], [{}]]
    looked = looked_at(finder, pictures, BatchSettings(pose=True, ratios=True))
    assert [[sorted(detail) for detail in one.details] for one in looked] == [
        [["pose", "ratios"]],
        [],
        [["pose", "ratios"]],
    ]


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([], []),
        ([1] * 16, [16]),
        ([1] * 33, [16, 16, 1]),
        ([400, 400, 201], [2, 1]),
        ([1001, 1, 1], [1, 2]),
        ([1, 1001, 1001, 1], [1, 1, 1, 1]),
        ([600, 400, 600, 400], [2, 2]),
    ],
)
def test_only_so_much_waits_in_memory(
    finder: FaceFinder, monkeypatch: pytest.MonkeyPatch, sizes: list[int], expected: list[int]
) -> None:
    monkeypatch.setattr(finding, "_PIXELS_AT_ONCE", 1000)
    monkeypatch.setattr(FaceFinder, "detect", lambda self, image: Detections.empty())
    pictures = [picture(number, blank(1, size)) for number, size in enumerate(sizes)]
    batches = list(find_all(finder, pictures, PLAIN))
    assert [len(batch) for batch in batches] == expected
    assert [one.picture for batch in batches for one in batch] == pictures


def test_one_by_one_nothing_is_taken_before_the_last_is_done(
    finder: FaceFinder, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []
    estimate = finder.estimator.estimate

    def noting(*arguments: object, **more: object) -> list[Estimate]:
        events.append("estimate")
        return estimate(*arguments, **more)  # type: ignore[arg-type]

    def pictures() -> Iterator[Picture]:
        for number in range(3):
            events.append(f"take {number}")
            yield picture(number)

    monkeypatch.setattr(finder.estimator, "estimate", noting)
    for (one,) in find_all(finder, pictures(), PLAIN, one_by_one=True):
        events.append(f"done {one.picture.name}")
    assert events == [f"{what}" for n in range(3) for what in (f"take {n}", "estimate", f"done {n}.jpg")]


def test_one_picture_that_goes_wrong_does_not_harm_the_others(
    finder: FaceFinder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The detector fails at one, the estimator, which sees several at a time, at another."""
    detect, estimate = finder.detect, finder.estimator.estimate

    def detecting(image: Image) -> Detections:
        if image.shape[0] == 41:
            raise InputError("no such picture")
        return detect(image)

    def estimating(images: Sequence[Image], *boxes: object, **more: object) -> list[Estimate]:
        if any((image == 255).all() for image in images):
            raise MemoryError("too much")
        return estimate(images, *boxes, **more)  # type: ignore[arg-type]

    pictures = [picture(0), picture(1, blank(41, 40)), picture(2, np.full((43, 40, 3), 255, np.uint8)), picture(3)]
    undisturbed = [one.faces for one in looked_at(finder, pictures)]
    monkeypatch.setattr(finder, "detect", detecting)
    monkeypatch.setattr(finder.estimator, "estimate", estimating)
    looked = looked_at(finder, pictures)
    assert [one.problem for one in looked] == [
        None, Problem("failed", "no such picture"), Problem("failed", "MemoryError: too much"), None
    ]  # fmt: skip
    assert [len(one.faces) for one in looked] == [1, 0, 0, 1]
    for number in (0, 3):
        np.testing.assert_allclose(looked[number].faces.keypoints, undisturbed[number].keypoints, atol=1e-3)


def test_a_picture_without_either_is_a_failure(finder: FaceFinder) -> None:
    (looked,) = looked_at(finder, [Picture("odd.jpg", None, None, None, None, 0.0)])
    assert looked.problem is not None
    assert looked.problem.kind == "failed"


def test_a_worker_loads_its_networks_once() -> None:
    settings = FinderSettings(min_face=31)
    assert finder_of(settings) is finder_of(FinderSettings(min_face=31))
    assert finder_of(settings).min_face == 31
    assert finder_of(FinderSettings()).min_face == 20
