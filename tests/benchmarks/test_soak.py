import os
from pathlib import Path

import pytest

from tests.benchmarks.conftest import FOLDER

for package in ("av", "matplotlib", "psutil"):
    pytest.importorskip(package, reason="comes with the extras")
pytest.importorskip("resource", reason="open descriptors are counted on Unix")


@pytest.fixture(autouse=True)
def _beside_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(FOLDER)


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


def test_what_a_process_holds(tmp_path: Path) -> None:
    from soak import sampled

    before = sampled(os.getpid(), 0)
    with (tmp_path / "file").open("w"):
        held = bytearray(os.urandom(50_000_000))
        after = sampled(os.getpid(), 1)
    assert after.descriptors == before.descriptors + 1
    assert 30 < after.megabytes - before.megabytes < 150
    assert len(held) == 50_000_000
