"""Hook of mkdocs: the notebooks as pages, with the outputs of `make notebooks` where it has been run.

`make notebooks` leaves the executed notebooks in build/notebooks/; without them the pages have the code alone.
"""

from __future__ import annotations

from pathlib import Path

import nbformat
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from nbconvert import MarkdownExporter

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "notebooks"
EXECUTED = ROOT / "build" / "notebooks"

_NOT_RUN = "*Without results: they appear where `make notebooks` was run before `make docs`.*"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Name the notebooks in the navigation, in the order of their numbers."""
    section = next(entry["Notebooks"] for entry in config.nav or [] if "Notebooks" in entry)
    section += [f"notebooks/{path.stem}.md" for path in _notebooks()]
    return config


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add a page for each notebook, and the pictures that its cells gave."""
    for path in _notebooks():
        executed = EXECUTED / path.name
        text, pictures = as_page(executed if executed.is_file() else path, executed=executed.is_file())
        files.append(File.generated(config, f"notebooks/{path.stem}.md", content=text))
        files.append(File.generated(config, f"repository/notebooks/{path.name}", abs_src_path=str(path)))
        for name, content in pictures.items():
            files.append(File.generated(config, f"notebooks/{name}", content=content))
    return files


def as_page(path: Path, *, executed: bool) -> tuple[str, dict[str, bytes]]:
    """The text of a notebook's page and its pictures by file name."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.setdefault("language_info", {"name": "python"})  # stripped ones may not have it
    exporter = MarkdownExporter()
    text, resources = exporter.from_notebook_node(notebook, {"unique_key": path.stem, "output_files_dir": path.stem})
    source = f"[The notebook itself](../repository/notebooks/{path.name}), `notebooks/{path.name}` of a clone."
    head = f"{source}\n\n" if executed else f"{source} {_NOT_RUN}\n\n"
    title, _, rest = text.lstrip().partition("\n")
    return f"{title}\n\n{head}{rest}", resources["outputs"]


def _notebooks() -> list[Path]:
    """In the order of their numbers: 2_training before 2.1_training_better_networks."""

    def numbers(path: Path) -> list[int]:
        return [int(part) for part in path.name.partition("_")[0].split(".")]

    return sorted(NOTEBOOKS.glob("*.ipynb"), key=numbers)
