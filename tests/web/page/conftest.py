"""The browser, the server and the page that the tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from facepoints import FaceFinder, Faces
from facepoints.arrays import Image

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.web.page.browser import Visit


# Of the module, not of the session: while playwright is open, no other test can run an event loop.
@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory, astronaut: Image) -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    from tests.web.page.browser import find_chromium, launch, write_clip

    clip = tmp_path_factory.mktemp("camera") / "clip.mjpeg"
    write_clip(clip, astronaut)
    with sync_playwright() as playwright:
        executable = find_chromium(playwright)
        if executable is None:
            if os.environ.get("CI"):
                pytest.fail("CI tests the page, but Chromium is not installed")
            pytest.skip("Chromium is not installed: apt-get install chromium, or playwright install chromium")
        opened = launch(playwright, executable, clip)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def address(browser: Browser) -> Iterator[str]:
    from tests.web.page.browser import serving

    with serving() as found:
        yield found


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    from tests.web.page.browser import visiting

    with visiting(browser, address) as opened:
        yield opened


@pytest.fixture(scope="module")
def known(astronaut: Image, finder: FaceFinder) -> Faces:
    """What the page must show of the example picture."""
    return finder.find(astronaut)
