from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")

from facepoints.training import trained_module  # noqa: E402
from facepoints.training.config import RunConfig  # noqa: E402
from facepoints.training.sharing import Place  # noqa: E402
from facepoints.training.trained_module import TrainedModule  # noqa: E402


class Module(TrainedModule):
    current_epoch = 0

    def describe(self, values: Any) -> list[str]:
        return []


def test_chance_inside_the_network_depends_on_seed_epoch_and_process_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def dropped(seed: int, epoch: int, rank: int) -> Any:
        monkeypatch.setattr(trained_module, "place", lambda: Place(rank, 2))
        monkeypatch.setattr(Module, "current_epoch", epoch)
        Module(torch.nn.Identity(), RunConfig(seed=seed)).on_train_epoch_start()
        return tuple(torch.nn.functional.dropout(torch.ones(40)).tolist())

    cases = [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 1, 1)]
    first = [dropped(*case) for case in cases]
    torch.rand(3)  # as a run that was not continued would have used chance meanwhile
    assert [dropped(*case) for case in cases] == first
    assert len(set(first)) == len(cases)
