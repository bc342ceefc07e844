from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from facepoints.errors import InputError
from facepoints.training.history import read_history
from tests.training.tiny_run import run


@pytest.mark.usefixtures("tiny_network")
def test_the_curves_are_what_the_run_said(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run(tmp_path)
    told = [float(figure) for figure in re.findall(r"NME ([\d.]+) %", capfd.readouterr().err)]

    history = read_history(tmp_path)

    # 4 epochs of 4 steps of 8 crops: validated at the end of each, the loss told at every step.
    assert history["val_nme"].inputs.tolist() == [32, 64, 96, 128]
    np.testing.assert_allclose(history["val_nme"].values, told, atol=0.006)
    assert history["train/loss"].inputs.tolist() == [8 * step for step in range(1, 17)]
    assert np.isfinite(history["train/loss"].values).all()
    assert {"train/l1", "val/nme_300w", "val/score_300w"} < set(history)


@pytest.mark.parametrize(("files", "message"), [({}, "not the folder of a run"), ({"config.json": "{}"}, "batch_size")])
def test_other_folders(tmp_path: Path, files: dict[str, str], message: str) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=message):
        read_history(tmp_path)


def test_a_run_that_has_just_begun(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"batch_size": 8}')
    with pytest.raises(InputError, match="not written any figure yet"):
        read_history(tmp_path)
