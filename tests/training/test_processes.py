"""How many processes train, by options and environment; and which of them speaks."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from facepoints.errors import InputError
from facepoints.training.processes import Processes, chosen_processes, is_first_process

TORCHRUN = {"TORCHELASTIC_RUN_ID": "none", "LOCAL_WORLD_SIZE": "2", "WORLD_SIZE": "6", "RANK": "0"}
RENDEZVOUS = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "29500", "NODE_RANK": "0"}


@pytest.mark.parametrize(
    ("devices", "nodes", "environment", "expected"),
    [
        (None, None, {}, Processes(1, 1)),
        ("1", 1, {}, Processes(1, 1)),
        ("4", None, {}, Processes(4, 1)),
        ("auto", None, {}, Processes(None, 1)),
        ("2", 3, RENDEZVOUS, Processes(2, 3)),
        (None, None, TORCHRUN, Processes(2, 3)),
        ("auto", None, TORCHRUN, Processes(2, 3)),
        ("2", 3, TORCHRUN, Processes(2, 3)),
    ],
)
def test_choice(devices: str | None, nodes: int | None, environment: dict[str, str], expected: Processes) -> None:
    assert chosen_processes(devices, nodes, environment) == expected


@pytest.mark.parametrize(
    ("devices", "nodes", "environment", "message"),
    [
        ("two", None, {}, "--devices must be a number or auto; got 'two'"),
        ("-1", None, {}, "--devices must be a number or auto; got '-1'"),
        ("0", None, {}, "must be 1 or more"),
        ("2", 0, {}, "must be 1 or more"),
        ("2", 2, {"MASTER_ADDR": "127.0.0.1"}, "with torchrun on each of them, or set MASTER_PORT, NODE_RANK there"),
        ("4", None, TORCHRUN, "torchrun has started 2 processes on each of 3 machines; leave out"),
        (None, 2, TORCHRUN, "torchrun has started 2 processes on each of 3 machines; leave out"),
        (None, None, {**TORCHRUN, "WORLD_SIZE": "5"}, "the same number of processes on each machine"),
    ],
)
def test_wrong_choice(devices: str | None, nodes: int | None, environment: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        chosen_processes(devices, nodes, environment)


def test_shares_of_a_batch_must_be_equal() -> None:
    for processes in (Processes(3, 2), Processes(1, 12), Processes(None, 4)):
        processes.check_batch_size(12)
    with pytest.raises(InputError, match="8 processes cannot share batches of 12 evenly"):
        Processes(4, 2).check_batch_size(12)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, True),
        ({"RANK": "0", "LOCAL_RANK": "0"}, True),
        ({"RANK": "2", "LOCAL_RANK": "0"}, False),  # first of its machine only
        ({"RANK": "0", "SLURM_PROCID": "1"}, True),  # torchrun numbers the machines as it likes
        ({"LOCAL_RANK": "0", "NODE_RANK": "0"}, True),
        ({"LOCAL_RANK": "1", "NODE_RANK": "0"}, False),
        ({"NODE_RANK": "1"}, False),
        ({"SLURM_PROCID": "1"}, False),
    ],
)
def test_first_process(environment: dict[str, str], expected: bool) -> None:
    assert is_first_process(environment) is expected


ORPHAN = """
import sys
from facepoints.training.processes import end_with_parent
end_with_parent(0.05)
print("on", flush=True)
sys.stdin.read()
"""
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {ORPHAN!r}])"


@pytest.mark.skipif(os.name != "posix", reason="elsewhere a process does not learn that it is an orphan")
def test_nobody_outlives_the_process_that_started_it() -> None:
    """The grandchild waits for its input, which stays open; its output ends when it does."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    command = [sys.executable, "-c", PARENT]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"on\n"
        parent.send_signal(signal.SIGKILL)
        assert parent.stdout.read() == b""
