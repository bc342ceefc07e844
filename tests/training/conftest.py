from collections.abc import Iterator

import pytest


@pytest.fixture
def tiny_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Makes the network ``tiny`` known, and keeps PyTorch to one thread: on busy machines more are slower by far."""
    import torch

    from facepoints.training.networks import NETWORKS
    from tests.training.tiny_run import TINY

    monkeypatch.setitem(NETWORKS, "tiny", TINY)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
