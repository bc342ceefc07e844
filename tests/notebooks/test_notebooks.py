"""What all notebooks have in common; `make notebooks` runs them."""

from __future__ import annotations

import ast
import itertools
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"), key=lambda path: [*map(int, path.stem.partition("_")[0].split("."))])

LONGEST_CELL = 16
"""Lines; what takes more belongs into the package."""


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> Any:
    return nbformat.read(request.param, as_version=nbformat.NO_CONVERT)


def test_the_list_names_every_notebook_in_order() -> None:
    listed = re.findall(r"\]\((\S+\.ipynb)\)", (FOLDER / "README.md").read_text(encoding="utf-8"))

    assert listed == [path.name for path in NOTEBOOKS]


def test_a_notebook_is_valid_and_has_no_outputs(notebook: Any) -> None:
    nbformat.validate(notebook)

    assert notebook.metadata.kernelspec.name == "python3"
    for cell in _code(notebook):
        assert cell.outputs == [], cell.source
        assert cell.execution_count is None, cell.source


def test_the_first_code_cell_has_the_parameters(notebook: Any) -> None:
    tagged = [index for index, cell in enumerate(_code(notebook)) if "parameters" in cell.metadata.get("tags", [])]

    assert tagged == [0]
    assert re.search(r"^QUICK = True\b", _code(notebook)[0].source, re.MULTILINE)


def test_every_code_cell_is_short_explained_and_without_logic_of_its_own(notebook: Any) -> None:
    assert notebook.cells[0].cell_type == "markdown"
    for before, cell in itertools.pairwise(notebook.cells):
        if cell.cell_type != "code":
            continue
        assert before.cell_type == "markdown", f"not explained: {cell.source}"
        assert len(cell.source.splitlines()) <= LONGEST_CELL, cell.source
        nodes = list(ast.walk(ast.parse(re.sub(r"^[%!].*$", "pass", cell.source, flags=re.MULTILINE))))
        logic = (ast.FunctionDef, ast.ClassDef, ast.While, ast.Try)
        assert not any(isinstance(node, logic) for node in nodes), cell.source


def test_it_names_no_folder_of_one_machine(notebook: Any) -> None:
    for cell in notebook.cells:
        assert not re.search(r"(?<![\w.:/])/(home|root|work|tmp|mnt|Users)/", cell.source), cell.source


def _code(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]
