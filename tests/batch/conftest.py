"""Remote sources: nothing of this machine's settings, and nobody who answers."""

import os
import socket
from collections.abc import Iterator

import pytest

from facepoints.batch.sources import remote


@pytest.fixture
def own_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No settings of another test or of this machine, and no long waits."""
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr(remote, "_TRIES", 2)
    monkeypatch.setattr(remote, "_FIRST_WAIT", 1)
    remote._config.cache_clear()
    yield
    remote._config.cache_clear()


@pytest.fixture
def nobody() -> str:
    """The address of a port at which nobody answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{listener.getsockname()[1]}"
