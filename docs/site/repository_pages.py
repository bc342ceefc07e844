"""Hook of mkdocs: pages of the site that lie elsewhere in the repository, and links that leave docs/.

In the repository, links are those that a file's neighbours have, so that they work wherever the repository is shown;
here they are turned into those of the site. A file that is no page of the site is published below repository/.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[2]

PAGES = {
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "src/facepoints/weights/MODEL_CARD.md": "networks/keypoints.md",
    "src/facepoints/weights/DETECTOR_CARD.md": "networks/detector.md",
    "WEIGHTS_LICENSE": "networks/weights_terms.md",
    "notebooks/README.md": "notebooks/index.md",
    "examples/SOURCES.md": "networks/example_pictures.md",
}
"""Files of the repository, and which page of the site each is."""

_HOME = {"README.md": "index.md"}
_SOURCES = {page: source for source, page in PAGES.items()}
_FENCED = re.compile(r"(^ *```.*?^ *```)", re.MULTILINE | re.DOTALL)
_TARGET = re.compile(r"(?<=\]\()([^)\s]+)(?=\))")


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the pages that lie outside of docs/."""
    for source, page in PAGES.items():
        files.append(File.generated(config, page, abs_src_path=str(ROOT / source)))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Turn links of the repository into links of the site, and publish what they point at."""
    here = page.file.src_uri

    def publish(source: str) -> str:
        target = f"repository/{source}"
        if target not in files.src_uris:
            files.append(File.generated(config, target, abs_src_path=str(ROOT / source)))
        return target

    return site_links(markdown, _source_of(here), here, publish)


def _source_of(page: str) -> str:
    """The path in the repository of what a page is made from, or what lies beside it."""
    if page in _SOURCES:
        return _SOURCES[page]
    return page if page.startswith("notebooks/") else f"docs/{page}"


def site_links(markdown: str, source: str, page: str, publish: Callable[[str], str]) -> str:
    """A file's text with the links of the site.

    Args:
        markdown: the text.
        source: path of the file in the repository.
        page: path of its page in the site.
        publish: is given the path of a file that is no page; gives the path in the site at which it will be.
    """

    def changed(match: re.Match[str]) -> str:
        link, hash_sign, anchor = match[1].partition("#")
        if not link or ":" in link or link.startswith("/"):
            return match[1]
        target = posixpath.normpath(posixpath.join(posixpath.dirname(source), link))
        if (uri := _site_path(target, publish)) is None:
            return match[1]  # mkdocs tells that it leads nowhere
        return posixpath.relpath(uri, posixpath.dirname(page) or ".") + hash_sign + anchor

    parts = _FENCED.split(markdown)
    return "".join(part if number % 2 else _TARGET.sub(changed, part) for number, part in enumerate(parts))


def _site_path(target: str, publish: Callable[[str], str]) -> str | None:
    """Where the site has a file of the repository; None if there is none, or it is no page yet."""
    known: dict[str, Any] = PAGES | _HOME
    if target in known:
        return str(known[target])
    if target.startswith("docs/"):
        return target.removeprefix("docs/")
    if target.startswith("notebooks/") and target.endswith(".ipynb"):
        return target.removesuffix(".ipynb") + ".md"  # by notebook_pages.py
    if target.startswith("..") or target.endswith(".md") or not (ROOT / target).is_file():
        return None
    return publish(target)
