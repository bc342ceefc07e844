from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints.datasets import pts_folder
from facepoints.datasets.crops import BACKGROUND, FaceCrops, cut_background, cut_face, merge
from facepoints.errors import ImageError, LabelError
from facepoints.geometry import tight_boxes
from tests.datasets.layouts import photo_of, write_pts_folder
from tests.random_faces import mean_face


def refuse(path: Path, error: ImageError) -> None:
    raise error


@pytest.fixture
def crops(tmp_path: Path) -> FaceCrops:
    """Three faces and two pieces of background."""
    folder = write_pts_folder(tmp_path / "afw", ["1_1", "1_2", "2_1"])
    boxes = np.array([[5, 5, 30, 30], [100, 90, 120, 115]], dtype=np.float32)
    faces = FaceCrops.cut(pts_folder.read(folder), 96, refuse)
    return merge([faces, cut_background(photo_of(9)[0], boxes, 96, "photo")])


@given(
    centre=st.tuples(st.floats(-20, 180), st.floats(-20, 180)),
    eye_distance=st.floats(5, 120),
    size=st.integers(16, 200),
)
def test_points_keep_their_place_in_the_face(centre: tuple[float, float], eye_distance: float, size: int) -> None:
    keypoints = mean_face(centre, eye_distance).astype(np.float32)
    crop, points = cut_face(np.zeros((150, 160, 3), dtype=np.uint8), keypoints, size)
    assert crop.shape[0] == crop.shape[1] <= size
    box, longer = tight_boxes(points[None])[0], float(np.ptp(keypoints, axis=0).max())
    enlarged = (keypoints - keypoints.mean(axis=0)) * len(crop) / (2 * longer)
    np.testing.assert_allclose(points - points.mean(axis=0), enlarged, atol=1e-2)
    # The tight box is in the middle of the crop and fills half of it.
    np.testing.assert_allclose((box[:2] + box[2:]) / 2, (len(crop) - 1) / 2, atol=1e-2)
    np.testing.assert_allclose(max(box[2] - box[0], box[3] - box[1]), len(crop) / 2, rtol=1e-3)


def test_points_follow_the_pixels() -> None:
    image = np.zeros((200, 300, 3), dtype=np.uint8)
    keypoints = mean_face((140, 80), 60).round().astype(np.float32)
    for number in (8, 36, 45):
        x, y = keypoints[number].astype(int)
        image[y - 1 : y + 2, x - 1 : x + 2] = (255, 0, 0)
    crop, points = cut_face(image, keypoints, 96)
    for number in (8, 36, 45):
        rows, columns = np.mgrid[: len(crop), : len(crop)]
        near = (np.hypot(columns - points[number, 0], rows - points[number, 1]) < 4) * crop[..., 0].astype(float)
        found = (near * columns).sum() / near.sum(), (near * rows).sum() / near.sum()
        np.testing.assert_allclose(found, points[number], atol=0.25)


def test_crops_are_never_enlarged() -> None:
    image, keypoints = photo_of(0)
    longer = float(np.ptp(keypoints, axis=0).max())
    assert len(cut_face(image, keypoints, 500)[0]) == np.ceil(2 * longer)


def test_background_keeps_its_box_and_has_no_points(crops: FaceCrops) -> None:
    assert crops.sources[3:] == [BACKGROUND] * 2
    assert crops.groups == ["300w/1", "300w/1", "300w/2", "background/photo", "background/photo"]
    assert np.isnan(crops.keypoints[3:]).all()
    # A box of 25 pixels in a crop of 50: half of it, in the middle.
    np.testing.assert_allclose(crops.boxes[3], [12, 12, 37, 37], atol=1e-4)


def test_save_and_load(tmp_path: Path, crops: FaceCrops) -> None:
    path = tmp_path / "crops.npz"
    crops.save(path)
    loaded = FaceCrops.load(path)
    np.testing.assert_array_equal(loaded.keypoints, crops.keypoints)
    np.testing.assert_array_equal(loaded.boxes, crops.boxes)
    assert (loaded.sources, loaded.groups) == (crops.sources, crops.groups)
    for before, after in zip(crops.images, loaded.images, strict=True):
        assert before.shape == after.shape
        assert np.abs(before.astype(int) - after).mean() < 4  # JPEG


def test_subset_and_no_crops_at_all(tmp_path: Path, crops: FaceCrops) -> None:
    part = crops.subset([4, 0])
    assert part.groups == ["background/photo", "300w/1"]
    np.testing.assert_array_equal(part.boxes, crops.boxes[[4, 0]])
    path = tmp_path / "none.npz"
    crops.subset([]).save(path)
    none = FaceCrops.load(path)
    assert (len(none), none.keypoints.shape, none.boxes.shape) == (0, (0, 68, 2), (0, 4))


def test_damaged_file(tmp_path: Path, crops: FaceCrops) -> None:
    path = tmp_path / "crops.npz"
    crops.save(path)
    data = path.read_bytes()
    archive = dict(np.load(path))
    contents: list[bytes] = [b"", b"no archive", data[: len(data) // 2], data[:-30]]
    changes: list[dict[str, np.ndarray]] = [
        {"version": np.asarray(99)},
        {"jpeg": archive["jpeg"][:100]},
        {"keypoints": archive["keypoints"][:2]},
        {"groups": archive["groups"][:2]},
        {"sources": np.array([{}], dtype=object)},
    ]
    for change in changes:
        np.savez(path, **{**archive, **change})
        contents.append(path.read_bytes())
    np.savez(path, something=np.zeros(3))
    contents.append(path.read_bytes())
    np.save(tmp_path / "plain.npy", np.zeros(3))
    contents.append((tmp_path / "plain.npy").read_bytes())
    for content in contents:
        path.write_bytes(content)
        with pytest.raises(LabelError, match=r"crops\.npz is no file of face crops"):
            FaceCrops.load(path)
    with pytest.raises(LabelError, match=r"missing\.npz"):
        FaceCrops.load(tmp_path / "missing.npz")


def test_pictures_that_cannot_be_read_are_reported_and_others_go_on(tmp_path: Path) -> None:
    faces = pts_folder.read(write_pts_folder(tmp_path, ["a", "b", "c"]))
    faces[1].image.write_text("no picture")
    failed: list[tuple[Path, ImageError]] = []
    crops = FaceCrops.cut(faces, 96, lambda path, error: failed.append((path, error)))
    assert crops.groups == ["300w/a", "300w/c"]
    assert [path.name for path, _ in failed] == ["b.png"]
    assert "b.png: this is no picture" in str(failed[0][1])


def test_one_colour_stays_one_colour() -> None:
    image = np.full((200, 200, 3), (10, 200, 60), dtype=np.uint8)
    crop, _ = cut_face(image, mean_face((100, 90), 40).astype(np.float32), 64)
    np.testing.assert_array_equal(crop, np.broadcast_to(np.array([10, 200, 60], dtype=np.uint8), crop.shape))
