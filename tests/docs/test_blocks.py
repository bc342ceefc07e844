"""Every block of code in README and docs does what it says: Python and commands run, files of settings are read.

A page's blocks run one after the other in one folder (see workspace.py), Python in one namespace. How a page says that
a block cannot be run, and what it takes for granted, stands in blocks.py.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.docs.blocks import SETUP, Block, blocks_of
from tests.docs.shell import ADDRESS, Shell, commands_of
from tests.docs.workspace import make_workspace

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PAGES = sorted(
    [
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "src" / "facepoints" / "weights").glob("*.md"),
    ]
)
NAMES = [path.relative_to(ROOT).as_posix() for path in PAGES]
WITH_CODE = [name for name in NAMES if "```" in (ROOT / name).read_text(encoding="utf-8")]


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_workspace(tmp_path_factory.mktemp("furnished"))


@pytest.fixture
def workspace(furnished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of its own for a page, as the current folder."""
    folder = shutil.copytree(furnished, tmp_path / "workspace")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def service() -> Iterator[Callable[[], str]]:
    """Host and port of a service, which is started when they are asked for."""
    from tests.web.conftest import serving

    with ExitStack() as stack:
        started: list[str] = []

        def address() -> str:
            if not started:
                started.append(f"127.0.0.1:{stack.enter_context(serving()).port}")
            return started[0]

        yield address


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """On busy machines more threads of PyTorch are slower by far."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize("name", WITH_CODE)
def test_code_of_page(name: str, service: Callable[[], str]) -> None:
    namespace: dict[str, Any] = {"__name__": "page"}
    for block in blocks_of((ROOT / name).read_text(encoding="utf-8")):
        _RUNNERS[block.language](block, f"{name}:{block.line}", namespace, service)


def run_python(block: Block, where: str, namespace: dict[str, Any], service: Callable[[], str]) -> None:
    code = block.code.replace(ADDRESS, service()) if ADDRESS in block.code and not block.not_run else block.code
    compiled = compile("\n" * (block.line - 1) + code, str(ROOT / where.rpartition(":")[0]), "exec")
    if not block.not_run:
        exec(compiled, namespace)


def run_shell(block: Block, where: str, namespace: dict[str, Any], service: Callable[[], str]) -> None:
    shell = Shell(service)
    for words in commands_of(block.code):
        begin = time.perf_counter()
        try:
            shell.run(words, only_check=block.not_run is not None)
        except Exception as error:
            raise AssertionError(f"{where}: {' '.join(words)}\n{error}") from error
        print(f"{where}: {time.perf_counter() - begin:.1f} s  {' '.join(words)}")


def read_json(block: Block, where: str, namespace: dict[str, Any], service: Callable[[], str]) -> None:
    """It must be JSON, where it does not leave something out."""
    if "..." not in block.code and not block.not_run:
        for line in [block.code] if block.code.count("\n{") == 0 else block.code.splitlines():
            json.loads(line)


def read_toml(block: Block, where: str, namespace: dict[str, Any], service: Callable[[], str]) -> None:
    tomllib.loads(block.code)
    _keep(block)


def keep_text(block: Block, where: str, namespace: dict[str, Any], service: Callable[[], str]) -> None:
    _keep(block)


def _keep(block: Block) -> None:
    if block.title:
        path = Path(block.title)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.code + "\n", encoding="utf-8")


_RUNNERS = {
    SETUP: run_python,
    "python": run_python,
    "sh": run_shell,
    "powershell": lambda block, *rest: run_shell(
        Block("sh", block.code.replace("\\", "/"), block.line, None, "for another shell"), *rest
    ),
    "json": read_json,
    "toml": read_toml,
    "text": keep_text,
    "html": keep_text,
    "css": keep_text,
    "nginx": keep_text,
}


@pytest.mark.parametrize("name", WITH_CODE)
def test_language_of_every_block_is_one_that_is_tested(name: str) -> None:
    blocks = blocks_of((ROOT / name).read_text(encoding="utf-8"))
    unknown = {f"{name}:{block.line}: {block.language!r}" for block in blocks if block.language not in _RUNNERS}
    assert not unknown
