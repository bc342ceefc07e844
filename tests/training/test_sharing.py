"""The parts of all processes together are the work of one."""

from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")

from facepoints.training import sharing  # noqa: E402
from facepoints.training.data import DrawSampler  # noqa: E402
from facepoints.training.detector.data import CountSampler  # noqa: E402
from facepoints.training.sharing import Place, SharedBatches, SharedRows, gather_lists  # noqa: E402

Be = Callable[[int, int], None]


@pytest.fixture
def be(monkeypatch: pytest.MonkeyPatch) -> Be:
    """Makes this process one of several."""
    return lambda rank, world_size: monkeypatch.setattr(sharing, "place", lambda: Place(rank, world_size))


@pytest.mark.parametrize("world_size", [1, 2, 4])
@pytest.mark.parametrize("sampler", [DrawSampler(["300w"] * 9, {"300w": 1.0}, 43, seed=3), CountSampler(43)])
def test_batches_of_all_processes_are_those_of_one(be: Be, sampler: Any, world_size: int) -> None:
    sampler.set_epoch(2)
    draws = list(sampler)
    parts = []
    for rank in range(world_size):
        be(rank, world_size)
        batches = SharedBatches(sampler, 8)
        assert len(batches) == 5
        parts.append(list(batches))
    assert {len(share) for part in parts for share in part} == {8 // world_size}
    for step in range(5):
        together = sorted(draw for part in parts for draw in part[step])
        assert together == draws[step * 8 : step * 8 + 8]


@pytest.mark.parametrize(("total", "world_size"), [(7, 1), (7, 2), (8, 4), (2, 3), (0, 2)])
def test_every_row_is_validated_once_and_gathered_in_order(
    be: Be, monkeypatch: pytest.MonkeyPatch, total: int, world_size: int
) -> None:
    found = []
    for rank in range(world_size):
        be(rank, world_size)
        rows = SharedRows(total)
        assert len(rows) == len(list(rows))
        found.append([[f"row {row}" for row in rows], [rank]])

    def all_gather(everyones: list[Any], own: Any) -> None:
        assert own == found[world_size - 1]
        everyones[:] = found

    monkeypatch.setattr(torch.distributed, "all_gather_object", all_gather)
    expected = [[f"row {row}" for row in range(total)], list(range(world_size))]
    assert gather_lists(found[-1]) == expected
