import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

torch = pytest.importorskip("torch")
pytest.importorskip("torchvision")

from facepoints.errors import InputError  # noqa: E402
from facepoints.training.transforms import FixedScale, KeypointScale, RelativeScale, ToTensors  # noqa: E402
from tests.datasets.layouts import FACE, photo_of  # noqa: E402


@pytest.mark.parametrize(
    ("scale", "point", "expected"),
    [
        (FixedScale(), (100, 150), (0, 1)),
        (FixedScale(10, 2), (0, 11), (-5, 0.5)),
        (RelativeScale(), (-0.5, -0.5), (-1, -1)),
        (RelativeScale(), (19.5, 9.5), (1, 1)),
        (RelativeScale(), (9.5, 4.5), (0, 0)),
    ],
)
def test_scales(scale: KeypointScale, point: tuple[float, float], expected: tuple[float, float]) -> None:
    np.testing.assert_allclose(scale.normalise(np.float32(point), (10, 20)), expected, atol=1e-6)


@given(st.floats(-500, 500), st.floats(-500, 500), st.integers(1, 1000), st.integers(1, 1000))
def test_scales_can_be_undone(x: float, y: float, height: int, width: int) -> None:
    points = np.array([[x, y], [y, x]], dtype=np.float32)
    for scale in (FixedScale(), RelativeScale()):
        there = scale.normalise(points, (height, width))
        assert there.dtype == np.float32
        np.testing.assert_allclose(scale.restore(there, (height, width)), points, rtol=1e-4, atol=1e-3)


def test_relative_points_are_those_of_grid_sample() -> None:
    image = torch.arange(35.0).reshape(1, 1, 5, 7)
    points = RelativeScale().normalise(np.array([[0, 0], [6, 4], [2, 3]]), (5, 7))
    seen = torch.nn.functional.grid_sample(image, torch.from_numpy(points)[None, None], align_corners=False)
    np.testing.assert_allclose(seen.ravel(), [0, 34, 23], atol=1e-4)


@pytest.mark.parametrize("channels", [1, 3])
def test_tensors(channels: int) -> None:
    image, keypoints = photo_of(0, size=90)
    result = ToTensors(FixedScale(), channels)({"image": image, "keypoints": keypoints})
    assert (result["image"].shape, result["image"].dtype) == ((channels, 90, 90), torch.float32)
    assert (result["keypoints"].shape, result["keypoints"].dtype) == ((68, 2), torch.float32)
    expected = image if channels == 3 else image @ np.array([[0.299], [0.587], [0.114]])
    np.testing.assert_allclose(result["image"] * 255, expected.transpose(2, 0, 1), atol=1e-3 if channels == 3 else 1.1)
    np.testing.assert_allclose(FixedScale().restore(result["keypoints"], (90, 90)), keypoints, atol=1e-4)


def test_points_are_relative_unless_asked_otherwise() -> None:
    image = np.zeros((40, 20, 3), dtype=np.uint8)
    result = ToTensors()({"image": image, "keypoints": np.full_like(FACE, 4.5)})
    np.testing.assert_allclose(result["keypoints"], np.tile([-0.5, -0.75], (68, 1)))


def test_wrong_settings() -> None:
    with pytest.raises(InputError, match="channels must be 1 or 3; got 4"):
        ToTensors(channels=4)
    with pytest.raises(InputError, match="spread must be above 0; got 0"):
        FixedScale(0, 0)
