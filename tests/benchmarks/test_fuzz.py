"""A short run of the fuzzing that ``benchmarks/fuzz.py`` does at length, in this process."""

import random
from collections import Counter
from pathlib import Path

import pytest

from facepoints.weights import available

for package in ("pyarrow", "starlette", "python_multipart"):
    pytest.importorskip(package, reason="comes with the extras")
pytest.importorskip("resource", reason="the limits are those of Unix")


@pytest.fixture(autouse=True)
def _without_photos(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FACEPOINTS_DATA", raising=False)


@pytest.mark.parametrize("name", ["pictures", "json", "coco", "csv", "pts", "filter.toml", "ytf", "wider", "dlib xml"])
def test_damaged_files_are_read_or_refused(tmp_path: Path, name: str) -> None:
    from fuzz import content, outcome_of  # type: ignore[import-not-found]
    from fuzz_targets import TARGETS  # type: ignore[import-not-found]

    (target,) = (target for target in TARGETS if target.name == name)
    (tmp_path / "seeds").mkdir()
    seeds = target.seeds(tmp_path / "seeds")
    outcomes = Counter(outcome_of(target, content(1, target, number, seeds), tmp_path) for number in range(40))
    assert set(outcomes) <= {("read", ""), ("refused", "")}
    assert outcomes["refused", ""] > 0


def test_the_same_seed_gives_the_same_damage() -> None:
    from fuzz_mutations import mutated  # type: ignore[import-not-found]

    first, second = ([mutated(random.Random(n), [b"a: 1\nb: 2\n"], text=True) for n in range(20)] for _ in range(2))
    assert first == second
    assert len(set(first)) > 10


def test_networks_are_damaged_inside() -> None:
    from fuzz_networks import damaged_network  # type: ignore[import-not-found]

    good = available()["tiny"].path.read_bytes()
    first, second = ([damaged_network(random.Random(n), [good]) for n in range(6)] for _ in range(2))
    assert first == second
    assert good not in first
