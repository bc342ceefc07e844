from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facepoints import filters
from facepoints.filters.head import heads_of
from facepoints.filters.regions import filled, outline_of, region_of
from facepoints.filters.window import Window
from tests.filters.posed import faces_at, posed

PRIVACY = ("blur", "pixelate", "cover")


def noise(width: int = 300, height: int = 300) -> np.ndarray:
    return np.random.default_rng(5).integers(0, 256, (height, width, 3), dtype=np.uint8)


@given(yaw=st.floats(-80, 80), pitch=st.floats(-30, 30), roll=st.floats(-180, 180))
def test_outline_holds_points_and_forehead(yaw: float, pitch: float, roll: float) -> None:
    keypoints = posed((150, 150), 50, yaw, pitch, roll)
    outline = outline_of(heads_of(faces_at(keypoints))[0]).astype(np.float32)

    def inside(point: np.ndarray) -> float:
        return cv2.pointPolygonTest(outline, tuple(point.astype(float).tolist()), True)

    assert min(inside(point) for point in keypoints) > -0.01
    # Nine tenths of the nose's length above the brows, there is forehead.
    if abs(yaw) < 45:
        assert inside(keypoints[17:27].mean(axis=0) + 0.9 * (keypoints[27] - keypoints[33])) > 0


@pytest.mark.parametrize("name", PRIVACY)
@pytest.mark.parametrize("pose", [{}, {"yaw": 60}, {"yaw": -30, "roll": 45}])
def test_nothing_of_the_pixels_is_left(name: str, pose: dict[str, float]) -> None:
    """Noise within the region becomes flat: what is left varies far less than the pixels did."""
    image, faces = noise(), faces_at(posed((150, 150), 60, **pose))
    region = filled(region_of(heads_of(faces)[0], 0.0), Window(0, 0, 300, 300, 1)) == 255
    drawn = filters.load(name).apply(image, faces)
    assert region.sum() > 8_000
    assert image[region].std() > 70
    assert drawn[region].std() < 12


@pytest.mark.parametrize(("name", "most"), [("pixelate", 10 * 12), ("cover", 1)])
def test_only_so_many_colours_are_left(name: str, most: int) -> None:
    """Whatever the size of the picture: there is no more to reconstruct a face from."""
    for unit in (15, 60, 200):
        size = 5 * unit
        image, faces = noise(size, size), faces_at(posed((size / 2, size / 2), unit))
        region = filled(region_of(heads_of(faces)[0], 0.0), Window(0, 0, size, size, 1)) == 255
        drawn = filters.load(name).apply(image, faces)[region]
        assert 1 <= len(np.unique(drawn, axis=0)) <= most


@pytest.mark.parametrize("name", PRIVACY)
def test_box_is_hidden_where_the_points_are_wrong(name: str) -> None:
    image, faces = noise(), faces_at(posed((150, 150), 60))
    wrong = replace(faces, keypoints=faces.keypoints + [60, 90])
    hidden = (filters.load(name).apply(image, wrong) != image).any(axis=2)
    x1, y1, x2, y2 = faces.boxes[0]
    rows, columns = np.mgrid[:300, :300]
    oval = ((columns - (x1 + x2) / 2) / (x2 - x1)) ** 2 + ((rows - (y1 + y2) / 2) / (y2 - y1)) ** 2 < 0.24
    assert hidden[oval].mean() > 0.98


@pytest.mark.parametrize("name", PRIVACY)
def test_boxes_alone_are_hidden(name: str) -> None:
    image, box = noise(), np.array([90.0, 80, 170, 190])
    worn = filters.stack([filters.load("mask"), filters.load(name)])
    hidden = (worn.hide(image, [box, [400, 400, 450, 470]]) != image).any(axis=2)
    rows, columns = np.mgrid[:300, :300]
    oval = ((columns - 130) / 80) ** 2 + ((rows - 135) / 110) ** 2
    assert hidden[oval < 0.24].mean() > 0.98
    assert not hidden[oval > 1.5].any()
    assert worn.hides_faces


def test_nothing_is_hidden_by_what_is_only_worn() -> None:
    mask = filters.load("mask")
    assert not mask.hides_faces
    np.testing.assert_array_equal(mask.hide(noise(), [[90, 80, 170, 190]]), noise())


@given(x=st.floats(-50, 350), y=st.floats(-50, 350), unit=st.floats(1, 300))
@settings(max_examples=40)
def test_all_of_the_region_that_is_in_the_picture_is_hidden(x: float, y: float, unit: float) -> None:
    image, faces = noise(), faces_at(posed((x, y), unit))
    region = filled(region_of(heads_of(faces)[0], 0.0), Window(0, 0, 300, 300, 1)) == 255
    hidden = (filters.load("pixelate").apply(image, faces) != image).any(axis=2)
    if region.sum() > 50 and unit > 4:
        assert hidden[region].mean() > 0.98


def test_worn_things_come_after_privacy_and_uncover_nothing() -> None:
    near, far = posed((120, 160), 70), posed((190, 140), 50)
    image, faces = noise(), faces_at(far, near)
    drawn = filters.stack([filters.load("mask"), filters.load("cover")]).apply(image, faces)
    covered = filters.load("cover").apply(image, faces)
    for head in heads_of(faces):
        region = filled(region_of(head, 0.0), Window(0, 0, 300, 300, 1)) == 255
        changed = (drawn != covered).any(axis=2) & region
        original = (drawn == image).all(axis=2) & region
        assert changed.any()
        assert original.mean() < 0.001
