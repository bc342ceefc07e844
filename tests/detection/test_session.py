from pathlib import Path

import numpy as np
import pytest

from facepoints import weights
from facepoints.detection.session import DetectorSession
from facepoints.errors import InputError, WeightsError
from tests.detection.square_network import write_brightness_network

pytest.importorskip("onnx")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("networks") / "mine.onnx"
    write_brightness_network(path)
    return path


def test_only_what_scores_enough(path: Path) -> None:
    picture = np.zeros((32, 64, 3), dtype=np.uint8)
    picture[:16, :8] = 255
    picture[:8, 32:40] = 51
    found = DetectorSession(path).run(picture, 0.2)
    np.testing.assert_allclose(found.scores, [1, 0.2, 1], rtol=1e-6)
    np.testing.assert_allclose(found.boxes, [[0, 0, 1, 1], [0, 0, 0.2, 0.2], [0, 0, 1, 1]], rtol=1e-6)
    assert (found.points.shape, found.frames.shape) == ((3, 5, 2), (3, 2, 2))
    assert len(DetectorSession(path).run(picture * 0, 0.2)) == 0


@pytest.mark.parametrize(("width", "height", "cells"), [(32, 32, 16), (33, 20, 15), (1, 1, 1), (64, 8, 8)])
def test_black_is_added_to_full_blocks(path: Path, width: int, height: int, cells: int) -> None:
    white = np.full((height, width, 3), 255, dtype=np.uint8)
    found = DetectorSession(path, threads=2).run(white, 1e-3)
    assert len(found) == cells
    assert found.scores.sum() * 64 == pytest.approx(width * height)
    assert len(DetectorSession(path).run(white, 0)) == -(-width // 32) * -(-height // 32) * 16


def test_a_keypoint_network_is_no_detector() -> None:
    compact = weights.resolve("compact")
    with pytest.raises(WeightsError, match=r"no detector of facepoints: it maps .*'crops'.* to .*'points'"):
        DetectorSession(compact)


def test_damaged_file_and_wrong_arguments(path: Path, tmp_path: Path) -> None:
    (tmp_path / "half.onnx").write_bytes(path.read_bytes()[:100])
    with pytest.raises(WeightsError, match=r"half\.onnx is no ONNX network"):
        DetectorSession(tmp_path / "half.onnx")
    with pytest.raises(WeightsError, match="there is no weights file"):
        DetectorSession(tmp_path / "none.onnx")
    with pytest.raises(InputError, match="threads must be a whole number from 1; got 0"):
        DetectorSession(path, 0)
    with pytest.raises(InputError, match="no provider MadeUpProvider"):
        DetectorSession(path, 1, ["MadeUpProvider"])
