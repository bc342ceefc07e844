from pathlib import Path

import numpy as np
import pytest

from facepoints import weights
from facepoints.errors import WeightsError
from facepoints.keypoints.session import KeypointSession

OTHER_NETWORK = (
    b'\x08\x08\x12\x00:7\n\x10\n\x01x\x12\x01y"\x08Identity\x12\x01gZ\x0f\n\x01x\x12\n\n\x08\x08\x01\x12\x04\n\x02\x08'
    b"\x01b\x0f\n\x01y\x12\n\n\x08\x08\x01\x12\x04\n\x02\x08\x01B\x04\n\x00\x10\r"
)
"""A valid ONNX file: y = x."""


@pytest.fixture(scope="module")
def session() -> KeypointSession:
    return KeypointSession(weights.resolve("compact"))


def test_shapes(session: KeypointSession) -> None:
    for count in (1, 3, 65):
        crops = np.full((count, session.size, session.size, 3), 128, dtype=np.uint8)
        points, scores = session.run(crops)
        assert (points.shape, scores.shape) == ((count, 68, 2), (count, 68))
        assert points.dtype == scores.dtype == np.float32


def test_rows_do_not_depend_on_their_neighbours(session: KeypointSession) -> None:
    crops = np.random.default_rng(0).integers(0, 256, (5, session.size, session.size, 3), dtype=np.uint8)
    points, scores = session.run(crops)
    for row in range(5):
        alone = session.run(crops[row : row + 1])
        np.testing.assert_allclose(alone[0][0], points[row], atol=0.05)
        np.testing.assert_allclose(alone[1][0], scores[row], atol=2e-3)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"these are no weights", "is no ONNX network that onnxruntime can run"),
        (b"", "is no ONNX network that onnxruntime can run|is an ONNX network, but"),
        (OTHER_NETWORK, r"is an ONNX network, but no keypoint network of facepoints: it maps .*'x'.*facepoints export"),
    ],
)
def test_wrong_weights_file(tmp_path: Path, content: bytes, message: str, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.onnx"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match=rf"mine\.onnx ({message})"):
        KeypointSession(path)
    assert capfd.readouterr().err == ""


def test_half_a_weights_file(tmp_path: Path) -> None:
    path = tmp_path / "half.onnx"
    content = weights.resolve("compact").read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(WeightsError, match=r"half\.onnx is no ONNX network"):
        KeypointSession(path)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    (tmp_path / "folder.onnx").mkdir()
    for name in ("nothing.onnx", "folder.onnx"):
        with pytest.raises(WeightsError, match="there is no weights file"):
            KeypointSession(tmp_path / name)
