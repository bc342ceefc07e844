from __future__ import annotations

import base64
import re
from html.parser import HTMLParser

import numpy as np

from facepoints import images
from facepoints.report import page

VOID = {"meta", "img", "br"}


class Balance(HTMLParser):
    """Checks that every tag is closed, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


EVIL = "<script>alert(\"x\")</script> & 'more'"


def whole_page() -> str:
    picture = np.full((8, 12, 3), (200, 30, 60), dtype=np.uint8)
    parts = [
        page.stats([(EVIL, EVIL, EVIL)]),
        page.subsection(EVIL, page.charts(["<svg></svg>"])),
        page.section(EVIL, EVIL, page.table([EVIL], [(EVIL, [page.cell(EVIL), page.bar(EVIL, 0.5)])])),
        page.legend({EVIL: (1, 2, 3)}) + page.gallery([(picture, EVIL, EVIL)]),
        page.definitions({EVIL: EVIL}),
        page.warning(EVIL, [EVIL]),
    ]
    return page.page(EVIL, EVIL, EVIL, parts)


def test_text_cannot_become_markup_and_tags_are_balanced() -> None:
    html = whole_page()
    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 23
    balance = Balance()
    balance.feed(html)
    assert balance.open == []


def test_page_fetches_nothing_and_follows_the_theme() -> None:
    html = whole_page()
    assert not re.findall(r"https?:|@import|<link|url\(", html)
    assert "prefers-color-scheme: dark" in html
    assert re.findall(r'src="(.{16})', html) == ["data:image/jpeg;"]


def test_pictures_are_inside_the_page() -> None:
    url = re.search(r'base64,([^"]+)"', whole_page())
    assert url is not None
    picture = images.read(base64.b64decode(url[1]))
    assert picture.shape == (8, 12, 3)
    assert np.abs(picture.astype(int) - (200, 30, 60)).max() < 12


def test_bars_stay_in_their_cell() -> None:
    assert "* 1.000)" in page.bar("9 %", 3.0)
    assert "* 0.000)" in page.bar("0 %", -1.0)
