"""Runs of two processes on the CPU, by the real command line."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")

from facepoints.errors import InputError  # noqa: E402
from facepoints.training.distributed import check_agreement, lost_processes  # noqa: E402
from tests.datasets.layouts import write_pts_folder  # noqa: E402

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kills process groups")

SETTINGS = (
    "--network=tiny",
    "--samples=48",
    "--epoch-samples=16",
    "--batch-size=8",
    "--learning-rate=0.01",
    "--ema-share=0",
    "--validation-share=0.5",
    "--precision=32-true",
    "--workers=0",
    "--accelerator=cpu",
    "--teacher=tiny",  # whose work the processes share
)
TORCHRUN = ("-m", "torch.distributed.run", "--nproc-per-node=2", "--standalone")
IN_SECOND_EPOCH = 16 + 8 + 3


def train(data: Path, out: Path, *, torchrun: bool = False, deadly: int = -1) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]),
        "OMP_NUM_THREADS": "1",
        "DEADLY_DRAW": str(deadly),
    }
    launcher, devices = (TORCHRUN, ()) if torchrun else ((), ("--devices=2",))
    command = [sys.executable, *launcher, "-m", "tests.training.tiny_cli", "train", "keypoints", *devices, *SETTINGS]
    return subprocess.run(
        [*command, f"--data={data}", f"--out={out}"],
        env=environment,
        cwd=data.parent,
        capture_output=True,
        text=True,
        timeout=600,  # for busy machines; on an idle one a run takes seconds
        check=False,
        start_new_session=True,
    )


def curve(stderr: str) -> list[str]:
    """The lines of the epochs without their speed."""
    return [re.sub(r"[\d,]+ crops/s", "", line) for line in stderr.splitlines() if line.startswith("epoch")]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The folder of an undisturbed run, beside its data, and what the run said."""
    folder = tmp_path_factory.mktemp("whole")
    write_pts_folder(folder / "faces", [f"image_{number}" for number in range(6)])
    return folder / "run", train(folder / "faces", folder / "run")


def test_two_processes_leave_one_run(whole: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    out, done = whole
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in out.iterdir() if path.is_file()) == [
        "best.ckpt",
        "config.json",
        "data.json",
        "keypoints.onnx",
        "last.ckpt",
    ]
    assert len(list((out / "tensorboard").glob("events*"))) == 1
    lines = done.stderr.splitlines()
    assert "3 epochs of 2 steps on cpu in 2 processes" in lines[0]
    assert [line.split()[1] for line in lines[1:]] == ["1/3", "2/3", "3/3"]
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == [
        "best checkpoint",
        "network for FaceFinder(keypoints=...)",
    ]


def test_a_killed_run_continues_the_same_curve(
    whole: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    out, undisturbed = whole
    data = out.parent / "faces"
    killed = train(data, tmp_path, deadly=IN_SECOND_EPOCH)
    assert killed.returncode == -signal.SIGKILL
    assert checkpoint(tmp_path)["global_step"] == 2
    # Torchrun starts the processes in another way, and must come to the same.
    continued = train(data, tmp_path, torchrun=True)
    assert continued.returncode == 0, continued.stderr
    assert len(curve(continued.stderr)) == 2
    assert curve(killed.stderr) + curve(continued.stderr) == curve(undisturbed.stderr)
    first, second = checkpoint(out)["state_dict"], checkpoint(tmp_path)["state_dict"]
    for name, value in first.items():
        torch.testing.assert_close(second[name], value)


def checkpoint(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = torch.load(folder / "last.ckpt", weights_only=True)
    return loaded


def test_processes_that_differ_are_named() -> None:
    own = {"run to continue": 8, "set of data": {"300w": 12}}
    check_agreement([own, dict(own)])
    with pytest.raises(InputError, match="process 2 has another run to continue than process 0"):
        check_agreement([own, own, {**own, "run to continue": None}])
    with pytest.raises(InputError, match="process 1 has another set of data than process 0"):
        check_agreement([own, {**own, "set of data": {"300w": 13}}])


GLOO = "[/a/gloo/transport/tcp/pair.cc:561] Connection closed by peer [127.0.0.1]:33948. This is typically caused by"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (RuntimeError(GLOO), r"\(Connection closed by peer \[127.0.0.1\]:33948\)"),
        (torch.distributed.DistStoreError("Timed out, 1/2 clients joined."), r"\(Timed out, 1/2 clients joined\.\)"),
        (torch.distributed.DistBackendError(""), r"\(DistBackendError\)"),
        (RuntimeError("out of memory"), None),
        (KeyboardInterrupt(), None),
    ],
)
def test_a_lost_process_is_said(error: BaseException, reason: str | None) -> None:
    loss = lost_processes(error)
    assert (loss is None) is (reason is None)
    if reason:
        assert re.search(f"lost the other processes of this run {reason}. If one", str(loss))
