import subprocess
import sys

import pytest

for package in ("av", "matplotlib", "psutil"):
    pytest.importorskip(package, reason="comes with the extras")
pytest.importorskip("resource", reason="open descriptors are counted on Unix")


@pytest.mark.parametrize(
    ("megabytes", "descriptors", "threads", "flat"),
    [
        (0.0, 0.0, 0.0, True),
        (0.01, 0.0, 0.0, True),  # MB a sample; between the medians of two quarters lie 100 samples
        (0.2, 0.0, 0.0, False),
        (-1.0, 0.0, 0.0, True),
        (0.0, 0.1, 0.0, False),
        (0.0, 0.0, 0.1, False),
    ],
)
def test_growth_is_noticed(megabytes: float, descriptors: float, threads: float, flat: bool) -> None:
    from soak import Sample, is_flat, quarters  # type: ignore[import-not-found]

    warm = [300 + megabytes * n for n in range(200)]
    samples = [Sample(n, held, int(9 + descriptors * n), int(4 + threads * n)) for n, held in enumerate(warm)]
    assert is_flat(quarters(samples), 5.0) is flat


GROWING = """
import sys
print("small", flush=True)
sys.stdin.readline()
held = bytes([7]) * 50_000_000
file = open(sys.executable, "rb")
print("large", flush=True)
sys.stdin.readline()
"""


def test_what_a_process_holds() -> None:
    from soak import sampled

    command = [sys.executable, "-c", GROWING]  # one of its own: this one may have freed memory to spare
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline() == "small\n"
        before = sampled(process.pid, 0)
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.readline() == "large\n"
        after = sampled(process.pid, 1)
        process.stdin.close()
    assert after.descriptors == before.descriptors + 1
    assert 45 < after.megabytes - before.megabytes < 60
