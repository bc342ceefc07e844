"""Runs of a detector: their files, resuming, learning, and a fair split."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")

from facepoints.datasets.face_pictures import merge_pictures  # noqa: E402
from facepoints.errors import InputError  # noqa: E402
from facepoints.training.detector.config import DetectorTrainConfig  # noqa: E402
from facepoints.training.detector.data import TrainingScenes  # noqa: E402
from facepoints.training.detector.fit import split_pictures  # noqa: E402
from facepoints.training.quiet import one_opencv_thread  # noqa: E402
from tests.training.detector.pictures import mixed, photos, squares, tiny_run  # noqa: E402


def state(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = torch.load(folder / "last.ckpt", weights_only=True)
    return loaded


def test_a_run_leaves_its_files_and_says_how_it_goes(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert tiny_run(tmp_path) == tmp_path / "best.ckpt"
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["best.ckpt", "config.json", "data.json", "last.ckpt", "tensorboard"]
    lines = capfd.readouterr().err.splitlines()
    assert lines[0].startswith("detector slim: ")
    assert [line.split()[1] for line in lines[1:]] == ["1/3", "2/3", "3/3"]
    figures = ("AP", "ap_wider_16", "ap_wider_32", "found_300w", "others_300w", "scenes/s")
    assert all(figure in line for line in lines[1:] for figure in figures)


def test_a_stopped_run_goes_on_as_if_nothing_had_happened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny_run(tmp_path / "whole")
    draw = TrainingScenes.__getitem__

    def stop(scenes: TrainingScenes, index: int) -> Any:
        if index == 30:
            raise KeyboardInterrupt
        return draw(scenes, index)

    with monkeypatch.context() as patch:
        patch.setattr(TrainingScenes, "__getitem__", stop)
        with pytest.raises(KeyboardInterrupt):
            tiny_run(tmp_path / "stopped")
    tiny_run(tmp_path / "stopped")
    whole, stopped = state(tmp_path / "whole"), state(tmp_path / "stopped")
    assert whole["global_step"] == stopped["global_step"] == 9
    for name, value in whole["state_dict"].items():
        assert torch.equal(value, stopped["state_dict"][name]), name


def test_other_data_or_settings_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny_run(tmp_path)
    with pytest.raises(InputError, match="other settings: seed"):
        tiny_run(tmp_path, seed=4)
    monkeypatch.setattr("tests.training.detector.pictures.mixed", lambda: merge_pictures([squares(9), photos(8)]))
    with pytest.raises(InputError, match="other data: wider"):
        tiny_run(tmp_path)


def test_it_learns_to_find_bright_squares(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.training.detector.pictures.mixed", lambda: squares(12))
    best = tiny_run(tmp_path, samples=640, epoch_samples=160, batch_size=8, scene_size=96, ema_share=0.01)
    score = torch.load(best, weights_only=True)["callbacks"]
    aps = [float(value["best_model_score"]) for name, value in score.items() if "val_ap" in name]
    assert aps[0] > 0.9


def test_nobody_is_in_both_parts() -> None:
    pictures = mixed()
    training, validation = split_pictures(pictures, DetectorTrainConfig(validation_share=0.25))
    assert set(validation) == {"wider", "300w"}
    held = {group for part in validation.values() for group in part.groups}
    assert held
    assert held.isdisjoint(training.groups)
    assert len(held) + len(training) == len(pictures)


def test_too_few_pictures() -> None:
    with pytest.raises(InputError, match="too few pictures"):
        split_pictures(squares(2), DetectorTrainConfig())


@pytest.mark.parametrize("size", [48, 100, 0])
def test_wrong_scene_sizes(size: int) -> None:
    with pytest.raises(InputError, match="scene_size must be a multiple of 32 from 64"):
        DetectorTrainConfig(scene_size=size)


def test_workers_change_nothing() -> None:
    from facepoints.training.detector.fit import _training_loader

    config = DetectorTrainConfig(samples=16, epoch_samples=16, batch_size=4, scene_size=64)
    with one_opencv_thread():
        first, second = (list(_training_loader(mixed(), config, workers)) for workers in (0, 1))
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one["pictures"], other["pictures"])
        np.testing.assert_array_equal(one["boxes"], other["boxes"])
