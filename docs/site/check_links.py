"""Check a built site: python docs/site/check_links.py site

Every link within it must lead to a page, file or anchor that is there, and no page may load anything from another host.
mkdocs itself checks the links of Markdown; this sees those of HTML, of the API reference and of the theme as well.
"""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADED = {("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src"), ("source", "src"), ("video", "src")}
"""What a browser fetches without being asked."""


class Page(HTMLParser):
    """The links, the loaded addresses and the anchors of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.anchors: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value is None:
                continue
            if name == "id" or (tag == "a" and name == "name"):
                self.anchors.add(value)
            elif (tag, name) in LOADED:
                self.loaded.append(value)
            elif (tag, name) == ("a", "href"):
                self.links.append(value)


def main() -> None:
    problems = check(Path(sys.argv[1]))
    print("\n".join(problems) or "All links lead somewhere, and nothing is loaded from elsewhere.")
    sys.exit(bool(problems))


def check(site: Path) -> list[str]:
    """A line for each link of a site that leads nowhere, and for each address of another host that is loaded."""
    pages = {path.resolve(): Page(path) for path in site.rglob("*.html")}
    problems = []
    for path, page in sorted(pages.items()):
        where = path.relative_to(site.resolve())
        problems += [f"{where}: loads {link}" for link in page.loaded if urlsplit(link).netloc]
        # The server gives 404.html for any address, so its links start at the root of the site.
        links = [] if path.name == "404.html" else page.loaded + page.links
        problems += [f"{where}: {link} leads nowhere" for link in links if not _leads_somewhere(link, path, pages)]
    return problems


def _leads_somewhere(link: str, path: Path, pages: dict[Path, Page]) -> bool:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return True
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if target.is_dir():
        target /= "index.html"
    if not target.is_file():
        return False
    anchor = unquote(parts.fragment)
    return not anchor or target not in pages or anchor in pages[target].anchors


if __name__ == "__main__":
    main()
