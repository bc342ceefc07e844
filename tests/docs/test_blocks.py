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
from dataclasses import replace
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
        ROOT / "notebooks" / "README.md",
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "src" / "facepoints" / "weights").glob("*.md"),
    ]
)
TESTED_ELSEWHERE = {"docs/results.md": "tests/docs/test_results.py"}
"""Pages whose code has a test of its own, which does more than run it."""

NAMES = [path.relative_to(ROOT).as_posix() for path in PAGES]
WITH_CODE = [name for name in NAMES if "```" in (ROOT / name).read_text(encoding="utf-8")]
RUN = [name for name in WITH_CODE if not (ROOT / TESTED_ELSEWHERE.get(name, "none")).is_file()]


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


# In the process that uses it, Daft does not close its pipes to the workers.
@pytest.mark.filterwarnings("ignore:.*io.FileIO:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize("name", RUN)
def test_code_of_page(name: str, service: Callable[[], str]) -> None:
    page = PageRun(name, service)
    for block in blocks_of((ROOT / name).read_text(encoding="utf-8")):
        LANGUAGES[block.language](page, block)


class PageRun:
    """Runs the blocks of one page in the current folder.

    Args:
        name: of the page, a path in the repository.
        service: gives host and port of a running service.
    """

    def __init__(self, name: str, service: Callable[[], str]) -> None:
        self.name = name
        self.service = service
        self.shell = Shell(service)
        self.namespace: dict[str, Any] = {"__name__": "page"}

    def python(self, block: Block) -> None:
        code = block.code
        if ADDRESS in code and not block.not_run:
            code = code.replace(ADDRESS, self.service())
        compiled = compile("\n" * (block.line - 1) + code, str(ROOT / self.name), "exec")
        if not block.not_run:
            exec(compiled, self.namespace)

    def commands(self, block: Block) -> None:
        for words in commands_of(block.code):
            where = f"{self.name}:{block.line}: {' '.join(words)}"
            begin = time.perf_counter()
            try:
                self.shell.run(words, only_check=block.not_run is not None)
            except Exception as error:
                raise AssertionError(f"{where}\n{error}") from error
            print(f"{time.perf_counter() - begin:5.1f} s  {where}")

    def commands_of_windows(self, block: Block) -> None:
        """They are for another shell and so only checked."""
        self.commands(replace(block, code=block.code.replace("\\", "/"), not_run="for another shell"))

    def json(self, block: Block) -> None:
        """It must be JSON, or an object a line, where nothing is left out."""
        if "..." not in block.code and not block.not_run:
            for part in block.code.splitlines() if "\n{" in block.code else [block.code]:
                json.loads(part)

    def toml(self, block: Block) -> None:
        tomllib.loads(block.code)
        self.text(block)

    def text(self, block: Block) -> None:
        """It becomes a file if it has a title."""
        if block.title:
            path = Path(block.title)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.code + "\n", encoding="utf-8")


LANGUAGES = {
    SETUP: PageRun.python,
    "python": PageRun.python,
    "sh": PageRun.commands,
    "powershell": PageRun.commands_of_windows,
    "json": PageRun.json,
    "toml": PageRun.toml,
    **dict.fromkeys(("text", "html", "css", "nginx", "dockerfile", "xml", "csv", "yaml", "sql"), PageRun.text),
}


@pytest.mark.parametrize("name", WITH_CODE)
def test_language_of_every_block_is_one_that_is_tested(name: str) -> None:
    blocks = blocks_of((ROOT / name).read_text(encoding="utf-8"))
    unknown = {f"{name}:{block.line}: {block.language!r}" for block in blocks if block.language not in LANGUAGES}
    assert not unknown
