import json
from pathlib import Path
from typing import Any

import pytest

from facepoints.errors import InputError
from facepoints.training.config import TrainConfig, keep_or_check


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"samples": -1}, "samples must be above 0"),
        ({"batch_size": 0}, "batch_size must be above 0"),
        ({"learning_rate": float("nan")}, "learning_rate must be above 0"),
        ({"warm_up": -0.1, "seed": -3}, "warm_up, seed must be 0 or more"),
        ({"validation_share": 1.0}, "validation_share must be between 0 and 1; got 1.0"),
        ({"precision": "16"}, "precision must be bf16-mixed or 32-true"),
        ({"epoch_samples": 32}, "epoch_samples must be at least batch_size"),
        ({"dead_zone": -0.5}, "dead_zone must be from 0 to 5 pixels; got -0.5"),
        ({"samples": 4000}, "samples must be at least epoch_samples, which is 20,000"),
    ],
)
def test_wrong_settings(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        TrainConfig(**settings)


def test_epochs_and_averaging() -> None:
    config = TrainConfig(samples=64_000, epoch_samples=6_400, batch_size=64, ema_share=0.1)
    assert config.epochs == 10
    assert config.ema_decay == pytest.approx(1 - 1 / 100)
    assert TrainConfig(ema_share=0).ema_decay == 0


def test_a_folder_belongs_to_one_run(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    keep_or_check({"seed": 0}, path, kind="settings", continued=False)
    keep_or_check({"seed": 1}, path, kind="settings", continued=False)  # nothing came of the first
    keep_or_check({"seed": 1}, path, kind="settings", continued=True)
    assert json.loads(path.read_text()) == {"seed": 1}
    with pytest.raises(InputError, match=r"other settings: seed \(1 before\)\. Continue it with its own, or give"):
        keep_or_check({"seed": 2}, path, kind="settings", continued=True)
    path.write_text("{")
    with pytest.raises(InputError, match=r"cannot read the settings of the earlier run, .*config\.json"):
        keep_or_check({"seed": 1}, path, kind="settings", continued=True)
    path.write_text("[1]")
    with pytest.raises(InputError, match=r"cannot read the settings of the earlier run"):
        keep_or_check({"seed": 1}, path, kind="settings", continued=True)


def test_settings_that_came_later_were_at_their_defaults_before(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"seed": 1}')
    defaults = {"seed": 0, "dead_zone": 0.0}
    keep_or_check({"seed": 1, "dead_zone": 0.0}, path, kind="settings", continued=True, defaults=defaults)
    with pytest.raises(InputError, match=r"other settings: dead_zone \(0\.0 before\)"):
        keep_or_check({"seed": 1, "dead_zone": 0.5}, path, kind="settings", continued=True, defaults=defaults)
