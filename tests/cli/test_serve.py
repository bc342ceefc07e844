"""``facepoints serve``: options become settings; the service itself is tested in ``tests/web``."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from facepoints.web import server
from facepoints.web.settings import ServeSettings
from tests.cli.conftest import run


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[ServeSettings]]:
    """The settings that a service would have been started with."""
    settings: list[ServeSettings] = []

    def run_service(chosen: ServeSettings, listener: socket.socket) -> None:
        settings.append(chosen)

    def run_workers(chosen: ServeSettings, sockets: list[Any], announce: Callable[[], None]) -> None:
        settings.append(chosen)
        announce()

    monkeypatch.setattr(server, "run", run_service)
    monkeypatch.setattr(server, "run_workers", run_workers)
    monkeypatch.delenv("FACEPOINTS_API_KEY", raising=False)
    usual = signal.getsignal(signal.SIGTERM)
    yield settings
    signal.signal(signal.SIGTERM, usual)


def test_defaults_are_those_of_the_settings(served: list[ServeSettings]) -> None:
    result = run("serve", "--port", "0")
    assert result.exit_code == 0, result.output
    assert served == [ServeSettings(port=0)]
    assert result.stdout.startswith("facepoints serves on http://127.0.0.1:")
    assert result.stderr == ""


def test_options(served: list[ServeSettings], tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("the-key-in-a-file\n")
    options = ["--workers", "3", "--threads", "2", "--max-bytes", "5000", "--allow-host", "a.example", "--access-log"]
    result = run("serve", "--port", "0", "--host", "0.0.0.0", "--api-key-file", key, *options)
    assert result.exit_code == 0, result.output
    (settings,) = served
    assert (settings.workers, settings.threads, settings.max_bytes, settings.access_log) == (3, 2, 5000, True)
    assert (settings.api_key, settings.hosts) == ("the-key-in-a-file", {"a.example"})
    assert "the-key" not in result.output


def test_the_key_from_the_environment(served: list[ServeSettings], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACEPOINTS_API_KEY", "the-key-outside")
    assert run("serve", "--port", "0").exit_code == 0
    assert served[0].api_key == "the-key-outside"


def test_a_warning_where_everybody_may_use_it(served: list[ServeSettings]) -> None:
    assert "may use the service; --api-key-file" in run("serve", "--port", "0", "--host", "0.0.0.0").stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--port", "70000"], "--port must be from 0 to 65535; got 70000"),
        (["--host", "192.0.2.1"], "cannot listen on 192.0.2.1, port 8000: "),
        (["--port", "0", "--keypoints", "nowhere"], "nowhere"),
        (["--api-key", "x"], "at least 8 characters"),
        (["--api-key-file", "EMPTY"], "the first line must be the key"),
    ],
)
def test_wrong_use(served: list[ServeSettings], tmp_path: Path, options: list[str], words: str) -> None:
    (tmp_path / "EMPTY").touch()
    result = run("serve", *(str(tmp_path / "EMPTY") if option == "EMPTY" else option for option in options))
    assert result.exit_code == 2
    assert words in result.stderr
    assert served == []
