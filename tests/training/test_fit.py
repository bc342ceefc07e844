import dataclasses
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")

from facepoints.errors import InputError, WeightsError  # noqa: E402
from facepoints.training.data import TrainingCrops  # noqa: E402
from facepoints.training.fit import Execution, fit  # noqa: E402
from facepoints.training.splits import split_crops  # noqa: E402
from facepoints.training.transforms import TRANSFORMS  # noqa: E402
from tests.training.samples import face_crops  # noqa: E402
from tests.training.tiny_run import DEADLY_DRAW, run, tiny_config  # noqa: E402

pytestmark = pytest.mark.usefixtures("tiny_network")

ROOT = Path(__file__).parents[2]


def checkpoint(folder: Path, name: str = "last.ckpt") -> dict[str, Any]:
    loaded: dict[str, Any] = torch.load(folder / name, weights_only=True)
    return loaded


def assert_same_state(first: Any, second: Any, path: str = "") -> None:
    """All numbers of two nested states are equal, bit by bit."""
    if isinstance(first, torch.Tensor):
        assert torch.equal(first, second), path
    elif isinstance(first, dict):
        assert first.keys() == second.keys(), path
        for key in first:
            assert_same_state(first[key], second[key], f"{path}/{key}")
    elif isinstance(first, list):
        assert len(first) == len(second), path
        for index, pair in enumerate(zip(first, second, strict=True)):
            assert_same_state(*pair, f"{path}/{index}")
    else:
        assert first == second, path


STATE = ("state_dict", "current_model_state", "averaging_state", "optimizer_states", "lr_schedulers", "global_step")


def test_a_run_leaves_its_files_and_says_how_it_goes(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    best = run(tmp_path)
    assert best == tmp_path / "best.ckpt"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "best.ckpt",
        "config.json",
        "data.json",
        "last.ckpt",
        "tensorboard",
    ]
    assert [path.name.startswith("events") for path in (tmp_path / "tensorboard").glob("events*")] == [True]
    out, err = capfd.readouterr()
    lines = err.splitlines()
    assert out == ""
    assert lines[0].startswith("network tiny, head own, loss own: ")
    assert "4 epochs of 4 steps on cpu" in lines[0]
    assert [line.split()[1] for line in lines[1:]] == ["1/4", "2/4", "3/4", "4/4"]
    assert all("NME" in line and "300w score" in line and "crops/s" in line for line in lines[1:])


def test_the_loss_falls(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run(tmp_path, samples=32 * 20, ema_share=0.0)
    losses = [float(line.split("loss ")[1].split()[0]) for line in capfd.readouterr().err.splitlines()[1:]]
    assert len(losses) == 20
    assert np.mean(losses[-3:]) < 0.75 * losses[0]


def test_a_run_can_be_repeated(tmp_path: Path) -> None:
    for name, seed in (("first", 0), ("second", 0), ("other", 1)):
        run(tmp_path / name, seed=seed)
    first, second, other = (checkpoint(tmp_path / name) for name in ("first", "second", "other"))
    for part in STATE:
        assert_same_state(first[part], second[part], part)
    name = "network.head.heatmaps.weight"
    assert not torch.equal(first["state_dict"][name], other["state_dict"][name])


def test_the_named_transforms_make_the_crops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seeds = []

    def counting(*arguments: Any) -> Any:
        seeds.append(arguments[-1].bit_generator.random_raw())
        return TRANSFORMS["none"](*arguments)

    monkeypatch.setitem(TRANSFORMS, "mine", counting)
    run(tmp_path, samples=32, transforms="mine")
    assert len(set(seeds)) == 32


def test_a_killed_run_goes_on_as_if_nothing_had_happened(tmp_path: Path) -> None:
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    command = [sys.executable, "-m", "tests.training.tiny_run", str(killed)]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, timeout=120, check=False)
    assert done.returncode == (-signal.SIGKILL if os.name == "posix" else signal.SIGTERM), done.stderr
    assert checkpoint(killed)["global_step"] == 8
    for folder in (killed, whole):
        run(folder)
    first, second = checkpoint(killed), checkpoint(whole)
    assert first["global_step"] == 16
    for part in STATE:
        assert_same_state(first[part], second[part], part)
    assert_same_state(checkpoint(killed, "best.ckpt")["state_dict"], checkpoint(whole, "best.ckpt")["state_dict"])


def test_ctrl_c_stays_ctrl_c(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    class Interrupting(TrainingCrops):
        def __getitem__(self, index: tuple[int, int]) -> Any:
            if index[0] == DEADLY_DRAW:
                raise KeyboardInterrupt
            return super().__getitem__(index)

    monkeypatch.setattr("facepoints.training.fit.TrainingCrops", Interrupting)
    handler = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path)
    assert signal.getsignal(signal.SIGINT) is handler
    last = capfd.readouterr().err.splitlines()[-1]
    assert last == "stopped after epoch 2; the same command continues from there"


def test_a_finished_run_stays_as_it_is(tmp_path: Path) -> None:
    run(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.glob("*.ckpt")}
    run(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*.ckpt")} == before


def test_early_stopping(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    # With hardly any learning rate, no validation is better than the first.
    run(tmp_path, samples=32 * 10, patience=2, learning_rate=1e-12, ema_share=0)
    lines = capfd.readouterr().err.splitlines()
    assert lines[-1] == "stopped early, as the NME does not get better (patience 2)"
    assert 2 <= sum(line.startswith("epoch") for line in lines) < 10


def test_other_settings_in_the_same_folder(tmp_path: Path) -> None:
    run(tmp_path)
    with pytest.raises(InputError, match=r"other settings: learning_rate \(0\.005 before\)"):
        run(tmp_path, learning_rate=1e-3)


def test_other_data_in_the_same_folder(tmp_path: Path) -> None:
    run(tmp_path)
    other = face_crops(count=13)
    with pytest.raises(InputError, match=r"other data: 300w \(12 before\), labels_sha256"):
        fit(other, tmp_path, tiny_config(), Execution(workers=0, accelerator="cpu", progress_bar=False))


def test_wrong_use_shows_at_once_and_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with pytest.raises(InputError, match="no network 'huge'"):
        run(folder, network="huge")
    assert not folder.exists()
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot make the folder"):
        run(tmp_path / "file")
    with pytest.raises(InputError, match="accelerator 'abacus'"):
        fit(face_crops(), folder, tiny_config(), Execution(accelerator="abacus"))


def test_damaged_checkpoint(tmp_path: Path) -> None:
    run(tmp_path)
    path = tmp_path / "last.ckpt"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(WeightsError, match=r"cannot continue from .*last\.ckpt, which is damaged; delete it"):
        run(tmp_path)


def test_no_person_is_trained_and_validated_on() -> None:
    crops = face_crops(count=20)
    training, validation = split_crops(crops, tiny_config())
    assert len(training) + sum(map(len, validation.values())) == len(crops)
    held = {group for part in validation.values() for group in part.groups}
    assert len(held & set(crops.groups)) == len(held) == 5
    assert not held & set(training.groups)


def test_too_few_people() -> None:
    crops = dataclasses.replace(face_crops(background=False), groups=["300w/one"] * 12)
    for share in (0.25, 0.75):
        with pytest.raises(InputError, match="too few people or photos"):
            split_crops(crops, tiny_config(validation_share=share))
    with pytest.raises(InputError, match="too few people or photos"):
        split_crops(face_crops().subset([12, 13]), tiny_config())
