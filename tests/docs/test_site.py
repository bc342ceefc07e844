"""The parts of docs/site/: links, pages that lie elsewhere, docstrings as Markdown, notebooks; what the site covers.

`make docs` builds the site itself.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import griffe
import nbformat
import pytest
import yaml

from tests.conftest import ROOT


def load(name: str) -> ModuleType:
    """A module of docs/site, which is no package."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / "site" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CASES = {
    "of a page to a page": ("[a](web.md#x)", "docs/filters.md", "filters.md", "[a](web.md#x)"),
    "to a page that lies elsewhere": ("[a](../CHANGELOG.md)", "docs/web.md", "web.md", "[a](changelog.md)"),
    "from a page that lies elsewhere": ("[a](docs/web.md)", "CONTRIBUTING.md", "contributing.md", "[a](web.md)"),
    "between folders": ("[a](../../WEIGHTS_LICENSE)", "docs/networks/x.md", "networks/x.md", "[a](weights_terms.md)"),
    "to a notebook": ("[a](../notebooks/1_a.ipynb)", "docs/web.md", "web.md", "[a](notebooks/1_a.md)"),
    "to a file that is published": ("[a](../LICENSE)", "docs/web.md", "web.md", "[a](repository/LICENSE)"),
    "to README": ("[a](../README.md)", "docs/web.md", "web.md", "[a](index.md)"),
    "a picture": ("![a](docs/images/pose.jpg)", "CONTRIBUTING.md", "contributing.md", "![a](images/pose.jpg)"),
    "to another host": ("[a](https://a.example/x)", "docs/web.md", "web.md", "[a](https://a.example/x)"),
    "to nothing": ("[a](../nothing.py)", "docs/web.md", "web.md", "[a](../nothing.py)"),
    "in code": ("```\n[a](../LICENSE)\n```", "docs/web.md", "web.md", "```\n[a](../LICENSE)\n```"),
}


@pytest.mark.parametrize("case", CASES)
def test_links(case: str) -> None:
    markdown, source, page, expected = CASES[case]
    assert load("repository_pages").site_links(markdown, source, page, "repository/{}".format) == expected


def test_docstrings_become_markdown() -> None:
    scope = griffe.Module("facepoints.video")
    text = """Example::

    a = 1

See :func:`~facepoints.video.read` or :class:`Unknown`.

=====  ======
one    two
=====  ======
``a``  first
       second
=====  ======
"""
    assert load("docstrings").as_markdown(text, scope).split("\n\n") == [
        "For example:",
        "```python\na = 1\n```",
        'See <autoref identifier="facepoints.video.read" optional><code>read</code></autoref> or '
        '<autoref identifier="Unknown" optional><code>Unknown</code></autoref>.',
        "| one | two |\n| --- | --- |\n| ``a`` | first second |\n",
    ]


def test_executed_notebook_becomes_a_page_with_its_pictures(tmp_path: Path) -> None:
    picture = nbformat.v4.new_output("display_data", data={"image/png": "iVBORw0KGgo="})
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# Looking\nat faces"),
            nbformat.v4.new_code_cell("show()", outputs=[picture]),
        ]
    )
    path = tmp_path / "1_looking.ipynb"
    nbformat.write(notebook, path)
    text, pictures = load("notebook_pages").as_page(path, executed=True)
    (name,) = pictures
    assert text.startswith("# Looking\n\n[The notebook itself](../repository/notebooks/1_looking.ipynb)")
    assert "```python\nshow()\n```" in text
    assert f"]({name})" in text


def test_check_of_links_sees_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<p id="here"></p><a href="#here"></a><a href="b.html#there"></a><a href="b.html#gone"></a>'
        '<a href="c.html"></a><a href="https://a.example/"></a><script src="https://b.example/x.js"></script>'
    )
    (tmp_path / "b.html").write_text('<p id="there"></p>')
    assert load("check_links").check(tmp_path) == [
        "a.html: loads https://b.example/x.js",
        "a.html: b.html#gone leads nowhere",
        "a.html: c.html leads nowhere",
    ]


def test_navigation_names_every_page_and_no_other() -> None:
    settings = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    there = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    there |= set(load("repository_pages").PAGES.values())
    assert set(_pages(settings["nav"])) == there


def _pages(entries: Any) -> Iterator[str]:
    if isinstance(entries, str):
        yield entries
    elif isinstance(entries, dict):
        for entry in entries.values():
            yield from _pages(entry)
    else:
        for entry in entries:
            yield from _pages(entry)


def test_api_reference_has_every_package_and_module() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "reference").glob("*.md"))
    named = set(re.findall(r"^::: facepoints\.(\w+)", text, re.MULTILINE))
    there = {path.stem for path in (ROOT / "src" / "facepoints").iterdir() if path.suffix == ".py" or path.is_dir()}
    assert named == there - {"__init__", "__main__", "__pycache__", "cli"}
