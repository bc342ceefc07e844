"""Nothing public changes unseen: names and signatures, commands and options are those of the recorded files."""

from __future__ import annotations

import difflib
from collections.abc import Callable

import pytest

pytest.importorskip("griffe", reason="griffelib is not installed; it comes with the extra [docs]")

from tests.api import public


def told(recorded: str, now: str, name: str) -> str:
    """What a person needs to know where the two differ; empty where they do not."""
    lines = difflib.unified_diff(recorded.splitlines(), now.splitlines(), "recorded", "now", lineterm="", n=0)
    changes = [line for line in lines if line[0] in "+-" and not line.startswith(("+++ ", "--- "))]
    if not changes:
        return ""
    return "\n".join(
        [
            f"The public interface is not that of tests/api/{name} (- recorded, + now):",
            *changes,
            f"If that is meant, run `{public.RENEW}`, and tell users in CHANGELOG.md.",
            "What makes programs of others fail needs more: see docs/releasing.md.",
        ]
    )


@pytest.mark.parametrize(
    ("name", "interface"), [("python.txt", public.python_interface), ("commands.txt", public.command_line)]
)
def test_interface_is_as_recorded(name: str, interface: Callable[[], str]) -> None:
    message = told((public.HERE / name).read_text(encoding="utf-8"), interface(), name)
    assert not message, message


def test_a_difference_is_told() -> None:
    message = told("find(image)\nread(path)\n", "find(image, size)\nread(path)\n", "python.txt")
    assert "\n-find(image)\n+find(image, size)\n" in message
    assert public.RENEW in message
    assert "read" not in message
